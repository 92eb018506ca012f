/** Resuming a run of 1,000 steps whose process was killed in its last step, against what it costs to start. */
import { spawnSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Bench, Benchmark } from "./benchmark.ts";
import { type Command, measureByTurns } from "./measure.ts";
import type { Report } from "./report.ts";
import { writeSteps } from "./steps.ts";

const steps = 1_000;

/** 999 of 1,000 steps are done. */
export const resume: Benchmark = {
  name: "resume",
  about: "resume of a run of 1,000 steps of which 999 are done, against mason --version",
  *run(bench: Bench): Iterable<Report> {
    const directory = bench.directory("resume");
    const left = killedInLastStep(bench, directory);
    const { version, resumed } = measureByTurns(
      bench.meter,
      { version: bench.mason(directory, "--version"), resumed: resumeOf(bench, directory, left) },
      bench.runs,
    );
    yield {
      title: "Resume of a run of 1,000 steps that was killed in the last one",
      against: "mason --version",
      rows: [
        { label: "mason --version", cost: version },
        {
          label: "mason apply --resume",
          cost: resumed,
          other: { what: "CPU beyond start-up", unit: " s", value: resumed.cpu - version.cpu, most: 1 },
        },
      ],
    };
  },
};

/** The last step kills its own process for as long as the file "deadly" is there. */
const deadly = {
  namespace: "bench",
  command: "deadly",
  files: {
    "deadly.yaml": `type: operator
namespace: bench
command: deadly
description: Kills its own process
parameters: { optional: [{ name: unused, type: string }] }
module: deadly.js
repeatable: true
`,
    "deadly.js": `import { existsSync } from "node:fs";
export default {
  run: async () => {
    if (existsSync("deadly")) process.kill(process.pid, "SIGKILL");
    return {};
  },
};
`,
  },
};

/** Writes a project and applies it until it is killed; gives a copy of the `.mason` that this left. */
function killedInLastStep(bench: Bench, directory: string): string {
  writeSteps(directory, steps, deadly);
  writeFileSync(join(directory, "deadly"), "");
  const { args } = bench.mason(directory, "apply", "--auto-approve");
  const killed = spawnSync(process.execPath, args, { cwd: directory, encoding: "utf8" });
  if (killed.signal !== "SIGKILL") throw new Error(`The apply was not killed:\n${killed.stdout}${killed.stderr}`);
  rmSync(join(directory, "deadly"));
  const left = bench.directory("left");
  cpSync(join(directory, ".mason"), left, { recursive: true });
  return left;
}

function resumeOf(bench: Bench, directory: string, left: string): Command {
  return {
    ...bench.mason(directory, "apply", "--resume", "--auto-approve"),
    before: () => {
      for (const name of [".mason", "mason.lock"]) rmSync(join(directory, name), { recursive: true, force: true });
      cpSync(left, join(directory, ".mason"), { recursive: true });
    },
    check: () => {
      const [before, after] = [startsIn(left), startsIn(join(directory, ".mason"))];
      const taken = [...after].filter(([step, at]) => before.get(step) === at).length;
      if (after.size !== steps || taken !== steps - 1)
        throw new Error(`${taken} steps of ${after.size} were taken over.`);
    },
  };
}

/** When each step of the only run started. */
function startsIn(mason: string): ReadonlyMap<string, string> {
  const runs = join(mason, "runs");
  const [run = ""] = readdirSync(runs);
  const lines = readFileSync(join(runs, run, "steps.jsonl"), "utf8")
    .trim()
    .split("\n");
  return new Map(
    lines.map((line) => {
      const { step, startedAt } = JSON.parse(line) as { readonly step: string; readonly startedAt?: string };
      return [step, startedAt ?? ""];
    }),
  );
}
