/**
 * Compiles canonical jobs to DuckDB statements. Pure; a plan shows the result. The executor runs `setup`, `main` and `facts` on one
 * connection, in a catalog of the job's own. Every type is given, and nothing is sniffed. Measured with bench/data.
 */
import type { CanonicalJob, DataSource, DataTarget } from "../../../job/job.ts";
import type { Column, Schema } from "../../../model/schema.ts";
import { dialects } from "../../dialect.ts";
import { withoutSemicolon } from "../../scan.ts";
import { type CompiledJob, maxRows } from "./compiled.ts";
import { storedAs } from "./fits.ts";
import { compileDedupe } from "./jobs/dedupe.ts";
import { selectFake } from "./jobs/fake.ts";
import { selectSummary } from "./jobs/summarize.ts";
import { name, text } from "./names.ts";
import { selectSource } from "./select-source.ts";
import { columnsOf, layoutOf, selectNothing } from "./source.ts";
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

const write = (select: string, target: DataTarget): CompiledJob => ({
  setup: [],
  select,
  facts: [],
  target,
  ordered: false,
});

function finish(select: string, target: DataTarget | undefined): CompiledJob {
  const common = { setup: [], facts: [], ordered: true };
  if (target !== undefined) return { ...common, select, target };
  return { ...common, select: limited(select, maxRows + 1), rowLimit: maxRows };
}

/** The SELECT stands on lines of its own, so that a comment at its end hides nothing. */
const limited = (select: string, rows: number) => `SELECT * FROM (\n${select}\n) LIMIT ${rows}`;

function compileQuery(job: Extract<CanonicalJob, { kind: "query" }>): CompiledJob {
  const sql = withoutSemicolon(job.sql, dialects.duckdb);
  const setup = viewsOf(job.sources);
  if (job.target === undefined) {
    const rowLimit = Math.min(job.limit ?? maxRows, maxRows);
    return { setup, select: limited(sql, rowLimit + 1), facts: [], rowLimit, ordered: true };
  }
  const select = job.limit === undefined ? `SELECT * FROM (\n${sql}\n)` : limited(sql, job.limit);
  const ordered = job.limit !== undefined || /\border\s+by\b/i.test(sql);
  return { setup, select, facts: [], target: job.target, ordered };
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

/** A source with the types of the united columns. A column that it does not have is null, and text is read as text: `007` stays. */
function castSource(source: DataSource, columns: Schema): string {
  const types = new Map(columns.map((column) => [column.name.toLowerCase(), column.type]));
  const typed = (column: Column) => {
    const type = types.get(column.name.toLowerCase());
    // A rule about values that do not fit is about the types of the table.
    const isOwn = type === undefined || source.onMismatch !== undefined || becomesJson(column, type);
    return isOwn ? column : { ...column, type };
  };
  const united = {
    ...source,
    columns: source.columns.map(typed),
    layout: layoutOf(source),
    partitions: source.partitions.map(typed),
  };
  const read = new Map(columnsOf(united).map((column) => [column.name.toLowerCase(), column]));
  const values = columns.map(
    (column) => `${unitedValue(read.get(column.name.toLowerCase()), column)} AS ${name(column.name)}`,
  );
  return `SELECT ${values.join(", ")} FROM (${selectSource(united)})`;
}

/** The value of a united column. A text becomes a JSON string, since it need not be JSON itself. */
function unitedValue(found: Column | undefined, { type, name: column }: Column): string {
  if (found === undefined) return `CAST(NULL AS ${duckDbType(type)})`;
  return becomesJson(found, type)
    ? `CASE WHEN ${name(found.name)} IS NOT NULL THEN to_json(${name(found.name)}) END`
    : storedAs(name(column), duckDbType(found.type), type);
}

/** True for a column that is JSON only after the union. */
const becomesJson = (found: Column, type: Column["type"]) => type.kind === "json" && found.type.kind !== "json";
