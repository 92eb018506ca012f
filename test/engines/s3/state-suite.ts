/** The suite of state backends on an S3 server: clients with connections of their own, whose writes the server decides about in one moment. */
import { randomUUID } from "node:crypto";
import { afterAll } from "vitest";
import type { Storage } from "../../../src/engine/storage.ts";
import { createRemoteBackend, type StateBackend } from "../../../src/io/state/state-backend.ts";
import { isProviderError } from "../../../src/provider/error.ts";
import { parseLockfile, printLockfile, stateMoved } from "../../../src/state/lockfile.ts";
import { emptyState } from "../../../src/state/state.ts";
import { stateBackendConformance } from "../../conformance/state-backend.ts";
import type { StateBackendHarness, StatePlace } from "../../conformance/state-place.ts";
import { writeBarrier } from "../../conformance/storage-pauses.ts";
import { openRaceGate, type RaceGate } from "./race-gate.ts";
import type { S3Server } from "./server.ts";
import { makeBucket, type TestBucket } from "./suite.ts";

/** Runs the suite on one server. */
export async function s3StateSuite(
  name: string,
  server: S3Server,
  much: Pick<StateBackendHarness, "racers" | "rounds" | "takers" | "awake">,
): Promise<void> {
  const [gate, bucket] = [await openRaceGate(server.endpoint), await makeBucket(server)];
  afterAll(() => gate.close());
  stateBackendConformance(name, { ...much, place: async () => s3Place(gate, bucket), numbered: true });
}

type Backend = (storage: Storage) => StateBackend;
const numbered: Backend = (storage) => createRemoteBackend({ name: "s3", version: "0.0.0-test", storage });

/** A prefix of its own in a bucket; `backend` is what is made of a client's storage. */
export function s3Place(gate: RaceGate, bucket: TestBucket, backend: Backend = numbered): StatePlace {
  const root = randomUUID();
  const barrier = writeBarrier((writers) => gate.arm(writers, "PUT"));
  return {
    client: async (wrap = (storage) => storage) =>
      backend(wrap(barrier.wrap(await bucket.storage({ root, endpoint: gate.endpoint })))),
    together: (writers, what) => barrier.arm(writers, `/${what}/`),
  };
}

const onePath = "state/one.json";

/** A backend that keeps the state in one object and replaces it with If-Match: right where a server compares and replaces in one step. */
export const withIfMatch: Backend = (storage) => {
  const read: StateBackend["read"] = async (newLineage) => {
    const found = await storage.stat(onePath);
    if (found === null) return { value: emptyState(newLineage), diagnostics: [] };
    return parseLockfile(new TextDecoder().decode(await storage.read(onePath)), onePath);
  };
  return {
    name: "s3",
    storage,
    prefix: "",
    read,
    save: async (state, expected) => {
      const before = await storage.stat(onePath);
      try {
        const condition = before?.etag === undefined ? { ifAbsent: true } : { ifMatch: before.etag };
        await storage.write(onePath, printLockfile(state, "0.0.0-test"), condition);
      } catch (thrown) {
        if (!isProviderError(thrown, "conflict") && !isProviderError(thrown, "exists")) throw thrown;
        stateMoved(expected + 1, expected, "s3");
      }
    },
  };
};
