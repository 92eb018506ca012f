/** Operator parameters: typed access to their values, and declarations that several operators share. */
import { isObject, type Json } from "../json.ts";
import { csvNames, fileNames } from "../model/read-settings.ts";
import { type FileFormat, fileFormats } from "../model/table.ts";
import { ProviderError } from "../provider/error.ts";
import type { ParameterSpec } from "./definition.ts";
import type { Parameters } from "./operator.ts";

/** An error about a parameter value; the message is in full sentences. */
export const invalid = (message: string): ProviderError => new ProviderError("invalid", message);

/** A text, or `undefined` when it was not given. */
export function text(parameters: Parameters, name: string): string | undefined {
  const value = parameters[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === "object") throw wrong(name, "a string");
  return String(value);
}

/** A required, non-empty text. */
export function requiredText(parameters: Parameters, name: string): string {
  const value = text(parameters, name);
  if (value === undefined || value === "") throw invalid(`The parameter "${name}" has no value. Set it.`);
  return value;
}

/** A whole number that is at least `least`, or `undefined`. */
export function integer(parameters: Parameters, name: string, least = 0): number | undefined {
  const value = parameters[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < least) {
    throw wrong(name, `a whole number of at least ${least}`);
  }
  return value;
}

/** True or false; `otherwise` when it was not given. */
export function flag(parameters: Parameters, name: string, otherwise: boolean): boolean {
  const value = parameters[name];
  if (value === undefined || value === null) return otherwise;
  if (typeof value !== "boolean") throw wrong(name, "true or false");
  return value;
}

/** The items of a list, unchanged, or `undefined`. */
export function list(parameters: Parameters, name: string): readonly Json[] | undefined {
  const value = parameters[name];
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value)) throw wrong(name, "a list");
  return value as readonly Json[];
}

/** The items of a list as texts, or `undefined`. */
export function texts(parameters: Parameters, name: string): readonly string[] | undefined {
  return list(parameters, name)?.map((item) => {
    if (item === null || typeof item === "object" || item === "") throw wrong(name, "a list of strings");
    return String(item);
  });
}

/** A number of files or `all`, or `undefined`. */
export function sampleSize(parameters: Parameters, name = "sample_size"): number | "all" | undefined {
  const value = parameters[name];
  if (value === "all") return "all";
  return integer(parameters, name, 1);
}

/** One of `values`, or `undefined`. */
export function oneOf<T extends string>(parameters: Parameters, name: string, values: readonly T[]): T | undefined {
  const value = text(parameters, name);
  if (value === undefined) return undefined;
  const found = values.find((known) => known === value);
  if (found === undefined) throw wrong(name, `one of ${values.map((known) => `"${known}"`).join(", ")}`);
  return found;
}

/** A file format, or `undefined`. */
export const fileFormat = (parameters: Parameters, name: string): FileFormat | undefined =>
  oneOf(parameters, name, fileFormats);

/** A map of plain values, each as text; `null` when the value is no such map. */
export function plainMap(value: Json): Readonly<Record<string, string | null>> | null {
  if (!isObject(value)) return null;
  const pairs: [string, string | null][] = [];
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined) continue;
    if (item !== null && typeof item === "object") return null;
    pairs.push([key, item === null ? null : String(item)]);
  }
  return Object.fromEntries(pairs);
}

const wrong = (name: string, wanted: string) => invalid(`The parameter "${name}" must be ${wanted}. Change its value.`);

/** `database_name`: a database in the config's metastore. */
export const databaseName: ParameterSpec = {
  name: "database_name",
  type: "string",
  description: "A database in the metastore",
};

/** `table_name`: a table in `database_name`. */
export const tableName: ParameterSpec = { name: "table_name", type: "string", description: "A table in the database" };

/** `input_path`: files to read instead of a table. */
export const inputPath: ParameterSpec = {
  name: "input_path",
  type: "path",
  description: "A file, directory or glob to read instead of a table",
};

/** `on_empty`: whether a table whose files are gone may be read. A default would be part of bundles, and run what was applied again. */
export const onEmpty: ParameterSpec = {
  name: "on_empty",
  type: "string",
  values: ["fail", "allow"],
  description:
    "What to do when the files of a table, or of a partition that is named, are not there: fail (the default), or allow, to read no rows",
};

/** `csv`: how delimited files are read. */
export const csvParameter: ParameterSpec = {
  name: "csv",
  type: "map",
  shape: "csv",
  description: `How delimited files are read: ${csvNames.join(", ")}`,
};

/** `files`: which files are data. */
export const filesParameter: ParameterSpec = {
  name: "files",
  type: "map",
  shape: "files",
  description: `Which files are data: globs to ${fileNames.join(" and ")}`,
};

/** The source of an operator, a table or a path, and how its files are read. */
export const sourceParameters: readonly ParameterSpec[] = [
  databaseName,
  tableName,
  inputPath,
  csvParameter,
  filesParameter,
];

/** `output_path`: where an operator writes. */
export const outputPath: ParameterSpec = {
  name: "output_path",
  type: "path",
  description: "Where to write: a single file if the path ends in .csv, .json, .jsonl or .parquet, else a directory",
};

/** `output_format`: defaults to the path's extension, else parquet. */
export const outputFormat: ParameterSpec = {
  name: "output_format",
  type: "string",
  values: fileFormats,
  description: "Format of the output; default: the extension of output_path, else parquet",
};

/** `partition_columns`: columns whose values become folders of the output. */
export const partitionColumns: ParameterSpec = {
  name: "partition_columns",
  type: "list",
  description: "Columns whose values become folders of the output",
};

/** `overwrite`: replace what exists at `output_path`. */
export const overwrite: ParameterSpec = {
  name: "overwrite",
  type: "boolean",
  default: false,
  description: "Replace what exists at output_path; without it, an existing output is an error",
};

/** How an operator writes, apart from `output_path`. */
export const outputParameters: readonly ParameterSpec[] = [outputFormat, partitionColumns, overwrite];

/** `read_headers`: the old name of `csv.header`. True finds out whether there is a header. */
export const readHeaders: ParameterSpec = {
  name: "read_headers",
  type: "boolean",
  default: true,
  oldNameOf: "header",
  description: "False: the first row of a delimited file is data. Old name of csv.header",
};

/** `sample_size`: the number of files whose schema is read. */
export const sampleSizeParameter: ParameterSpec = {
  name: "sample_size",
  type: "size",
  description: 'How many files to read the schema from, or "all"',
};
