/** How DuckDB writes a target: one COPY statement. */
import type { DataTarget } from "../../../job/job.ts";
import { nullPartition } from "../../../model/partition-folder.ts";
import type { WrittenCsv } from "../../../model/read-settings.ts";
import type { Schema } from "../../../model/schema.ts";
import type { CompiledJob } from "./compiled.ts";
import { writtenColumns } from "./held.ts";
import { localPath, name, text, unusedName } from "./names.ts";
import { duckDbType } from "./types.ts";
import { selectWritten } from "./written.ts";

/** The COPY of a job's rows to its target. `bound`: the columns that DuckDB says the job's SELECT returns. */
export function writeTo(target: DataTarget, { select, ordered }: CompiledJob, bound: Schema): string {
  return copyTo(selectWritten(select, bound, target), bound, target, ordered);
}

/** A directory gets `part-0.parquet`, `part-1.parquet`, ... */
function copyTo(select: string, bound: Schema, target: DataTarget, ordered: boolean): string {
  const directory = target.shape === "directory";
  // A single ordered file needs a name from us; DuckDB names several files itself.
  const several = directory && (target.partitionBy.length > 0 || !ordered);
  const path = localPath(target.uri) + (directory && !several ? `/part-0.${target.format}` : "");
  const isFolders = target.partitionBy.length > 0 && (target.format === "json" || target.format === "jsonl");
  const rows = isFolders ? jsonLines(select, bound, target) : select;
  const format = isFolders ? jsonLineOptions(target) : formatOptions(target);
  const all = [...format, ...(several ? partOptions(target) : [])];
  return `COPY (\n${rows}\n) TO ${text(path)} (${all.join(", ")})`;
}

/** The file that stands for a partitioned output of no rows, relative to the target, and the COPY that makes it. */
export interface NoRows {
  readonly folder: string;
  readonly copy: string;
}

/**
 * Keeps the columns of a partitioned output of no rows: one file without rows, in the folder of no value. Of JSON, which has no columns
 * without records, it keeps those of the folders.
 */
export function noRowsTo(target: DataTarget, bound: Schema): NoRows | null {
  if (target.partitionBy.length === 0) return null;
  const folder = target.partitionBy.map((column) => `${encodeURIComponent(column)}=${nullPartition}`).join("/");
  const inFile = writtenColumns(bound, target).filter((column) => !target.partitionBy.includes(column.name));
  const columns = inFile.map(({ name: own, to }) => `CAST(NULL AS ${duckDbType(to)}) AS ${name(own)}`);
  const path = `${localPath(target.uri)}/${folder}/part-0.${target.format}`;
  const rows = `SELECT ${columns.join(", ")} WHERE false`;
  return { folder, copy: `COPY (${rows}) TO ${text(path)} (${formatOptions(target).join(", ")})` };
}

function formatOptions(target: DataTarget): readonly string[] {
  switch (target.format) {
    case "csv":
      return ["FORMAT csv", "HEADER true", ...csvOptions(target.into?.csv)];
    case "json":
      return ["FORMAT json", "ARRAY true"];
    case "jsonl":
      return ["FORMAT json", "ARRAY false"];
    case "parquet":
      return ["FORMAT parquet"];
  }
}

/** The settings of the declared table that the files belong to. */
function csvOptions(csv: WrittenCsv = {}): readonly string[] {
  const options: readonly (readonly [string, string | undefined])[] = [
    ["DELIMITER", csv.delimiter],
    ["QUOTE", csv.quote],
    // A quote escapes itself; DuckDB's default is a double quote, whatever the quote is.
    ["ESCAPE", csv.escape ?? csv.quote],
    ["DATEFORMAT", csv.date_format],
    ["TIMESTAMPFORMAT", csv.timestamp_format],
  ];
  return options.flatMap(([option, value]) => (value === undefined ? [] : [`${option} ${text(value)}`]));
}

/** DuckDB 1.5 can't partition JSON, so each record is written as the only value of a line of text, beside the partition columns. */
function jsonLines(select: string, bound: Schema, target: DataTarget): string {
  const record = unusedName(
    "mason_record",
    bound.map((column) => column.name),
  );
  const inFile = bound.filter((column) => !target.partitionBy.includes(column.name));
  const fields = inFile.map((column) => `${name(column.name)} := ${name(column.name)}`);
  const folders = target.partitionBy.map(name);
  return `SELECT CAST(to_json(struct_pack(${fields.join(", ")})) AS VARCHAR) AS ${name(record)}, ${folders.join(", ")} FROM (\n${select}\n)`;
}

/** No character encloses the text, and no value holds the delimiter: JSON escapes it. */
function jsonLineOptions(target: DataTarget): readonly string[] {
  const array = target.format === "json" ? ["PREFIX '[\n\t'", "SUFFIX '\n]\n'", "NEW_LINE ',\n\t'"] : [];
  return ["FORMAT csv", "HEADER false", "QUOTE ''", "ESCAPE ''", "DELIMITER '\u0001'", ...array];
}

function partOptions(target: DataTarget): readonly string[] {
  const named = ["FILENAME_PATTERN 'part-{i}'", `FILE_EXTENSION '${target.format}'`];
  if (target.partitionBy.length === 0) return ["PER_THREAD_OUTPUT true", ...named];
  return [`PARTITION_BY (${target.partitionBy.map(name).join(", ")})`, ...named];
}
