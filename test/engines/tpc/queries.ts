/** The data and the queries of both benchmarks, as DuckDB's extensions give them. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type Duck, id, lit } from "../../truth/duck.ts";
import { type Benchmark, benchmarks } from "./extensions.ts";

/** A table of a benchmark. */
export interface BenchmarkTable {
  readonly benchmark: Benchmark;
  readonly name: string;
}

/** A query; `sql` names its tables with the benchmark as their database. */
export interface BenchmarkQuery {
  readonly benchmark: Benchmark;
  readonly number: number;
  readonly sql: string;
  /** Names of the tables that it reads, each once. */
  readonly tables: readonly string[];
}

/** Loads the extensions and makes the data, a schema for each benchmark. Gives the tables. */
export async function makeData(
  duck: Duck,
  files: Readonly<Record<Benchmark, string>>,
): Promise<readonly BenchmarkTable[]> {
  for (const benchmark of benchmarks) {
    await duck.run(`LOAD ${lit(files[benchmark])}`);
    await duck.run(`CREATE SCHEMA ${benchmark}`);
  }
  await duck.run("CALL dbgen(sf = 0.01, schema = 'tpch')");
  await duck.run("CALL dsdgen(sf = 0.01, schema = 'tpcds')");
  const rows = await duck.rows("SELECT table_schema, table_name FROM information_schema.tables ORDER BY ALL");
  return rows.map(([benchmark, name]) => ({ benchmark: benchmark as Benchmark, name: name ?? "" }));
}

/** Writes each table as Parquet: `raw/<benchmark>/<table>/data.parquet`. */
export async function writeTables(duck: Duck, root: string, tables: readonly BenchmarkTable[]): Promise<void> {
  for (const { benchmark, name } of tables) {
    const directory = join(root, "raw", benchmark, name);
    await mkdir(directory, { recursive: true });
    const from = `${id(benchmark)}.${id(name)}`;
    await duck.run(`COPY (FROM ${from}) TO ${lit(join(directory, "data.parquet"))} (FORMAT parquet)`);
  }
}

/** All queries of a benchmark. */
export async function queriesOf(
  duck: Duck,
  benchmark: Benchmark,
  tables: readonly BenchmarkTable[],
): Promise<readonly BenchmarkQuery[]> {
  const known = new Set(tables.flatMap((table) => (table.benchmark === benchmark ? [table.name] : [])));
  const rows = await duck.rows(`SELECT query_nr, query FROM ${benchmark}_queries() ORDER BY query_nr`);
  const queries: BenchmarkQuery[] = [];
  for (const [number, query] of rows) {
    const text = (query ?? "").trim().replace(/;$/, "");
    const named = await tablesIn(duck, text, known);
    queries.push({
      benchmark,
      number: Number(number),
      sql: qualified(text, benchmark, named),
      tables: [...new Set(named.map(({ name }) => name))].sort(),
    });
  }
  return queries;
}

interface NamedTable {
  readonly name: string;
  /** 0-based. */
  readonly at: number;
}

/** The tables that a query names, wherever it does, by DuckDB's syntax tree. No name of a CTE is that of a table. */
async function tablesIn(duck: Duck, sql: string, known: ReadonlySet<string>): Promise<readonly NamedTable[]> {
  const [[tree] = []] = await duck.rows(`SELECT json_serialize_sql(${lit(sql)})`);
  const found: NamedTable[] = [];
  const look = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    const { type, table_name: name, query_location: at } = node as Readonly<Record<string, unknown>>;
    if (type === "BASE_TABLE" && known.has(String(name))) found.push({ name: String(name), at: Number(at) });
    for (const part of Object.values(node)) look(part);
  };
  look(JSON.parse(tree ?? "{}"));
  return found;
}

/** The text with the database before each table. */
function qualified(sql: string, database: string, tables: readonly NamedTable[]): string {
  const places = [...new Set(tables.map(({ at }) => at))].sort((a, b) => b - a);
  return places.reduce((text, at) => `${text.slice(0, at)}${database}.${text.slice(at)}`, sql);
}
