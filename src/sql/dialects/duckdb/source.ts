/** How DuckDB reads a data source: a table function over the list of its files, with every type given, so that it sniffs nothing. */
import type { DataSource } from "../../../job/job.ts";
import { sameType, string } from "../../../model/data-type.ts";
import type { Column, Schema } from "../../../model/schema.ts";
import type { CsvDialect } from "../../../model/table.ts";
import { isBeyondDouble, selectDigits } from "./json-digits.ts";
import { jsonReadType } from "./json-values.ts";
import { literalGlob, localPath, name, text, unusedName } from "./names.ts";
import { duckDbType } from "./types.ts";

/** A source, and whether values of JSON are all read as text or JSON, since DuckDB's reader refuses a value without naming it. */
export interface ReadSource extends DataSource {
  readonly isAllText?: boolean;
}

/** True when the numbers of JSON files are read with more digits than DuckDB's reader keeps. */
const keepsDigits = (source: DataSource): boolean =>
  isJson(source) && columnsOf(source).some((column) => isBeyondDouble(column.type));

const isJson = ({ format }: DataSource): boolean => format === "json" || format === "jsonl";

/** True when values are read as text, and nested ones of JSON as JSON. */
export const readsTexts = (source: ReadSource): boolean => source.isAllText === true || keepsDigits(source);

/** All columns that a source gives, in their order: the partitions come last. */
export const columnsOf = (source: DataSource): Schema => [...source.columns, ...source.partitions];

/** The columns of the files, in their order. */
export const layoutOf = (source: DataSource): Schema => source.layout ?? source.columns;

/** A SELECT with these columns and no rows. */
export function selectNothing(columns: Schema): string {
  const nulls = columns.map((column) => `CAST(NULL AS ${duckDbType(column.type)}) AS ${name(column.name)}`);
  return `SELECT ${nulls.length === 0 ? "1" : nulls.join(", ")} WHERE false`;
}

/** True when every value is known to fit: the type was inferred from all values, and nothing else is asked for. */
export const isSure = (source: ReadSource, file: Column, shown: Column): boolean =>
  source.inferred === "all" && !readsTexts(source) && sameType(file.type, shown.type);

/** True when an empty text in quotes is a text, and only one without is a null. Several texts for null count in quotes too. */
export const keepsEmptyTexts = ({ format, csv }: DataSource): boolean =>
  format === "csv" && (csv?.nulls ?? [""]).every((text) => text === "");

/** The place of a shown column among those of the files, or -1. */
export function placeOf(source: DataSource, column: Column): number {
  const layout = layoutOf(source);
  const exact = layout.findIndex((item) => item.name === column.name);
  return exact >= 0 ? exact : layout.findIndex((item) => isNamed(item, column.name));
}

/** True when a column has this name, in any letter case. */
export const isNamed = (column: Column, name: string): boolean => column.name.toLowerCase() === name.toLowerCase();

/** The name by which DuckDB knows a column of the files. Delimited files are read by place, so their names are ours. */
export const readName = (source: DataSource, column: Column, place: number): string =>
  source.format === "csv" ? `column ${place + 1}` : column.name;

/** The column that gives the path of each row's file. */
export const filenameOf = (source: DataSource): string =>
  unusedName(
    "mason_file",
    [...layoutOf(source), ...columnsOf(source)].map((column) => column.name),
  );

/** The files of a source as DuckDB reads them. */
export function tableFunction(source: ReadSource, from: readonly string[] = source.files): string {
  const files = filesText(from);
  if (keepsDigits(source)) return selectDigits(jsonObjects(source, from), digitColumns(source), filenameOf(source));
  // A folder above the table may look like a partition, so DuckDB must not look for any.
  const places = ["hive_partitioning = false", `filename = ${text(filenameOf(source))}`];
  switch (source.format) {
    case "csv":
      return call("read_csv", files, [...csvOptions(source), ...places]);
    case "json":
      // DuckDB decides for each file: one document, or an array of documents.
      return call("read_json", files, ["format = 'auto'", ...jsonOptions(source), ...places]);
    case "jsonl":
      return call("read_json", files, ["format = 'newline_delimited'", ...jsonOptions(source), ...places]);
    case "parquet":
      return call("read_parquet", files, places);
  }
}

