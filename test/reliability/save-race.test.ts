/**
 * A lockfile has no lock. Still, of processes that replace it from the same serial, exactly one succeeds, whether the lease guards them or
 * not, and a killed one blocks nobody. Tested first in every order of calls that matters, then at full speed.
 */
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { parseLockfile } from "../../src/state/lockfile.ts";
import { savesIn } from "../conformance/state-place.ts";
import { start } from "./support/child.ts";
import { figures } from "./support/figures.ts";
import { type StepOrder, steps } from "./support/save-child.ts";

let directory: string;
let path: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "mason-proof-"));
  path = join(directory, "mason.lock");
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** Two threads that replace the lockfile, call by call. */
async function twoWriters() {
  const turns = new SharedArrayBuffer(8);
  const numbers = new Int32Array(turns).fill(steps.works);
  const workers = [0, 1].map((thread) => {
    const order: StepOrder = { turns, thread, path, from: "before", to: `by ${thread}` };
    return new Worker(join(inject("bundle"), "dist/save.js"), { workerData: order });
  });
  await Promise.all(workers.map((worker) => once(worker, "online")));
  const settled = (thread: number): number => {
    // A late notification of its previous message may wake this one too early.
    for (let woken = "ok"; woken === "ok" && Atomics.load(numbers, thread) === steps.works; )
      woken = Atomics.wait(numbers, thread, steps.works, 120_000);
    return Atomics.load(numbers, thread);
  };
  for (const thread of [0, 1]) settled(thread);
  return {
    /** Lets a writer make a number of calls, or all of them; returns its next message. */
    go: (thread: number, count: number): number => {
      for (let at = 0; at < count; at++) {
        const now = Atomics.load(numbers, thread);
        if (now === steps.saved || now === steps.refused) break;
        Atomics.store(numbers, thread, steps.works);
        Atomics.notify(numbers, thread);
        if (settled(thread) === steps.works) throw new Error(`Writer ${thread} does not go on.`);
      }
      return Atomics.load(numbers, thread);
    },
    /** Puts both writers back to their start. */
    reset: () => {
      for (const thread of [0, 1]) Atomics.store(numbers, thread, steps.rests);
    },
    close: () => Promise.all(workers.map((worker) => worker.terminate())),
  };
}

const lockfile = "mason.lock";
const all = Number.MAX_SAFE_INTEGER;

test("of two writers one replaces it and the other is refused, in every order with up to four switches between them", async () => {
  const writers = await twoWriters();
  await writeFile(path, "before");
  let calls = 0;
  while (writers.go(0, 1) === steps.waits) calls++;
  const counts = Array.from({ length: calls + 1 }, (_, index) => index);
  const found = { orders: 0, "the first one won": 0, "a killed writer's file was there": 0 };
  const wrong: string[] = [];
  // The first makes some calls, then the second, the first, the second, and then each makes the rest.
  for (const a of counts)
    for (const b of counts)
      for (const c of counts.slice(0, calls + 1 - a))
        for (const d of counts.slice(0, calls + 1 - b)) {
          writers.reset();
          await writeFile(path, "before");
          const isLeft = (a + b + c + d) % 2 === 1;
          if (isLeft) await writeFile(join(directory, `.${lockfile}.0000000007.0123456789ab.mason-tmp`), "left");
          for (const [writer, count] of [
            [0, a],
            [1, b],
            [0, c],
            [1, d],
          ] as const)
            writers.go(writer, count);
          const ends = [writers.go(0, all), writers.go(1, all)];
          const text = await readFile(path, "utf8");
          const winner = ends.indexOf(steps.saved);
          const isRight = ends.includes(steps.refused) && text === `by ${winner}`;
          const files = await readdir(directory);
          if (!isRight || files.length !== 1) wrong.push(`${[a, b, c, d]}: ${ends}, "${text}", ${files}`);
          found.orders++;
          if (winner === 0) found["the first one won"]++;
          if (isLeft) found["a killed writer's file was there"]++;
        }
  await writers.close();
  figures("a lockfile replaced by two", { calls, ...found, "with one winner": found.orders - wrong.length });
  expect(wrong).toEqual([]);
});

test("six processes that save at full speed lose no acknowledged save", async () => {
  const count = 40;
  const names = ["a", "b", "c", "d", "e", "f"];
  const started = names.map((name) => start("dist/save.js", [directory, name, String(count)], { cwd: directory }));
  await writeFile(join(directory, "go"), "");
  const ended = await Promise.all(started.map((process) => process.ended));
  expect(ended.map(({ code, stderr }) => [code, stderr])).toEqual(names.map(() => [0, ""]));
  const said = ended.map(({ stdout }) => JSON.parse(stdout) as { acknowledged: string[]; refusals: number });
  const state = parseLockfile(await readFile(path, "utf8"), lockfile).value;
  if (state === undefined) throw new Error("The lockfile can't be read.");
  expect(state.serial).toBe(names.length * count);
  expect([...savesIn(state)].sort()).toEqual(said.flatMap(({ acknowledged }) => acknowledged).sort());
  expect((await readdir(directory)).sort()).toEqual(["go", lockfile]);
  const refusals = said.reduce((sum, one) => sum + one.refusals, 0);
  figures("a lockfile saved by six processes", { saves: state.serial, refusals, lost: 0 });
});
