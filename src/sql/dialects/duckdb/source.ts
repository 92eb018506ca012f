/** How DuckDB reads a data source: a table function over the list of its files, with every type given, so that it sniffs nothing. */
import type { DataSource } from "../../../job/job.ts";
import type { Column, Schema } from "../../../model/schema.ts";
import { dialects } from "../../dialect.ts";
import { quoteIdentifier, quoteString } from "../../quote.ts";
import { duckDbType } from "./types.ts";

/** A quoted name of DuckDB. */
export const name = (text: string): string => quoteIdentifier(text, dialects.duckdb);
/** A quoted text of DuckDB. */
export const text = (value: string): string => quoteString(value, dialects.duckdb);

/** All columns of a source: those of the files, then the partitions. */
export const columnsOf = (source: DataSource): Schema => [...source.columns, ...source.partitions];

/** A URI as DuckDB opens it: without `file://`; other schemes stay. */
export const localPath = (uri: string): string => (uri.startsWith("file://") ? uri.slice("file://".length) : uri);

/** A SELECT of the source's columns in their order, followed by the expressions of `extra`. */
export function selectSource(source: DataSource, extra: readonly string[] = []): string {
  if (source.files.length === 0) return selectNothing(columnsOf(source));
  const columns = columnsOf(source).map((column) => readColumn(source, column));
  return `SELECT ${[...columns, ...extra].join(", ")} FROM ${tableFunction(source)}`;
}

/** A SELECT with these columns and no rows. */
export function selectNothing(columns: Schema): string {
  const nulls = columns.map((column) => `CAST(NULL AS ${duckDbType(column.type)}) AS ${name(column.name)}`);
  return `SELECT ${nulls.length === 0 ? "1" : nulls.join(", ")} WHERE false`;
}

/** Parquet has types of its own and needs a cast. The other formats are read as the wanted types. */
function readColumn(source: DataSource, column: Column): string {
  const quoted = name(column.name);
  const isRead = source.format !== "parquet" && !isCastAfterwards(source, column);
  const typed = isRead || column.type.kind === "unknown" || source.partitions.includes(column);
  return typed ? quoted : `CAST(${quoted} AS ${duckDbType(column.type)}) AS ${quoted}`;
}

function tableFunction(source: DataSource): string {
  const files = `[${source.files.map((file) => text(literalGlob(localPath(file)))).join(", ")}]`;
  switch (source.format) {
    case "csv":
      return call("read_csv", files, [...csvOptions(source), ...partitionOptions(source)]);
    case "json":
      // DuckDB decides for each file: one document, or an array of documents.
      return call("read_json", files, ["format = 'auto'", ...typedColumns(source), ...partitionOptions(source)]);
    case "jsonl":
      return call("read_json", files, [
        "format = 'newline_delimited'",
        ...typedColumns(source),
        ...partitionOptions(source),
      ]);
    case "parquet":
      return call("read_parquet", files, partitionOptions(source));
  }
}

const call = (fn: string, files: string, options: readonly string[]) => `${fn}(${[files, ...options].join(", ")})`;

/** Files are named one by one; what looks like a wildcard in a name is a part of it. */
export const literalGlob = (path: string) => path.replace(/[*?[]/g, (character) => `[${character}]`);

function csvOptions(source: DataSource): readonly string[] {
  const csv = source.csv ?? {
    delimiter: ",",
    quote: '"',
    header: true,
    compression: "none" as const,
    nullPadding: false,
  };
  return [
    ...typedColumns(source),
    `header = ${csv.header}`,
    `delim = ${text(csv.delimiter)}`,
    `quote = ${text(csv.quote)}`,
    `escape = ${text(csv.quote)}`,
    `compression = '${csv.compression}'`,
    // DuckDB's parallel reader can't pad rows in files with line breaks in quotes.
    ...(csv.nullPadding ? ["null_padding = true", "parallel = false"] : []),
  ];
}

/** DuckDB's CSV reader (1.5.5) silently reads an invalid instant as null; a cast fails. */
const isCastAfterwards = (source: DataSource, column: Column): boolean =>
  source.format === "csv" && column.type.kind === "timestamp" && column.type.zone;

const readType = (source: DataSource, column: Column): string =>
  isCastAfterwards(source, column) ? "VARCHAR" : duckDbType(column.type);

const typedColumns = (source: DataSource): readonly string[] => [
  "auto_detect = false",
  `columns = {${source.columns.map((column) => `${name(column.name)}: ${text(readType(source, column))}`).join(", ")}}`,
];

/** Also set when there are no partitions: a folder above the table may look like one. */
function partitionOptions(source: DataSource): readonly string[] {
  if (source.partitions.length === 0) return ["hive_partitioning = false"];
  const types = source.partitions.map((column) => `${name(column.name)}: ${text(duckDbType(column.type))}`);
  return ["hive_partitioning = true", "hive_types_autocast = false", `hive_types = {${types.join(", ")}}`];
}
