/**
 * A holder that is stopped (SIGSTOP), loses its lease, and is woken (SIGCONT) does and writes nothing more, and says so: whether it wakes
 * while the other one is still at work or long after, and whether it was between stages, within a step, or before its first stage.
 */
import { readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { afterEach, expect, test } from "vitest";
import { mason, type Started, startMason } from "./support/child.ts";
import { figures } from "./support/figures.ts";
import { gateFiles, logOf, until, untilFile } from "./support/gate.ts";
import { localConfig, newProject, put } from "./support/small.ts";

const open: string[] = [];
const started: Started[] = [];
afterEach(async () => {
  for (const { child } of started.splice(0)) child.kill("SIGKILL");
  for (const directory of open.splice(0)) await rm(directory, { recursive: true, force: true });
});

/** A deployment of three steps that wait for `go`, and another one that comes after it. */
const files: Readonly<Record<string, string>> = {
  ...gateFiles,
  "mason.yaml": "default_config: 1\nlimits: { parallelism: 1 }\n",
  "config.yaml": localConfig,
  "workflow.yaml": `type: workflow
namespace: my
command: three
dag:
  - { id: one, type: operator, namespace: my, command: wait }
  - { id: two, type: operator, namespace: my, command: wait, dependencies: [one] }
  - { id: three, type: operator, namespace: my, command: wait, dependencies: [two] }
`,
  "first.yaml":
    "type: deployment\nname: first\nworkflow: my:three\nsteps: { one: { parameters: { name: one } }, two: { parameters: { name: two } }, three: { parameters: { name: three } } }\n",
  "last.yaml": "type: deployment\nname: second\noperator: my:wait\nparameters: { name: second, after: three }\n",
};

async function newRun(): Promise<string> {
  const directory = await newProject(files);
  open.push(directory);
  return directory;
}

function begin(directory: string, ...args: readonly string[]): Started {
  const process = startMason(directory, args);
  started.push(process);
  return process;
}

/** The id of the holder, as the refusal of another apply names it. */
async function holderId(directory: string): Promise<string> {
  const refused = await mason(directory, "apply", "--auto-approve");
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain("Another apply is running");
  return /mason state unlock\s+(\w+)/.exec(refused.stderr)?.[1] ?? "";
}

/** Every file except `go`, with its content and time. */
async function everything(directory: string): Promise<ReadonlyMap<string, string>> {
  const entries = (await readdir(directory, { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  );
  const found = await Promise.all(
    entries.map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      return [relative(directory, path), `${(await stat(path)).mtimeMs} ${await readFile(path, "latin1")}`] as const;
    }),
  );
  return new Map(found.filter(([path]) => path !== "go"));
}

const lockOf = async (directory: string) => JSON.parse(await readFile(join(directory, "mason.lock"), "utf8"));

test("woken within a step after the other one has finished, it ends that step, writes nothing, and says that it lost the lease", async () => {
  const directory = await newRun();
  const old = begin(directory, "apply", "--auto-approve");
  await untilFile(directory, "log/one");
  old.child.kill("SIGSTOP");
  const unlocked = await mason(directory, "state", "unlock", await holderId(directory));
  expect([unlocked.code, unlocked.stdout]).toEqual([0, ""]);
  await writeFile(join(directory, "go"), "");
  const taken = await mason(directory, "apply", "--resume", "--auto-approve");
  expect([taken.code, taken.stderr.includes("Error")]).toEqual([0, false]);
  const before = await everything(directory);
  const { serial } = await lockOf(directory);
  old.child.kill("SIGCONT");
  const ended = await old.ended;
  expect(ended.code).not.toBe(0);
  expect(ended.stderr).toContain("Lease lost");
  // It only ends the call that it was in: the second line of its operator.
  const after = await everything(directory);
  const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
    (path) => before.get(path) !== after.get(path),
  );
  expect(changed).toEqual(["log/one"]);
  expect((await lockOf(directory)).serial).toBe(serial);
  expect((await logOf(directory, "two")).length).toBe(2);
  const again = await mason(directory, "plan", "--detailed-exitcode");
  expect([again.code, again.stderr]).toEqual([0, ""]);
  figures("woken late", { "files before": before.size, "changed by the old holder": changed.length - 1 });
});

test("woken while the other one is at work, it does nothing more, and the other one finishes", async () => {
  const directory = await newRun();
  const old = begin(directory, "apply", "--auto-approve");
  await untilFile(directory, "log/one");
  old.child.kill("SIGSTOP");
  await mason(directory, "state", "unlock", await holderId(directory));
  const taker = begin(directory, "apply", "--resume", "--auto-approve");
  await until("the taker does step one", async () => (await logOf(directory, "one")).length === 2);
  old.child.kill("SIGCONT");
  await writeFile(join(directory, "go"), "");
  const [lost, done] = await Promise.all([old.ended, taker.ended]);
  expect(lost.stderr).toContain("Lease lost");
  expect([done.code, done.stderr.includes("Error")]).toEqual([0, false]);
  for (const name of ["two", "three", "second"])
    expect(await logOf(directory, name), name).toEqual([`begin ${taker.child.pid}`, `end ${taker.child.pid}`]);
  const again = await mason(directory, "plan", "--detailed-exitcode");
  expect([again.code, again.stderr]).toEqual([0, ""]);
});

test("unlocking with a wrong id frees nothing and stops nobody", async () => {
  const directory = await newRun();
  const holder = begin(directory, "apply", "--auto-approve");
  await untilFile(directory, "log/one");
  const wrong = await mason(directory, "state", "unlock", "0123456789abcdef");
  expect(wrong.code).toBe(1);
  expect(wrong.stderr).toContain(await holderId(directory));
  await writeFile(join(directory, "go"), "");
  const ended = await holder.ended;
  expect([ended.code, ended.stderr.includes("Lease lost")]).toEqual([0, false]);
});

test("the lease of a killed holder is taken over without a question, and the fence stops nobody else", async () => {
  const directory = await newRun();
  const old = begin(directory, "apply", "--auto-approve");
  await untilFile(directory, "log/one");
  old.child.kill("SIGKILL");
  await old.ended;
  await writeFile(join(directory, "go"), "");
  // Two at once: both find the dead holder, and the one that takes over must not be stopped by the other's fence.
  const both = await Promise.all([
    mason(directory, "apply", "--resume", "--auto-approve", "--lease-timeout", "100s"),
    mason(directory, "apply", "--resume", "--auto-approve", "--lease-timeout", "100s"),
  ]);
  expect(both.map((ended) => [ended.code, ended.stderr.includes("Lease lost")])).toEqual([
    [0, false],
    [0, false],
  ]);
  expect((await lockOf(directory)).serial).toBe(1);
  await put(directory, "more.yaml", "type: database\nname: more\n");
  const next = await mason(directory, "apply", "--auto-approve");
  expect([next.code, (await lockOf(directory)).serial]).toEqual([0, 2]);
});
