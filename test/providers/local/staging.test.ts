import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createLocalExecution } from "../../../providers/local/execution.ts";
import { spaceOf } from "../../../providers/memory/client.ts";
import { createMemoryStorage } from "../../../providers/memory/storage.ts";
import type { Execution } from "../../../src/engine/execution.ts";
import type { Storage } from "../../../src/engine/storage.ts";
import { temporaryContext } from "../../conformance/context.ts";
import { endedJob } from "../../support/ended-job.ts";

let made = 0;
let local: Awaited<ReturnType<typeof temporaryContext>>;
let storage: Storage;
let execution: Execution;
const reads: string[] = [];
beforeEach(async () => {
  local = await temporaryContext({ threads: 1, memory_limit: "500MB", max_scratch_size: "0.0001MB" });
  const name = `staging-${++made}`;
  const memory = createMemoryStorage({ name, space: spaceOf(name), now: () => new Date(0), user: "tester" });
  reads.length = 0;
  storage = {
    ...memory,
    read: async (path, range) => {
      reads.push(path);
      return memory.read(path, range);
    },
  };
  execution = createLocalExecution(local.context, storage);
});
afterEach(async () => {
  await execution.close?.();
  await local.close();
});

/** The rows of a query over the files of the root, or the error of its job. */
async function query(sql: string): Promise<unknown> {
  const { id } = await execution.submit({ kind: "query", sql, sources: [], root: storage.uri("") }, `s-${++made}`);
  const job = await endedJob(execution, id);
  return job?.state === "succeeded" ? (await execution.results(id)).rows : `${job?.errorCode}: ${job?.error}`;
}

const sum = (glob: string) => `select sum(n) as n from read_csv('${glob}')`;

test("a file is fetched once for all jobs of a process, and again when it was changed", async () => {
  await storage.write("a/1.csv", "n\n1\n");
  await storage.write("a/2.csv", "n\n2\n");
  expect(await query(sum("a/*.csv"))).toEqual([{ n: 3 }]);
  expect(await query(sum("a/1.csv"))).toEqual([{ n: 1 }]);
  expect([...reads].sort()).toEqual(["a/1.csv", "a/2.csv"]);
  await storage.write("a/2.csv", "n\n7\n");
  expect(await query(sum("a/*.csv"))).toEqual([{ n: 8 }]);
  expect(reads.filter((path) => path === "a/1.csv")).toHaveLength(1);
  expect(reads.filter((path) => path === "a/2.csv")).toHaveLength(2);
});

test("what no job uses makes room, jobs at once wait for room, and what never fits is refused unread", async () => {
  for (const name of ["a", "b", "c"]) await storage.write(`${name}.csv`, `n\n${"1\n".repeat(30)}`);
  // Each has 62 bytes, and 100 bytes have room.
  expect(await Promise.all(["a", "b", "c"].map((name) => query(sum(`${name}.csv`))))).toEqual([
    [{ n: 30 }],
    [{ n: 30 }],
    [{ n: 30 }],
  ]);
  expect(reads).toHaveLength(3);
  expect(await query(sum("*.csv"))).toMatch(/^no_space: .*"max_scratch_size" allows/);
  expect(reads).toHaveLength(3);
});

test("a file that changes while it is fetched is no input, and errors name its place in the storage", async () => {
  await storage.write("a.csv", "n\n1\n");
  const { read } = storage;
  storage.read = async (path, range) => {
    const bytes = await read(path, range);
    await storage.write(path, "n\n2\n");
    return bytes;
  };
  expect(await query(sum("a.csv"))).toMatch(/^conflict: "memory:\/\/.*\/a\.csv" was changed while it was read/);
  storage.read = read;
  expect(await query(sum("a.csv"))).toEqual([{ n: 2 }]);
  expect(await query("select error(filename) from read_csv('a.csv', filename = true)")).toMatch(
    /memory:\/\/[^ ]*a\.csv/,
  );
});

test("nothing that only one job needed stays after it, and nothing at all after the engine is closed", async () => {
  await storage.write("a.csv", "n\n1\n");
  await query(sum("a.csv"));
  await query("select error('no') from read_csv('a.csv')");
  const left = async () =>
    (await readdir(local.context.scratch, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  expect((await left()).map((entry) => join(entry.parentPath, entry.name).replace(/.*staged-\d+/, ""))).toEqual([
    expect.stringMatching(/^\/content\/[^/]+$/),
  ]);
  await execution.close?.();
  expect((await left()).filter((entry) => entry.parentPath.includes("staged-"))).toEqual([]);
});
