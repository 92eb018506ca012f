/** What it costs to start: the version, and a plan of a small project in which there is nothing to do. */
import { cpSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Bench, Benchmark } from "./benchmark.ts";
import { type Command, measureByTurns, measureOnce } from "./measure.ts";
import { configDocument } from "./project-documents.ts";
import type { Report } from "./report.ts";

/** Commands against an empty Node. */
export const startUp: Benchmark = {
  name: "start-up",
  about: "mason --version, and a plan with nothing to do, against node -e 0",
  *run(bench: Bench): Iterable<Report> {
    const directory = appliedQuickstart(bench);
    const sides = {
      node: { args: ["-e", "0"] },
      version: bench.mason(directory, "--version"),
      help: bench.mason(directory, "--help"),
      plan: { ...bench.mason(directory, "plan"), check: nothingToDo },
    };
    const memory = measureByTurns(bench.meter, sides, 1);
    const names = Object.keys(sides) as (keyof typeof sides)[];
    const bare = names.map((name): [string, Command] => [name, { ...sides[name], bare: true }]);
    // These are short: more runs cost little and calm the medians.
    const costs = measureByTurns(bench.meter, Object.fromEntries(bare), bench.runs * 3);
    const costOf = (name: keyof typeof sides) => ({ cpu: 0, wall: 0, ...costs[name], memory: memory[name].memory });
    const [node, version, help, plan] = [costOf("node"), costOf("version"), costOf("help"), costOf("plan")];
    const against = (cpu: number, most?: number) => ({
      value: cpu / node.cpu,
      ...(most === undefined ? {} : { most }),
    });
    yield {
      title: "Start-up",
      against: "node -e 0",
      rows: [
        { label: "node -e 0", cost: node },
        { label: "mason --version", cost: version, ratio: against(version.cpu, 2.2) },
        { label: "mason --help", cost: help, ratio: against(help.cpu) },
        { label: "mason plan, nothing to do", cost: plan, ratio: against(plan.cpu, 4) },
      ],
    };
  },
};

const nothingToDo: NonNullable<Command["check"]> = (stdout) => {
  if (
    !/0 to (create|run|delete)|No changes|Nothing to do/i.test(stdout) ||
    /[1-9]\d* to (create|run|update)/.test(stdout)
  )
    throw new Error(`The plan is not empty:\n${stdout}`);
};

/** A copy of examples/quickstart, applied; a project of a config and a database where that is not there. */
function appliedQuickstart(bench: Bench): string {
  const directory = bench.directory("quickstart");
  const quickstart = join(bench.root, "examples/quickstart");
  if (existsSync(quickstart)) cpSync(quickstart, directory, { recursive: true });
  else {
    writeFileSync(join(directory, "mason.yaml"), 'name: small\ndefault_config: "1"\n');
    writeFileSync(join(directory, "all.yaml"), `${configDocument}---\ntype: database\nname: sales\nconfig_id: 1\n`);
  }
  measureOnce(bench.meter, bench.mason(directory, "apply", "--auto-approve"));
  return directory;
}
