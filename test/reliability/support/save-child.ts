/**
 * A writer of a lockfile in a thread or process of its own. As a thread it waits before each file system call until it is told to
 * continue, so that a test decides the order in which two of them act. As a process (`save.js DIRECTORY NAME COUNT`) it saves as often as
 * it is told, at full speed, and prints the acknowledged saves.
 */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import type { Storage } from "../../../src/engine/storage.ts";
import { replaceLockfile } from "../../../src/io/state/replace-lockfile.ts";
import { createLocalBackend } from "../../../src/io/state/state-backend.ts";
import { readWhole, refusalOf, savesIn, stateBy } from "../../conformance/state-place.ts";

/** The data of a thread at its start. */
export interface StepOrder {
  /** One of {@link steps} for each thread. */
  readonly turns: SharedArrayBuffer;
  readonly thread: number;
  /** The lockfile, the text to replace, and the new text. */
  readonly path: string;
  readonly from: string;
  readonly to: string;
}

/** The messages of a thread; `works` is the order to it. */
export const steps = { rests: 0, works: 1, waits: 2, saved: 3, refused: 4 } as const;

/** The calls whose effects another writer can see, or that see its effects. */
const calls = ["openSync", "readdirSync", "readFileSync", "renameSync", "rmSync"] as const;

function runSteps({ turns, thread, path, from, to }: StepOrder): void {
  const numbers = new Int32Array(turns);
  const sayAndWait = (step: number) => {
    Atomics.store(numbers, thread, step);
    Atomics.notify(numbers, thread);
    // Only when it is told to continue: the test also resets the number.
    for (let now: number = step; now !== steps.works; now = Atomics.load(numbers, thread))
      Atomics.wait(numbers, thread, now);
  };
  for (const name of calls) {
    const real = fs[name] as (...args: readonly unknown[]) => unknown;
    const stepped = (...args: readonly unknown[]) => {
      sayAndWait(steps.waits);
      return real(...args);
    };
    Object.assign(fs, { [name]: stepped });
  }
  // Orders only: no machine crashes here.
  fs.fsyncSync = () => undefined;
  syncBuiltinESMExports();
  for (sayAndWait(steps.rests); ; ) {
    let isRefused = false;
    try {
      replaceLockfile(path, to, (found) => {
        isRefused = found !== from;
        if (isRefused) throw new Error("refused");
      });
    } catch (thrown) {
      if (!isRefused) throw thrown;
    }
    sayAndWait(isRefused ? steps.refused : steps.saved);
  }
}

async function runSaves(directory: string, name: string, count: number): Promise<void> {
  const storage = {} as Storage;
  const client = createLocalBackend({ root: directory, path: "mason.lock", version: "0.0.0-test", storage });
  const acknowledged: string[] = [];
  let refusals = 0;
  // All begin together.
  while (!fs.existsSync(join(directory, "go")));
  while (acknowledged.length < count) {
    const before = await readWhole(client);
    const save = `${name}_${acknowledged.length}`;
    const next = stateBy(name, before.serial + 1, [...savesIn(before), save]);
    const said = await client.save(next, before.serial).then(() => null, refusalOf);
    if (said === null) acknowledged.push(save);
    else if (said.startsWith("state/moved: ")) refusals++;
    else throw new Error(said);
  }
  process.stdout.write(JSON.stringify({ acknowledged, refusals }));
}

if (parentPort !== null) runSteps(workerData as StepOrder);
else if (process.argv[2] !== undefined) await runSaves(process.argv[2], process.argv[3] ?? "", Number(process.argv[4]));
