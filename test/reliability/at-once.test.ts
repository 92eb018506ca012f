/**
 * Thirty-two applies at once on one state: there is one holder at a time, no work is lost, and no lease is left over. Those that wait do
 * their work in turn; those that do not wait are told who holds the lease, since when, and what to do.
 */
import type { ChildProcess } from "node:child_process";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { createLocalStorage } from "../../providers/local/storage.ts";
import { readLease } from "../../src/io/state/lease.ts";
import { localPrefix } from "../../src/io/state/state-backend.ts";
import { mason, type Started, startMason } from "./support/child.ts";
import { figures } from "./support/figures.ts";
import { gateFiles, logOf, untilFile } from "./support/gate.ts";
import { localConfig, newProject } from "./support/small.ts";

const applies = 32;
const open: string[] = [];
const started: Started[] = [];
afterEach(async () => {
  for (const { child } of started.splice(0)) child.kill("SIGKILL");
  for (const directory of open.splice(0)) await rm(directory, { recursive: true, force: true });
});

async function project(): Promise<string> {
  const directory = await newProject({
    ...gateFiles,
    "mason.yaml": "default_config: 1\n",
    "config.yaml": localConfig,
    "sales.yaml":
      "type: database\nname: sales\n---\ntype: table\ndatabase: sales\nname: orders\nformat: csv\ncolumns: [{ name: id, type: bigint }]\n",
    "wait.yaml": "type: deployment\nname: wait\noperator: my:wait\nparameters: { name: one }\n",
  });
  open.push(directory);
  return directory;
}

async function leaseOf(directory: string) {
  const context = {
    settings: { root: "." },
    projectRoot: directory,
    scratch: directory,
    keep: join(directory, ".mason/local"),
    allowedDirectories: [],
    now: () => new Date(),
    newId: () => "id",
    user: "tester",
  };
  return readLease(createLocalStorage(context), localPrefix("mason.lock"));
}

test("without waiting one applies; the others are told by whom, since when and what to do", async () => {
  const directory = await project();
  const holder = startMason(directory, ["apply", "--auto-approve"]);
  started.push(holder);
  await untilFile(directory, "log/one");
  const others = await Promise.all(
    Array.from({ length: applies - 1 }, () => mason(directory, "apply", "--auto-approve")),
  );
  for (const { code, stderr } of others) {
    const text = stderr.replace(/\s+/g, " ");
    expect(code).toBe(1);
    expect(text).toMatch(
      /\S+ on \S+ \(process \d+, for "apply"\) has held the lease of "mason.lock" since 20[-0-9T:.Z]+, for /,
    );
    expect(text).toContain(`(process ${holder.child.pid},`);
    expect(text).toMatch(/--lease-timeout 10m.*mason state unlock \w{16}/);
  }
  await writeFile(join(directory, "go"), "");
  const ended = await holder.ended;
  expect([ended.code, ended.stderr.includes("Error")]).toEqual([0, false]);
  expect(await logOf(directory, "one")).toEqual([`begin ${holder.child.pid}`, `end ${holder.child.pid}`]);
  expect((await leaseOf(directory)).held).toBe(false);
  figures("32 applies, none waits", { applied: 1, refused: others.length });
});

test("those that wait all finish: one applies, the others find nothing to do", async () => {
  const directory = await project();
  await writeFile(join(directory, "go"), "");
  const all = await Promise.all(
    Array.from({ length: applies }, () => mason(directory, "apply", "--auto-approve", "--lease-timeout", "200s")),
  );
  expect(all.filter(({ code }) => code !== 0).map(({ code, stderr, stdout }) => [code, stderr, stdout])).toEqual([]);
  const nothing = all.filter(({ stdout }) => stdout.includes("No changes"));
  const lock = JSON.parse(await readFile(join(directory, "mason.lock"), "utf8")) as { readonly serial: number };
  expect(lock.serial).toBe(1);
  expect((await logOf(directory, "one")).length).toBe(2);
  expect(nothing.length).toBeGreaterThanOrEqual(applies - 1);
  expect((await leaseOf(directory)).held).toBe(false);
  figures("32 applies, all wait", { applied: applies - nothing.length, "found nothing to do": nothing.length });
});

/**
 * Stops a process for a moment and wakes it, over and over: what it has just read is old when it looks at it, as on a machine with too much
 * to do. `paused` is called each time.
 */
function standStill(child: ChildProcess, paused: () => void): void {
  const stop = () => {
    if (!child.kill("SIGSTOP")) return;
    paused();
    setTimeout(
      () => {
        child.kill("SIGCONT");
        setTimeout(stop, Math.random() * 400);
      },
      20 + Math.random() * 250,
    );
  };
  setTimeout(stop, Math.random() * 1500);
}

test("thirty-two that pause at any moment, each with something to do: nothing is lost, and each holds the lease alone", async () => {
  const directory = await project();
  await writeFile(join(directory, "go"), "");
  const first = await mason(directory, "apply", "--auto-approve");
  expect(first.code).toBe(0);
  let pauses = 0;
  const runs = await Promise.all(
    Array.from({ length: applies }, () => {
      const args = ["apply", "--auto-approve", "--run", "deployment.wait", "--lease-timeout", "250s"];
      const apply = startMason(directory, args);
      started.push(apply);
      standStill(apply.child, () => pauses++);
      return apply.ended;
    }),
  );
  expect(runs.filter(({ code }) => code !== 0).map(({ code, stderr }) => [code, stderr])).toEqual([]);
  const lock = JSON.parse(await readFile(join(directory, "mason.lock"), "utf8")) as { readonly serial: number };
  expect(lock.serial).toBe(1 + applies);
  // Begin and end of one process are adjacent: no two were at work at once.
  const lines = await logOf(directory, "one");
  expect(lines.length).toBe(2 * (1 + applies));
  for (let at = 0; at < lines.length; at += 2) expect(lines[at + 1]).toBe(lines[at]?.replace("begin", "end"));
  expect((await leaseOf(directory)).held).toBe(false);
  const left = await readdir(join(directory, localPrefix("mason.lock"), "journal")).catch(() => []);
  expect(left).toEqual([]);
  expect(pauses).toBeGreaterThan(applies);
  figures("32 applies with work of their own", {
    serial: lock.serial,
    overlapping: 0,
    "times one stood still": pauses,
  });
});
