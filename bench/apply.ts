/** Applies of one deployment of many steps that touch no data: what a step costs by itself. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Bench, Benchmark } from "./benchmark.ts";
import { type Command, type Cost, measureByTurns } from "./measure.ts";
import type { Report } from "./report.ts";
import { writeSteps } from "./steps.ts";

/** One, 1,000 and 5,000 steps. */
export const apply: Benchmark = {
  name: "apply",
  about: "apply of 1,000 and 5,000 steps that touch no data, against one step",
  *run(bench: Bench): Iterable<Report> {
    const { one, thousand, fiveThousand } = measureByTurns(
      bench.meter,
      { one: applyOf(bench, 1), thousand: applyOf(bench, 1_000), fiveThousand: applyOf(bench, 5_000) },
      bench.runs,
    );
    const each = (cost: Cost, steps: number) => ({
      what: "CPU a step",
      unit: " ms",
      value: ((cost.cpu - one.cpu) * 1000) / (steps - 1),
      most: 2,
    });
    yield {
      title: "Apply of steps that touch no data (database:list over an empty local root, in diamonds)",
      against: "1,000 steps",
      rows: [
        { label: "1 step", cost: one },
        { label: "1,000 steps", cost: thousand, other: each(thousand, 1_000) },
        {
          label: "5,000 steps",
          cost: fiveThousand,
          ratio: { value: fiveThousand.cpu / thousand.cpu, most: 5.5 },
          other: each(fiveThousand, 5_000),
        },
      ],
    };
  },
};

/** An apply in a project that was never applied. */
function applyOf(bench: Bench, steps: number): Command {
  const directory = bench.directory(`steps-${steps}`);
  writeSteps(directory, steps);
  return {
    ...bench.mason(directory, "apply", "--auto-approve"),
    before: () => {
      for (const name of [".mason", "mason.lock"]) rmSync(join(directory, name), { recursive: true, force: true });
    },
    check: (stdout) => {
      if (!/\b1 ran\b|\bran\b/.test(stdout)) throw new Error(`The deployment did not run:\n${stdout.slice(-1000)}`);
    },
  };
}
