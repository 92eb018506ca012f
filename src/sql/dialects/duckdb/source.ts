/** How DuckDB reads a data source: a table function over the list of its files, with every type given, so that it sniffs nothing. */
import type { DataSource } from "../../../job/job.ts";
import type { Column, Schema } from "../../../model/schema.ts";
import type { CsvDialect } from "../../../model/table.ts";
import { dialects } from "../../dialect.ts";
import { quoteIdentifier, quoteString } from "../../quote.ts";
import { foldersOf, hasPlainFolders } from "./folders.ts";
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
  if (!hasPlainFolders(source)) return selectFolders(source);
  const columns = columnsOf(source).map((column) => readColumn(source, column));
  return `SELECT ${[...columns, ...extra].join(", ")} FROM ${tableFunction(source)}`;
}

/** One read for each partition, with its values as literals, for folders that DuckDB would read in another way. */
function selectFolders(source: DataSource): string {
  const selects = foldersOf(source).map(({ files, values }) => {
    const own = { ...source, files, partitions: [] };
    const literals = source.partitions.map((column) => literal(column, values.get(column.name) ?? null));
    const columns = source.columns.map((column) => readColumn(own, column));
    return `SELECT ${[...columns, ...literals].join(", ")} FROM ${tableFunction(own)}`;
  });
  return selects.length === 1 ? (selects[0] ?? "") : `SELECT * FROM (${selects.join(" UNION ALL ")})`;
}

/** An empty folder value is null for every type but text. */
function literal({ name: column, type }: Column, value: string | null): string {
  const isText = type.kind === "string" || type.kind === "varchar";
  const given = value === null || (value === "" && !isText) ? "NULL" : text(value);
  return `CAST(${given} AS ${duckDbType(type)}) AS ${name(column)}`;
}

/** A SELECT with these columns and no rows. */
export function selectNothing(columns: Schema): string {
  const nulls = columns.map((column) => `CAST(NULL AS ${duckDbType(column.type)}) AS ${name(column.name)}`);
  return `SELECT ${nulls.length === 0 ? "1" : nulls.join(", ")} WHERE false`;
}

/** Parquet has types of its own and needs a cast. The other formats are read as the wanted types. */
function readColumn(source: DataSource, column: Column): string {
  const quoted = name(column.name);
  if (source.partitions.includes(column)) return quoted;
  const found = inFiles(source, column);
  if (found === null) return `CAST(NULL AS ${duckDbType(column.type)}) AS ${quoted}`;
  const isRead = source.format !== "parquet" && !isCastAfterwards(source, column);
  if (!isRead && column.type.kind !== "unknown")
    return `CAST(${name(found)} AS ${duckDbType(column.type)}) AS ${quoted}`;
  return found === column.name ? quoted : `${name(found)} AS ${quoted}`;
}

/** The name that a column has in the files, or `null` when the files lack it. */
function inFiles({ layout }: DataSource, column: Column): string | null {
  if (layout === undefined) return column.name;
  const key = column.name.toLowerCase();
  const exact = layout.find((own) => own.name === column.name);
  return (exact ?? layout.find((own) => own.name.toLowerCase() === key))?.name ?? null;
}

/** The columns that the files hold, with the types of the columns that the source gives. */
function layoutOf(source: DataSource): Schema {
  if (source.layout === undefined) return source.columns;
  const types = new Map(source.columns.map((column) => [inFiles(source, column), column.type]));
  return source.layout.map((own) => ({ ...own, type: types.get(own.name) ?? own.type }));
}

function tableFunction(source: DataSource): string {
  const files = `[${source.files.map((file) => text(literalGlob(localPath(file)))).join(", ")}]`;
  switch (source.format) {
    case "csv":
      return call("read_csv", files, [...csvOptions(source), ...partitionOptions(source)]);
    case "json":
      // DuckDB decides for each file: one document, or an array of documents.
      return call("read_json", files, [
        "format = 'auto'",
        "records = true",
        ...typedColumns(source),
        ...partitionOptions(source),
      ]);
    case "jsonl":
      return call("read_json", files, [
        "format = 'newline_delimited'",
        "records = true",
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
  const csv: Omit<CsvDialect, "newline"> = source.csv ?? {
    delimiter: ",",
    quote: '"',
    header: true,
    compression: "none",
    nullPadding: false,
  };
  return [
    ...typedColumns(source),
    `header = ${csv.header}`,
    `delim = ${text(csv.delimiter)}`,
    `quote = ${text(csv.quote)}`,
    `escape = ${text(csv.escape ?? csv.quote)}`,
    `compression = '${csv.compression}'`,
    ...settingOptions(csv),
    // DuckDB's parallel reader can't pad rows in files that have line breaks in quotes.
    ...(csv.nullPadding ? ["null_padding = true", "parallel = false"] : []),
  ];
}

/** The options that most files don't need. */
function settingOptions(csv: Omit<CsvDialect, "newline">): readonly string[] {
  return [
    ...(csv.skip === undefined ? [] : [`skip = ${csv.skip}`]),
    ...(csv.nulls === undefined ? [] : [`nullstr = [${csv.nulls.map(text).join(", ")}]`]),
    ...(csv.encoding === undefined ? [] : [`encoding = ${text(csv.encoding)}`]),
    ...(csv.decimal === undefined ? [] : [`decimal_separator = ${text(csv.decimal)}`]),
    ...(csv.dateFormat === undefined ? [] : [`dateformat = ${text(csv.dateFormat)}`]),
    ...(csv.timestampFormat === undefined ? [] : [`timestampformat = ${text(csv.timestampFormat)}`]),
  ];
}

/** DuckDB's CSV reader (1.5.5) makes a null of an instant that it can't read, and says nothing; a cast fails. */
const isCastAfterwards = (source: DataSource, column: Column): boolean =>
  source.format === "csv" && column.type.kind === "timestamp" && column.type.zone;

const readType = (source: DataSource, column: Column): string =>
  isCastAfterwards(source, column) ? "VARCHAR" : duckDbType(column.type);

const typedColumns = (source: DataSource): readonly string[] => [
  "auto_detect = false",
  `columns = {${layoutOf(source)
    .map((column) => `${name(column.name)}: ${text(readType(source, column))}`)
    .join(", ")}}`,
];

/** Also set when there are no partitions: a folder above the table may look like one. */
function partitionOptions(source: DataSource): readonly string[] {
  if (source.partitions.length === 0) return ["hive_partitioning = false"];
  const types = source.partitions.map((column) => `${name(column.name)}: ${text(duckDbType(column.type))}`);
  return ["hive_partitioning = true", "hive_types_autocast = false", `hive_types = {${types.join(", ")}}`];
}
