/** What a plan file of 10,000 changes costs: to write, to check against the project again, and to render for a pull request. */
import { mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Bench, Benchmark } from "./benchmark.ts";
import { type Command, type Cost, measureByTurns } from "./measure.ts";
import type { Mix } from "./project-documents.ts";
import { writeProject } from "./projects.ts";
import type { Report } from "./report.ts";

const size = 10_000;

/** With much SQL, and with a plan that costs a small part of that. */
export const planFile: Benchmark = {
  name: "plan-file",
  about:
    "plan files of 10,000 changes: written, checked, as markdown (--part all|none: with deployments and SQL, or without)",
  *run(bench: Bench): Iterable<Report> {
    for (const mix of ["all", "none"] as const)
      if (bench.parts.length === 0 || bench.parts.includes(mix)) yield fileReport(bench, mix);
  },
};

function fileReport(bench: Bench, mix: Mix): Report {
  const directory = bench.directory(`plan-file-${mix}`);
  const file = join(bench.directory("file"), "reviewed.plan");
  writeProject(directory, size, mix);
  const cold = () => rmSync(join(directory, ".mason"), { recursive: true, force: true });
  const costs = measureByTurns(
    bench.meter,
    {
      plan: { ...bench.mason(directory, "plan"), before: cold },
      written: { ...bench.mason(directory, "plan", "--out", file), before: cold },
      checked: checkOf(bench, directory, file, cold),
      shown: bench.mason(directory, "show", file),
      markdown: markdownOf(bench, file),
    },
    bench.runs,
  );
  rmSync(directory, { recursive: true });
  return reportOf(mix, costs, statSync(file).size);
}

/**
 * Applies the file while somebody on another machine holds the lease: that is refused when the check is done, the lease being the first
 * thing that an apply does.
 */
function checkOf(bench: Bench, directory: string, file: string, cold: () => void): Command {
  const holder = {
    id: "x",
    who: "bench",
    host: "elsewhere",
    pid: 1,
    since: new Date(0).toISOString(),
    purpose: "apply",
  };
  return {
    ...bench.mason(directory, "apply", file),
    before: () => {
      cold();
      const lease = join(directory, ".mason/state/mason.lock/lease");
      mkdirSync(lease, { recursive: true });
      writeFileSync(join(lease, "0000000001.json"), `${JSON.stringify({ holder })}\n`);
    },
    exit: 1,
    check: (_, stderr) => {
      if (!stderr.includes("Another apply is going on")) throw new Error(`It was not the lease:\n${stderr}`);
    },
  };
}

const markdownOf = (bench: Bench, file: string): Command => ({
  ...bench.program("markdown-part", file),
  part: true,
  check: (stdout) => {
    if (!stdout.includes(`${size} changes`)) throw new Error(stdout);
  },
});

type Costs = Readonly<Record<"plan" | "written" | "checked" | "shown" | "markdown", Cost>>;

function reportOf(mix: Mix, { plan, written, checked, shown, markdown }: Costs, bytes: number): Report {
  const what = mix === "none" ? ", without deployments" : "";
  const writing = { what: "writing, x plan", unit: "", value: (written.cpu - plan.cpu) / plan.cpu, most: 0.5 };
  const rendering = { what: "CPU of rendering", unit: " ms", value: markdown.cpu * 1000, most: 200 };
  return {
    title: `Plan file of 10,000 changes (${(bytes / 1e6).toFixed(1)} MB)${what}`,
    against: "cold plan",
    rows: [
      { label: "mason plan, cold", cost: plan },
      { label: "mason plan --out FILE, cold", cost: written, other: writing },
      {
        label: "mason apply FILE, cold, until checked",
        cost: checked,
        ratio: { value: checked.cpu / plan.cpu, most: 1.3 },
      },
      { label: "mason show FILE", cost: shown },
      { label: "markdown of it, rendering by itself", cost: markdown, other: rendering },
    ],
  };
}
