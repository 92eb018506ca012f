/** Data operators, run by `mason run`, against the best plain DuckDB SQL for the same work under the same limits. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Bench, Benchmark } from "../benchmark.ts";
import { type Command, type Cost, measureByTurns, measureOnce } from "../measure.ts";
import type { Report } from "../report.ts";
import { type Case, casesOver } from "./cases.ts";
import { cacheDirectory, databaseDirectory, largeCsv, smallCsvs } from "./inputs.ts";

const limits = { threads: 2, memory_limit: "2GB" };
const [files, rowsEach] = [2_000, 500];

/** Every case on 10 million rows, or as many as --rows says. */
export const operators: Benchmark = {
  name: "data",
  about:
    "data operators on 10 million rows against plain DuckDB (--rows N; --part format|merge|query|dedupe|summarize)",
  async *run(bench: Bench): AsyncIterable<Report> {
    const [large, small] = [await largeCsv(bench.rows), await smallCsvs(files, rowsEach)];
    const root = join(cacheDirectory(), "data");
    const project = writeProject(bench, root);
    for (const item of casesOver({ directory: databaseDirectory(), large, small })) {
      if (bench.parts.length > 0 && !bench.parts.some((part) => item.name.includes(part))) continue;
      yield compare(bench, item, project, root);
    }
  },
};

function writeProject(bench: Bench, root: string): string {
  const directory = bench.directory("data");
  writeFileSync(join(directory, "mason.yaml"), 'name: data\ndefault_config: "1"\n');
  const configuration = `{ root: ${JSON.stringify(root)}, threads: ${limits.threads}, memory_limit: ${limits.memory_limit} }`;
  const engines = ["metastore", "storage", "execution"].map((role) => `${role}_engine: local\n`).join("");
  writeFileSync(
    join(directory, "config.yaml"),
    `type: config\nid: 1\n${engines}clients: { local: { configuration: ${configuration} } }\n`,
  );
  return directory;
}

function compare(bench: Bench, item: Case, project: string, root: string): Report {
  const work = join(root, "work");
  const out = join(work, "out");
  const clean = () => {
    rmSync(work, { recursive: true, force: true });
    mkdirSync(work, { recursive: true });
  };
  const file = join(project, "parameters.json");
  const [namespace = "", command = ""] = item.operator.split(":");
  const mason: Command = {
    ...bench.mason(project, "run", "operator", namespace, command, "-f", file),
    before: () => {
      clean();
      rmSync(join(project, ".mason"), { recursive: true, force: true });
      writeFileSync(file, JSON.stringify(item.parameters("work/out")));
    },
  };
  const sides: Record<string, Command> = { mason };
  for (const [name, statements] of Object.entries(item.plain))
    sides[name] = { ...plainCommand(bench, project, name, statements(out)), before: clean };
  const costs = measureByTurns(bench.meter, sameRows(bench, project, sides, out), bench.runs);
  clean();
  return reportOf(item, bench.rows, costs);
}

function plainCommand(bench: Bench, project: string, name: string, statements: readonly string[]): Command {
  const file = join(project, `${name.replace(/\W+/g, "-")}.json`);
  const temp_directory = join(project, "temporary");
  const options = { threads: String(limits.threads), memory_limit: limits.memory_limit, temp_directory };
  writeFileSync(file, JSON.stringify({ options, statements }));
  return bench.program("data/plain", file);
}

/** The same commands; after its first run each says how many rows it wrote and some sums over them, which must be the same. */
function sameRows(
  bench: Bench,
  project: string,
  sides: Readonly<Record<string, Command>>,
  out: string,
): Readonly<Record<string, Command>> {
  let first: string | undefined;
  const sums = `SELECT count(*), sum(order_id), sum(quantity), count(DISTINCT order_date) FROM read_parquet('${out}/**/*.parquet', hive_partitioning = true)`;
  const watched = Object.entries(sides).map(([name, side]): [string, Command] => {
    let isChecked = false;
    const check = () => {
      if (isChecked || !existsSync(out)) return;
      isChecked = true;
      measureOnce(bench.meter, {
        ...plainCommand(bench, project, "check", [sums]),
        check: (rows) => {
          first ??= rows;
          if (rows !== first) throw new Error(`"${name}" wrote other rows: ${rows} in place of ${first}`);
        },
      });
    };
    return [name, { ...side, check }];
  });
  return Object.fromEntries(watched);
}

function reportOf(item: Case, rows: number, costs: Readonly<Record<string, Cost>>): Report {
  const { mason, ...plain } = costs;
  const [best] = Object.entries(plain).sort(([, a], [, b]) => a.cpu - b.cpu);
  if (mason === undefined || best === undefined) throw new Error(`"${item.name}" has nothing to compare.`);
  const [name, cost] = best;
  return {
    title: `${item.name}${item.operator === "table:merge" ? "" : `, ${rows.toLocaleString("en")} rows`}`,
    against: `CPU of "${name}"`,
    rows: [
      {
        label: `mason run operator ${item.operator.replace(":", " ")}`,
        cost: mason,
        ratio: { value: mason.cpu / cost.cpu, most: 1.1 },
        other: { what: "memory x", unit: "", value: mason.memory / cost.memory, most: 1.2 },
      },
      ...Object.entries(plain).map(([label, value]) => ({ label: `plain: ${label}`, cost: value })),
    ],
  };
}
