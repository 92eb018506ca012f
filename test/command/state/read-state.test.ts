import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { hostname } from "node:os";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readState, watchLease } from "../../../src/command/state/read-state.ts";
import type { Storage } from "../../../src/engine/storage.ts";
import { applyName, deleteJournals, openJournal } from "../../../src/io/state/journal.ts";
import { createRemoteBackend } from "../../../src/io/state/state-backend.ts";
import { holderNamed, take } from "../../conformance/lease-clients.ts";
import { openStorage } from "../../reliability/support/memory-storage.ts";
import { startEntry } from "../../support/journal.ts";

const backendOf = (storage: Storage) => createRemoteBackend({ name: "state", version: "0.0.0", storage });

/** A backend whose lease a process of this machine holds, with an apply half done. */
async function heldBy(child: ChildProcess) {
  const { storage } = openStorage();
  const lease = await take(backendOf(storage), "holder", {
    holder: { ...holderNamed("holder"), host: hostname(), pid: child.pid ?? 0 },
  });
  await openJournal(storage, "", applyName(0, lease.epoch), [startEntry()], lease.isHeld);
  const dies = async () => {
    child.kill("SIGKILL");
    await once(child, "exit");
  };
  const ends = async () => {
    await deleteJournals(storage, "");
    await lease.release();
    await dies();
  };
  /** Makes reads of the lease pause once they have read: `then` happens before their result is used. */
  const standingStill = (at: number, then: () => Promise<void>): Storage => {
    let reads = 0;
    return {
      ...storage,
      read: async (path, range) => {
        const bytes = await storage.read(path, range);
        if (path.startsWith("lease/") && ++reads === at) await then();
        return bytes;
      },
    };
  };
  return { storage, dies, ends, standingStill };
}

let child: ChildProcess;
beforeEach(() => {
  child = spawn(process.execPath, ["-e", "setInterval(() => undefined, 1000)"], { stdio: "ignore" });
});
afterEach(() => child.kill("SIGKILL"));

const codes = async (storage: Storage, on: "warn" | "refuse" = "refuse") =>
  (await readState(backendOf(storage), "lineage", on)).diagnostics.map(({ code }) => code);

describe("an apply that holds the lease", () => {
  test("is running: a plan says so, and the lease refuses an apply", async () => {
    const { storage } = await heldBy(child);
    expect([await codes(storage, "warn"), await codes(storage)]).toEqual([["apply/going-on"], []]);
  });

  test("is unfinished once its process has died", async () => {
    const { storage, dies } = await heldBy(child);
    await dies();
    expect(await codes(storage)).toEqual(["apply/unfinished"]);
  });

  test.each([1, 2])(
    "that ends and is gone while the lease is read, the %dth time, is not taken for one that died",
    async (at) => {
      const { ends, standingStill } = await heldBy(child);
      expect(await codes(standingStill(at, ends))).toEqual([]);
    },
  );

  test("counts when it was running as the plan began, even if it ends before the plan asks", async () => {
    const { storage, ends, standingStill } = await heldBy(child);
    const watch = await watchLease(backendOf(standingStill(2, ends)));
    expect([watch.alive?.id, await watch.moved()]).toEqual(["holder", false]);
    expect(await watch.moved()).toBe(true);
    expect((await watchLease(backendOf(storage))).alive).toBeNull();
  });
});
