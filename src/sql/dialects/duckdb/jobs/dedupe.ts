/**
 * Removes duplicates in DuckDB. With keys, it first finds the rows to drop from keys, order columns and row numbers alone, then copies
 * the other rows. That needs a third of the memory of a window over whole rows, and less time (bench/data).
 */
import type { CanonicalJob, DataSource } from "../../../../job/job.ts";
import type { CompiledJob } from "../compiled.ts";
import { name, unusedName } from "../names.ts";
import { folderGroups } from "../partition-values.ts";
import { leavesOut, selectSource } from "../select-source.ts";
import { columnsOf } from "../source.ts";

type Dedupe = Extract<CanonicalJob, { kind: "dedupe" }>;

/** The statements of a dedupe job. The fact `removed` is the number of dropped rows. */
export function compileDedupe(job: Dedupe): CompiledJob {
  return job.keys.length === 0 || job.source.files.length === 0 ? wholeRows(job) : byKeys(job);
}

function wholeRows(job: Dedupe): CompiledJob {
  const rows = selectSource(job.source);
  return {
    setup: [],
    select: `SELECT DISTINCT * FROM (${rows})`,
    ordered: false,
    facts: [{ name: "rows_in", sql: `SELECT count(*) AS n FROM (${rows})` }],
    target: job.target,
  };
}

function byKeys(job: Dedupe): CompiledJob {
  const row = name(
    unusedName(
      "mason_row",
      columnsOf(job.source).map((column) => column.name),
    ),
  );
  const source = numberedRows(job.source, row);
  const keys = job.keys.map(name).join(", ");
  const narrow = [...new Set([...job.keys, ...job.orderBy.map((order) => order.column)])].map(name).join(", ");
  const dropped =
    `SELECT ${row} FROM (SELECT ${narrow}, ${row} FROM (${source})) ` +
    `QUALIFY row_number() OVER (PARTITION BY ${keys} ORDER BY ${orderOf(job, row)}) > 1`;
  // NOT IN: with an anti join, the optimizer may build its hash table on the large side, since it can't guess the size of a CSV.
  const kept = `SELECT * EXCLUDE (${row}) FROM (${source}) WHERE ${row} NOT IN (FROM "mason_dropped")`;
  return {
    setup: [`CREATE TABLE "mason_dropped" AS ${dropped}`],
    select: kept,
    ordered: job.source.format !== "parquet",
    facts: [{ name: "removed", sql: 'SELECT count(*) AS n FROM "mason_dropped"' }],
    target: job.target,
  };
}

/** The source with a number for each row, which depends only on the order of the files and the row's place in its file. */
function numberedRows(source: DataSource, row: string): string {
  const names = new Set(columnsOf(source).map((column) => column.name.toLowerCase()));
  const isOneRead = folderGroups(source).length === 1;
  const native =
    source.format === "parquet" &&
    !leavesOut(source) &&
    isOneRead &&
    !names.has("file_index") &&
    !names.has("file_row_number");
  // Parquet knows its row numbers and can be read in parallel; rows of other formats are counted as they stream.
  if (native) return selectSource(source, [`file_index * 1099511627776 + file_row_number AS ${row}`]);
  return `SELECT *, row_number() OVER () AS ${row} FROM (${selectSource(source)})`;
}

/** The order that puts the row to keep first. The place in the files breaks ties. */
function orderOf(job: Dedupe, row: string): string {
  const last = job.keep === "last";
  const columns = job.orderBy.map(
    (order) => `${name(order.column)} ${order.descending !== last ? "DESC" : "ASC"} NULLS ${last ? "FIRST" : "LAST"}`,
  );
  return [...columns, `${row} ${last ? "DESC" : "ASC"}`].join(", ");
}
