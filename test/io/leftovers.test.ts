/** What killed processes leave is removed by the next one, and what belongs to a running one never is. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createLocalStorage } from "../../providers/local/storage.ts";
import { scratchDirectory, sweepScratch } from "../../src/io/scratch.ts";
import { thisMachine, thisProcess } from "../../src/io/this-process.ts";
import { factsOf, isLeftBehind, ownerName } from "../../src/model/process-facts.ts";

let root: string;
const running: ChildProcess[] = [];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "mason-leftovers-"));
});
afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
  rmSync(root, { recursive: true, force: true });
});

/** The name of a process that sleeps, and the way to kill it. */
async function sleeper() {
  const child = spawn("sleep", ["60"], { stdio: "ignore" });
  running.push(child);
  await once(child, "spawn");
  const name = ownerName(factsOf(thisMachine(), child.pid ?? 0));
  return {
    name,
    kill: async () => {
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}

const storage = () =>
  createLocalStorage({
    settings: { root },
    projectRoot: root,
    scratch: join(root, "scratch"),
    keep: join(root, "keep"),
    allowedDirectories: [],
    now: () => new Date(),
    newId: () => "1",
    user: "tester",
  });

test("a scratch directory goes when its process is dead, and not before", async () => {
  const [dead, alive] = [await sleeper(), await sleeper()];
  const own = scratchDirectory(root);
  for (const directory of [own, ...[dead, alive].map(({ name }) => join(root, "scratch", name))]) {
    mkdirSync(join(directory, "duckdb-1"), { recursive: true });
    writeFileSync(join(directory, "duckdb-1", "spilled"), "x");
  }
  sweepScratch(root);
  expect(readdirSync(join(root, "scratch"))).toHaveLength(3);
  await dead.kill();
  sweepScratch(root);
  expect(readdirSync(join(root, "scratch")).sort()).toEqual([alive.name, ownerName(thisProcess())].sort());
  expect(existsSync(join(own, "duckdb-1", "spilled"))).toBe(true);
});

const file = (name: string) => `.mason-tmp-${name}-0123456789ab`;

test.each([
  ["listed", async () => void (await storage().list("out"))],
  ["searched", async () => void (await storage().expand("out/**"))],
  ["written", async () => storage().write("out/new.csv", "id\n")],
])("unfinished files go when their directory is %s after their process died", async (_, look) => {
  const [dead, alive] = [await sleeper(), await sleeper()];
  const out = join(root, "out");
  mkdirSync(join(out, file(dead.name)), { recursive: true });
  writeFileSync(join(out, file(dead.name), "part"), "x");
  writeFileSync(join(out, file(alive.name)), "x");
  // Nobody can tell whose these are.
  for (const name of [".mason-tmp-5b9a7e7c-0000-4000-8000-000000000000", "data.csv"])
    writeFileSync(join(out, name), "x");
  await dead.kill();
  await look();
  const left = readdirSync(out);
  expect(left).not.toContain(file(dead.name));
  expect(left).toEqual(expect.arrayContaining([file(alive.name), "data.csv"]));
  expect(left).toContain(".mason-tmp-5b9a7e7c-0000-4000-8000-000000000000");
});

test("the name of a process tells another boot, start and machine apart", () => {
  const [self, machine] = [
    { ...thisProcess(), boot_id: "a" },
    { ...thisMachine(), bootId: "a" },
  ];
  const isLeft = (part: object) => isLeftBehind(`x-${ownerName({ ...self, ...part })}-1`, machine);
  expect(isLeft({})).toBe(false);
  expect(isLeft({ boot_id: "b" })).toBe(true);
  expect(isLeft({ pid: 4_000_000 })).toBe(true);
  expect(isLeft({ pid: 4_000_000, host: "elsewhere" })).toBe(false);
  if (self.process_start !== undefined) expect(isLeft({ process_start: "1" })).toBe(true);
  expect(isLeftBehind("duckdb-4000000", machine)).toBe(false);
});