/** The records of a source's JSON files, each in a column `json`. */
export function jsonObjects(source: DataSource, from: readonly string[] = source.files): string {
  const format = source.format === "json" ? "auto" : "newline_delimited";
  return call("read_json_objects", filesText(from), [
    `format = '${format}'`,
    "hive_partitioning = false",
    `filename = ${text(filenameOf(source))}`,
  ]);
}

const call = (fn: string, files: string, options: readonly string[]) => `${fn}(${[files, ...options].join(", ")})`;

/** Files are listed one by one, so a wildcard character in a name is part of the name. */
const filesText = (files: readonly string[]) =>
  `[${files.map((file) => text(literalGlob(localPath(file)))).join(", ")}]`;

/** Without `records`, DuckDB may take a whole record for the value of a table's only column. */
const jsonOptions = (source: ReadSource): readonly string[] => [
  ...typedColumns(
    source,
    layoutOf(source).map((column) => duckDbType(jsonType(source, column))),
  ),
  "records = true",
];

const digitColumns = (source: ReadSource) =>
  layoutOf(source).map((column) => ({
    name: column.name,
    shown: shownType(source, column),
    read: jsonType(source, column),
  }));

const shownType = (source: ReadSource, column: Column): Column["type"] =>
  (columnsOf(source).find((item) => isNamed(item, column.name)) ?? column).type;

function jsonType(source: ReadSource, column: Column): Column["type"] {
  const type = shownType(source, column);
  return isSure(source, column, { ...column, type }) ? type : jsonReadType(type, readsTexts(source));
}

/**
 * The type in which the column at a place of a delimited file is read. Most are read as text and cast by expressions that lose nothing,
 * because DuckDB's reader rounds and cuts, makes infinities of large numbers, and refuses an empty text in quotes. It does none of it to
 * booleans and numbers that inference saw to fit.
 */
export function csvReadType(source: ReadSource, place: number): Column["type"] {
  const file = layoutOf(source)[place];
  if (file === undefined || readsTexts(source)) return string;
  const isShown = (column: Column) => isNamed(column, file.name) && placeOf(source, column) === place;
  const [shown, ...others] = source.columns.filter(isShown);
  if (shown === undefined || others.length > 0) return string;
  if (source.hasEmptyTexts === true || !isSure(source, file, shown)) return string;
  switch (shown.type.kind) {
    case "boolean":
    case "int":
      return shown.type;
    case "float":
      return source.csv?.decimal === "," ? string : shown.type;
    default:
      return string;
  }
}

function csvOptions(source: ReadSource): readonly string[] {
  const csv: Omit<CsvDialect, "newline"> = source.csv ?? {
    delimiter: ",",
    quote: '"',
    header: true,
    compression: "none",
    nullPadding: false,
  };
  return [
    ...typedColumns(
      source,
      layoutOf(source).map((_, place) => duckDbType(csvReadType(source, place))),
    ),
    `header = ${csv.header}`,
    `delim = ${text(csv.delimiter)}`,
    `quote = ${text(csv.quote)}`,
    `escape = ${text(csv.escape ?? csv.quote)}`,
    `compression = '${csv.compression}'`,
    `allow_quoted_nulls = ${!keepsEmptyTexts(source)}`,
    ...settingOptions(csv),
    // DuckDB's parallel reader can't pad rows in files that have line breaks in quotes.
    ...(csv.nullPadding ? ["null_padding = true", "parallel = false"] : []),
  ];
}

/** The options that most files don't need. Formats of values are not among them, since values are read as text. */
function settingOptions(csv: Omit<CsvDialect, "newline">): readonly string[] {
  return [
    ...(csv.skip === undefined ? [] : [`skip = ${csv.skip}`]),
    ...(csv.nulls === undefined ? [] : [`nullstr = [${csv.nulls.map(text).join(", ")}]`]),
    ...(csv.encoding === undefined ? [] : [`encoding = ${text(csv.encoding)}`]),
  ];
}

const typedColumns = (source: DataSource, types: readonly string[]): readonly string[] => [
  "auto_detect = false",
  `columns = {${layoutOf(source)
    .map((column, place) => `${name(readName(source, column, place))}: ${text(types[place] ?? "VARCHAR")}`)
    .join(", ")}}`,
];
