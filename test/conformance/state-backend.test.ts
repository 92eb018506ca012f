/**
 * The suite of state backends on the files of this machine and in memory. A process on another machine with the same directory is a client like
 * those here; that whole processes race is in test/reliability/at-once.test.ts and save-race.test.ts. On S3: test/engines/s3.
 */
import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { createLocalStorage } from "../../providers/local/storage.ts";
import { createMemoryClient } from "../../providers/memory/client.ts";
import { createMemoryStorage } from "../../providers/memory/storage.ts";
import type { Storage } from "../../src/engine/storage.ts";
import { createLocalBackend, createRemoteBackend, type StateBackend } from "../../src/io/state/state-backend.ts";
import { parseLockfile, printLockfile, requireSerial } from "../../src/state/lockfile.ts";
import { temporaryContext } from "./context.ts";
import { stateBackendConformance } from "./state-backend.ts";
import type { StatePlace } from "./state-place.ts";
import { faultsOf, raceOfSaves } from "./state-saves.ts";
import { writeBarrier } from "./storage-pauses.ts";

type Wrap = (storage: Storage) => Storage;
const asItIs: Wrap = (storage) => storage;

/** A lockfile in a directory; lease, journal and history in `.mason` below it. */
async function localPlace(): Promise<StatePlace> {
  const { context, directory, close } = await temporaryContext({ root: "." });
  const barrier = writeBarrier();
  const client = async (wrap: Wrap = asItIs) =>
    createLocalBackend({
      root: directory,
      path: "mason.lock",
      version: "0.0.0-test",
      storage: wrap(barrier.wrap(createLocalStorage(context))),
    });
  return {
    client,
    // The lockfile is not a file of the storage: a save is one synchronous call.
    together: (writers, what) => what !== "state" && barrier.arm(writers, `/${what}/`),
    close,
  };
}

async function memoryPlace(): Promise<StatePlace> {
  const { context, close } = await temporaryContext({ space: randomUUID() });
  const barrier = writeBarrier();
  const client = async (wrap: Wrap = asItIs) =>
    createRemoteBackend({
      name: "memory",
      version: "0.0.0-test",
      storage: wrap(barrier.wrap(createMemoryStorage(createMemoryClient(context)))),
    });
  return { client, together: (writers, what) => barrier.arm(writers, `/${what}/`), close };
}

const harness = { racers: 8, rounds: 10, takers: 32, awake: 8 };
stateBackendConformance("local", { ...harness, place: localPlace, numbered: false });
stateBackendConformance("memory", { ...harness, place: memoryPlace, numbered: true, awake: 32 });

/** A wrong backend: it compares the serial, and writes later. */
function comparesThenWrites(storage: Storage): StateBackend {
  const read = async () => parseLockfile(new TextDecoder().decode(await storage.read("state.json")), "state.json");
  return {
    name: "memory",
    storage,
    prefix: "",
    read,
    save: async (state, expected) => {
      requireSerial((await read()).value?.serial ?? 0, expected, "memory");
      await storage.write("state.json", printLockfile(state, "0.0.0-test"));
    },
  };
}

describe("the check of saves", () => {
  test("finds a backend that compares first and writes later, since several of its clients win", async () => {
    const { context, close } = await temporaryContext({ space: randomUUID() });
    const storage = createMemoryStorage(createMemoryClient(context));
    await storage.write(
      "state.json",
      printLockfile({ lineage: "lineage", serial: 0, lastPlan: null, resources: new Map() }, "0.0.0-test"),
    );
    const clients = Array.from({ length: 4 }, () => comparesThenWrites(storage));
    const race = await raceOfSaves({ together: () => undefined }, clients, 0);
    expect(faultsOf(race, 0)).toEqual(["4 clients were told that they saved"]);
    await close();
  });
});
