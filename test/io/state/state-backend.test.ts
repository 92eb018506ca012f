import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { spaceOf } from "../../../providers/memory/client.ts";
import { createMemoryStorage } from "../../../providers/memory/storage.ts";
import { createLocalBackend, createRemoteBackend, type StateBackend } from "../../../src/io/state/state-backend.ts";
import { emptyState, type State } from "../../../src/state/state.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "mason-backend-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const stateOf = (serial: number): State => ({ ...emptyState("line"), serial });
const storage = () =>
  createMemoryStorage({ name: "state", space: spaceOf(directory), now: () => new Date(0), user: "tester" });
const local = () => createLocalBackend({ root: directory, path: "mason.lock", version: "1", storage: storage() });
const remote = () => createRemoteBackend({ name: "memory://state", version: "1", storage: storage() });

it.each([
  ["local", local],
  ["remote", remote],
])("an unchanged %s state gives the same value at every read, and a changed one a new value", async (_, create) => {
  const backend: StateBackend = create();
  await backend.save(stateOf(1), 0);
  const first = (await backend.read("other")).value;
  expect(first).toEqual(stateOf(1));
  expect((await backend.read("other")).value).toBe(first);
  await backend.save(stateOf(2), 1);
  expect((await backend.read("other")).value).toEqual(stateOf(2));
});

it("a lockfile that somebody else changed meanwhile is not overwritten", async () => {
  const backend = local();
  await backend.save(stateOf(1), 0);
  await backend.read("other");
  const file = join(directory, "mason.lock");
  const theirs = (await readFile(file, "utf8")).replace('"serial": 1', '"serial": 7');
  await writeFile(file, theirs);
  await expect(backend.save(stateOf(2), 1)).rejects.toThrow("State changed during the apply");
  expect(await readFile(file, "utf8")).toBe(theirs);
});
