/**
 * Compiles canonical jobs to DuckDB statements. Pure; a plan shows the result. The executor runs `setup`, `main` and `facts` on one
 * connection, in a catalog of the job's own. Every type is given, and nothing is sniffed. Measured with bench/data.
 */
import type { CanonicalJob, DataSource, DataTarget } from "../../../job/job.ts";
import type { Column, Schema } from "../../../model/schema.ts";
import { dialects } from "../../dialect.ts";
import { withoutSemicolon } from "../../scan.ts";
import { type CompiledJob, maxRows } from "./compiled.ts";
import { compileDedupe } from "./dedupe.ts";
import { selectFake } from "./fake.ts";
import { columnsOf, name, selectNothing, selectSource, text } from "./source.ts";
import { selectSummary } from "./summarize.ts";
import { copyTo } from "./target.ts";
import { duckDbType } from "./types.ts";

/** The statements of a job. The SQL of a query must be one SELECT statement; see `referencesOf`. */
export function compileJob(job: CanonicalJob): CompiledJob {
  switch (job.kind) {
    case "query":
      return compileQuery(job);
    case "dedupe":
      return compileDedupe(job);
    case "format":
      return write(selectFormat(job), job.target);
    case "merge":
      return write(selectMerge(job.sources, job.columns), job.target);
    case "summarize":
      return finish(selectSummary(selectSource(job.source), job.columns), job.target);
    case "preview":
      return finish(`${selectSource(job.source)} LIMIT ${job.limit}`, job.target);
    case "fake":
      return finish(selectFake(job), job.target);
  }
}

/** All statements as text, for people. */
export const statementsOf = (compiled: CompiledJob): readonly string[] => [...compiled.setup, compiled.main];

const write = (select: string, target: DataTarget): CompiledJob => ({
  setup: [],
  main: copyTo(select, target, { ordered: false }),
  facts: [],
  target,
});

function finish(select: string, target: DataTarget | undefined): CompiledJob {
  if (target !== undefined) return { setup: [], main: copyTo(select, target, { ordered: true }), facts: [], target };
  return { setup: [], main: limited(select, maxRows + 1), facts: [], rowLimit: maxRows };
}

/** The SELECT stands on lines of its own, so that a comment at its end hides nothing. */
const limited = (select: string, rows: number) => `SELECT * FROM (\n${select}\n) LIMIT ${rows}`;

function compileQuery(job: Extract<CanonicalJob, { kind: "query" }>): CompiledJob {
  const sql = withoutSemicolon(job.sql, dialects.duckdb);
  const setup = viewsOf(job.sources);
  if (job.target === undefined) {
    const rowLimit = Math.min(job.limit ?? maxRows, maxRows);
    return { setup, main: limited(sql, rowLimit + 1), facts: [], rowLimit };
  }
  const select = job.limit === undefined ? `SELECT * FROM (\n${sql}\n)` : limited(sql, job.limit);
  const ordered = job.limit !== undefined || /\border\s+by\b/i.test(sql);
  return { setup, main: copyTo(select, job.target, { ordered }), facts: [], target: job.target };
}

/** One view for each name. Sources with one name are united by column name. */
function viewsOf(sources: readonly DataSource[]): readonly string[] {
  const byName = new Map<string, DataSource[]>();
  for (const source of sources) {
    const key = source.name.map(name).join(".");
    byName.set(key, [...(byName.get(key) ?? []), source]);
  }
  const schemas = new Set(sources.flatMap((source) => (source.name.length > 1 ? source.name.slice(-2, -1) : [])));
  return [
    ...[...schemas].map((schema) => `CREATE SCHEMA IF NOT EXISTS ${name(schema)}`),
    ...[...byName].map(
      ([view, same]) =>
        `CREATE VIEW ${view} AS ${same.map((source) => selectSource(source)).join(" UNION ALL BY NAME ")}`,
    ),
  ];
}

function selectFormat(job: Extract<CanonicalJob, { kind: "format" }>): string {
  const columns = job.columns?.map(name).join(", ") ?? "*";
  const where = job.partitions === undefined ? "" : ` WHERE ${partitionFilter(job.source, job.partitions)}`;
  return `SELECT ${columns} FROM (${selectSource(job.source)})${where}`;
}

/** Compares typed values, so that DuckDB opens only the files of the wanted partitions. */
function partitionFilter(source: DataSource, wanted: readonly Readonly<Record<string, string | null>>[]): string {
  const types = new Map(source.partitions.map((column) => [column.name, duckDbType(column.type)]));
  const each = wanted.map((values) => {
    const parts = Object.entries(values).map(([key, value]) =>
      value === null ? `${name(key)} IS NULL` : `${name(key)} = CAST(${text(value)} AS ${types.get(key) ?? "VARCHAR"})`,
    );
    return parts.length === 0 ? "true" : `(${parts.join(" AND ")})`;
  });
  return each.length === 0 ? "false" : each.join(" OR ");
}

function selectMerge(sources: readonly DataSource[], columns: Schema): string {
  const selects = sources.filter((source) => source.files.length > 0).map((source) => castSource(source, columns));
  return selects.length === 0 ? selectNothing(columns) : selects.join("\nUNION ALL\n");
}

/** A source cast to the united columns; a missing column is null. */
function castSource(source: DataSource, columns: Schema): string {
  const widened = { ...source, columns: source.columns.map((column) => asText(source, column, columns)) };
  const own = new Map(columnsOf(widened).map((column) => [column.name.toLowerCase(), column]));
  const casts = columns.map((column) => {
    const found = own.get(column.name.toLowerCase());
    return `${castColumn(found, column)} AS ${name(column.name)}`;
  });
  return `SELECT ${casts.join(", ")} FROM (${selectSource(widened)})`;
}

/** A column cast to its united type. A text becomes a JSON string, since it need not be JSON itself. */
function castColumn(found: Column | undefined, { type }: Column): string {
  if (found === undefined) return `CAST(NULL AS ${duckDbType(type)})`;
  const from = name(found.name);
  if (type.kind === "json" && found.type.kind !== "json")
    return `CASE WHEN ${from} IS NOT NULL THEN to_json(${from}) END`;
  return `CAST(${from} AS ${duckDbType(type)})`;
}

/** A column that becomes text is read as text, so that `007` doesn't turn into `7`. */
function asText(source: DataSource, column: Column, columns: Schema): Column {
  const target = columns.find((item) => item.name.toLowerCase() === column.name.toLowerCase());
  const isText = target?.type.kind === "string" || target?.type.kind === "varchar";
  return isText && target !== undefined && source.format !== "parquet" ? { ...column, type: target.type } : column;
}
