/** Plans of generated projects against the floor: one process that reads and parses all of their files with js-yaml. */
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Bench, Benchmark } from "./benchmark.ts";
import { type Command, type Cost, measureByTurns } from "./measure.ts";
import type { Mix } from "./project-documents.ts";
import { createEdit, writeProject } from "./projects.ts";
import type { Report, Row } from "./report.ts";

const sizes = [100, 1_000, 10_000, 50_000];

/** Cold and warm plans by size. */
export const plans: Benchmark = {
  name: "plans",
  about: "cold and warm plans of 100, 1,000, 10,000 and 50,000 resources (--part N chooses sizes)",
  *run(bench: Bench): Iterable<Report> {
    let before: { readonly size: number; readonly cold: Cost } | undefined;
    for (const size of sizes) {
      if (bench.parts.length > 0 && !bench.parts.includes(String(size))) continue;
      const costs = planCosts(bench, size, "all");
      const growth =
        size === 50_000 && before?.size === 10_000
          ? { what: "CPU of 10,000 x", unit: "", value: costs.cold.cpu / before.cold.cpu, most: 5.5 }
          : undefined;
      yield planReport(size, costs, growth);
      before = { size, cold: costs.cold };
    }
  },
};

/** Where the time goes: the same projects with less in them. */
export const planShares: Benchmark = {
  name: "plan-shares",
  about: "plans of 10,000 resources without SQL, and without deployments",
  *run(bench: Bench): Iterable<Report> {
    for (const mix of ["no SQL", "none"] as const) {
      const title = mix === "none" ? "tables in place of deployments" : "no SQL and no computing operators";
      yield {
        ...planReport(10_000, planCosts(bench, 10_000, mix), undefined, false),
        title: `Plan of 10,000 resources: ${title}`,
      };
    }
  },
};

type Costs = Readonly<Record<"floor" | "cold" | "warm" | "same", Cost>>;

function planCosts(bench: Bench, size: number, mix: Mix): Costs {
  const directory = bench.directory(`plan-${size}`);
  writeProject(directory, size, mix);
  const edit = createEdit(directory, size);
  const cache = join(directory, ".mason");
  const plan: Command = { ...bench.mason(directory, "plan"), check: (stdout) => requireAll(stdout, size) };
  const warm = () => {
    if (!existsSync(cache)) throw new Error("There is no cache to be warm.");
  };
  const costs = measureByTurns(
    bench.meter,
    {
      floor: bench.program("floor", directory),
      cold: { ...plan, before: () => rmSync(cache, { recursive: true, force: true }) },
      same: { ...plan, before: warm },
      warm: {
        ...plan,
        before: () => {
          warm();
          edit();
        },
      },
    },
    size > 10_000 ? Math.min(3, bench.runs) : bench.runs,
  );
  rmSync(directory, { recursive: true });
  return costs;
}

/** Everything is planned: what can be created or run is to be created or run. */
function requireAll(stdout: string, size: number): void {
  const counts = [...stdout.matchAll(/(\d+) (?:definitions? )?to (?:create|record|run)/g)].map((match) =>
    Number(match[1]),
  );
  const sum = counts.reduce((all, count) => all + count, 0);
  if (sum !== size) throw new Error(`${sum} of ${size} resources are planned:\n${stdout.slice(-500)}`);
}

function planReport(size: number, costs: Costs, growth: Row["other"], targets = size === 10_000): Report {
  const { floor, cold, warm, same } = costs;
  const against = (cpu: number, most: number) => ({ value: cpu / floor.cpu, ...(targets ? { most } : {}) });
  const memory = { what: "peak", unit: " MB", value: cold.memory, most: 400 };
  const other = growth ?? (targets ? memory : undefined);
  return {
    title: `Plan of ${size.toLocaleString("en")} resources`,
    against: "floor",
    rows: [
      { label: "floor: read and parse with js-yaml", cost: floor },
      { label: "cold", cost: cold, ratio: against(cold.cpu, 2.5), ...(other === undefined ? {} : { other }) },
      { label: "warm, one file changed", cost: warm, ratio: against(warm.cpu, 0.6) },
      { label: "warm, nothing changed", cost: same, ratio: { value: same.cpu / floor.cpu } },
    ],
  };
}
