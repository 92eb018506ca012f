/**
 * The queries of TPC-H and TPC-DS as deployments over tables that `table:infer` makes of Parquet files: what the plan says of types and edges is
 * what there is, and rows are those of DuckDB by hand.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { applyPlan } from "../../../src/command/apply.ts";
import { type PlannedProject, planProject } from "../../../src/command/plan.ts";
import type { PlanOptions } from "../../../src/command/plan-options.ts";
import { type Duck, id, lit, openDuck } from "../../truth/duck.ts";
import { duck as duckType } from "../../truth/types.ts";
import { worldOf } from "../../truth/world.ts";
import { available } from "../support/available.ts";
import { benchmarks, extensionFiles } from "./extensions.ts";
import { type BenchmarkQuery, type BenchmarkTable, makeData, queriesOf, writeTables } from "./queries.ts";

const system = await available("TPC-H and TPC-DS", async () => {
  const files = await extensionFiles();
  return { files, stop: async () => undefined };
});

if (system !== null) {
  const directory = await mkdtemp(join(tmpdir(), "mason-tpc-"));
  const duck = await openDuck();
  afterAll(async () => {
    duck.close();
    await rm(directory, { recursive: true, force: true });
  });

  test("121 queries give the types, the edges and the rows that DuckDB gives by hand", async () => {
    const tables = await makeData(duck, system.files);
    await writeTables(duck, join(directory, "data"), tables);
    const queries: BenchmarkQuery[] = [];
    for (const benchmark of benchmarks) queries.push(...(await queriesOf(duck, benchmark, tables)));
    expect([tables.length, queries.length]).toEqual([8 + 24, 22 + 99]);
    await writeFile(join(directory, "mason.yaml"), "default_config: 1\n");
    await writeFile(join(directory, "all.yaml"), documents(tables, queries));
    const planned = await plan();
    expect(wrongEdges(planned, queries)).toEqual([]);
    const { results } = await applyPlan(worldOf(directory, []), planned, { leaseTimeoutMs: 0, parallelism: 2 });
    expect(results.filter(({ status }) => status !== "done").map(({ detail }) => detail)).toEqual([]);
    const wrong: string[] = [];
    for (const query of queries) wrong.push(...(await wrongResult(duck, planned, query)));
    expect(wrong).toEqual([]);
    expect((await plan()).plan.changes.map(({ address }) => address)).toEqual([]);
  });

  const options: PlanOptions = { destroy: false, run: [], unfinished: "refuse" };
  const plan = async (): Promise<PlannedProject> => {
    const { value, diagnostics } = await planProject(worldOf(directory, []), options);
    if (value === undefined)
      throw new Error(diagnostics.map(({ address, detail }) => `${address}: ${detail}`).join("\n"));
    return value;
  };

  const wrongResult = async (oracle: Duck, { plan: { changes } }: PlannedProject, query: BenchmarkQuery) => {
    const path = join(directory, "data", outputOf(query));
    const change = changes.find(({ address }) => address === `deployment.${nameOf(query)}`);
    const columns = change?.steps[0]?.columns?.map(({ name, type }) => `${name} ${duckType(type)}`);
    await oracle.run(`CREATE OR REPLACE TABLE written AS FROM read_parquet(${lit(path)})`);
    await oracle.run(`CREATE OR REPLACE TABLE expected AS FROM (\n${query.sql}\n)`);
    const written = await oracle.columns("FROM written");
    const wrong: string[] = [];
    const shown = written.map(({ name, type }) => `${name} ${type}`);
    if (JSON.stringify(columns) !== JSON.stringify(shown))
      wrong.push(`${nameOf(query)}: planned ${columns?.join(", ")}; written ${shown.join(", ")}`);
    const computed = new Map((await oracle.columns("FROM expected")).map(({ name, type }) => [name, type]));
    for (const { name, type } of written) {
      if (type === "DOUBLE" && computed.get(name) !== "DOUBLE")
        wrong.push(`${nameOf(query)}: "${name}" is ${computed.get(name)} and was written as DOUBLE`);
    }
    // Sums of floating-point numbers differ in their last digits with the order of the rows.
    const texts = written.map(({ name, type }) =>
      /DOUBLE|FLOAT/.test(type) ? `printf('%.9e', CAST(${id(name)} AS DOUBLE))` : `CAST(${id(name)} AS VARCHAR)`,
    );
    const [left, right] = [`SELECT ${texts.join(", ")} FROM written`, `SELECT ${texts.join(", ")} FROM expected`];
    const extra = await oracle.count(`SELECT count(*) FROM (${left} EXCEPT ALL ${right})`);
    const lacking = await oracle.count(`SELECT count(*) FROM (${right} EXCEPT ALL ${left})`);
    if (extra + lacking > 0) wrong.push(`${nameOf(query)}: ${extra} rows too many, ${lacking} rows too few`);
    return wrong;
  };
}

const nameOf = ({ benchmark, number }: BenchmarkQuery) => `${benchmark}_q${number}`;
const outputOf = (query: BenchmarkQuery) => `out/${nameOf(query)}.parquet`;
const inferOf = (benchmark: string, table: string) => `infer_${benchmark}_${table}`;

const config = {
  type: "config",
  id: 1,
  metastore_engine: "local",
  storage_engine: "local",
  execution_engine: "local",
  scheduler_engine: "local",
  clients: { local: { configuration: { root: "data" } } },
};

function documents(tables: readonly BenchmarkTable[], queries: readonly BenchmarkQuery[]): string {
  const infers = tables.map(({ benchmark, name }) => ({
    type: "deployment",
    name: inferOf(benchmark, name),
    operator: "table:infer",
    parameters: { database_name: benchmark, table_name: name, storage_path: `raw/${benchmark}/${name}` },
  }));
  const runs = queries.map((query) => ({
    type: "deployment",
    name: nameOf(query),
    operator: "table:query",
    parameters: { query_string: query.sql, output_path: outputOf(query) },
  }));
  return [config, ...infers, ...runs].map((document) => JSON.stringify(document)).join("\n---\n");
}

/** Deployments of queries that wait for others than those that make their tables. */
function wrongEdges({ plan }: PlannedProject, queries: readonly BenchmarkQuery[]): readonly string[] {
  return queries.flatMap((query) => {
    const stage = plan.stages.find(({ address }) => address === `deployment.${nameOf(query)}`);
    const planned = [...(stage?.dependencies ?? [])].filter((address) => address.startsWith("deployment.")).sort();
    const wanted = query.tables.map((table) => `deployment.${inferOf(query.benchmark, table)}`).sort();
    return planned.join() === wanted.join() ? [] : [`${nameOf(query)}: ${planned.join()} in place of ${wanted.join()}`];
  });
}
