/** The program behind `npm run bench`: runs benchmarks by name and prints what they find. Exit code 1 when a target is missed. */
import { mkdirSync, mkdtempSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { apply } from "./apply.ts";
import type { Bench, Benchmark } from "./benchmark.ts";
import { operators } from "./data/operators.ts";
import { planFile } from "./plan-file.ts";
import { planShares, plans } from "./plans.ts";
import { writeProject } from "./projects.ts";
import { isMissed, type Report, reportText } from "./report.ts";
import { resume } from "./resume.ts";
import { startUp } from "./start-up.ts";
import { state } from "./state.ts";

const benchmarks: readonly Benchmark[] = [startUp, plans, planShares, planFile, apply, state, resume, operators];

const [work = "", root = "", ...rest] = process.argv.slice(2);
const { values, positionals } = parseArgs({
  args: rest,
  allowPositionals: true,
  options: {
    runs: { type: "string", default: "5" },
    rows: { type: "string", default: "10000000" },
    part: { type: "string", multiple: true, default: [] },
  },
});

const scratch = join(work, "scratch");
mkdirSync(scratch);
const bench: Bench = {
  meter: { scratch, usage: join(root, "bench/usage.cjs") },
  runs: Number(values.runs),
  parts: values.part,
  rows: Number(values.rows),
  directory: (name) => mkdtempSync(join(work, `${name}-`)),
  mason: (directory, ...args) => ({ args: [join(work, "mason/bin/mason"), ...args], directory }),
  program: (name, ...args) => ({ args: [join(work, "mason/bench", `${name}.mjs`), ...args] }),
  root,
};

const missed = (report: Report) =>
  report.rows.some(({ ratio, other }) => [ratio, other].some((target) => target !== undefined && isMissed(target)));

if (positionals[0] === "write") {
  const [, directory = ".", resources = "100"] = positionals;
  mkdirSync(directory, { recursive: true });
  writeProject(directory, Number(resources));
  process.exit(0);
}
const unknown = positionals.filter((name) => !benchmarks.some((benchmark) => benchmark.name === name));
if (unknown.length > 0) {
  const names = benchmarks.map(({ name, about }) => `  ${name.padEnd(12)} ${about}\n`).join("");
  process.stderr.write(`There is no benchmark "${unknown.join('", "')}". There are:\n${names}`);
  process.exit(1);
}
const machine = `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`;
console.log(`${machine}; medians of ${bench.runs} runs by turns; ${new Date().toISOString().slice(0, 10)}\n`);
for (const benchmark of benchmarks) {
  if (positionals.length > 0 && !positionals.includes(benchmark.name)) continue;
  for await (const report of benchmark.run(bench)) {
    console.log(reportText(report));
    if (missed(report)) process.exitCode = 1;
  }
}
