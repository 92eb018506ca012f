/** Finds the files of a catalogued table, and how the layout of each file maps to the table's columns. */
import type { SchemaReading } from "../../catalog/schema/reading.ts";
import type { Engines } from "../../engine/engines.ts";
import type { Storage } from "../../engine/storage.ts";
import type { DataSource } from "../../job/job.ts";
import { canonical, type Json } from "../../json.ts";
import { formatDataType } from "../../model/data-type.ts";
import { isWithin } from "../../model/path.ts";
import type { Column, Schema } from "../../model/schema.ts";
import type { FileFormat, Table } from "../../model/table.ts";
import { ProviderError } from "../../provider/error.ts";

/** The files of a table. */
export interface TableFiles {
  readonly paths: readonly string[];
  readonly bytes: number;
  /** The directories that hold the files. */
  readonly inputs: readonly string[];
}

/** The files below a table's location, or in the listed partitions of a partitioned table. */
export async function tableFiles(engines: Engines, storage: Storage, table: Table): Promise<TableFiles> {
  const listed =
    table.partitions.length === 0 ? [] : ((await engines.metastore?.listPartitions(table.database, table.name)) ?? []);
  const below = await storage.expand(table.location);
  if (table.partitions.length === 0) return { ...sizeOf(below), inputs: [table.location] };
  const places = new Set(listed.map((partition) => partition.location));
  const apart = listed.filter((partition) => !isWithin(partition.location, table.location));
  for (const partition of apart) checkFolders(table, partition.location);
  const elsewhere = await Promise.all(apart.map((partition) => storage.expand(partition.location)));
  const inside = below.filter((file) => isListed(file.path, places, table.location));
  const files = [...inside, ...elsewhere.flat()];
  return { ...sizeOf(files), inputs: [table.location, ...apart.map((partition) => partition.location)] };
}

const sizeOf = (files: readonly { readonly path: string; readonly size: number }[]) => ({
  paths: files.map((file) => file.path),
  bytes: files.reduce((sum, file) => sum + file.size, 0),
});

/** True when a directory above the file is a listed partition. */
function isListed(path: string, places: ReadonlySet<string>, location: string): boolean {
  for (let end = path.lastIndexOf("/"); end >= location.length; end = path.lastIndexOf("/", end - 1)) {
    if (places.has(path.slice(0, end))) return true;
    if (end === 0) break;
  }
  return false;
}

/** Refuses a partition outside the table whose folders lack values, because values are read from folder names. */
function checkFolders(table: Table, location: string): void {
  const folders = location.split("/").map((part) => part.slice(0, Math.max(part.indexOf("="), 0)));
  const missing = table.partitions.find((column) => !folders.includes(column.name));
  if (missing === undefined) return;
  throw new ProviderError(
    "unsupported",
    `A partition of "${table.database}.${table.name}" is at "${location}", which names no value for "${missing.name}". Move it to a folder like "${missing.name}=...".`,
  );
}

/** The sources that read the files as the catalog's columns. */
export function laidOut(
  table: Table & { readonly format: FileFormat },
  paths: readonly string[],
  reading: SchemaReading | null,
  uri: (path: string) => string,
): { readonly sources: readonly DataSource[]; readonly notes: readonly string[] } {
  const base = { name: [table.database, table.name], format: table.format, partitions: table.partitions };
  const whole = { ...base, columns: table.columns, ...(table.csv === undefined ? {} : { csv: table.csv }) };
  const groups = reading?.groups ?? [];
  if (groups.length === 0) return { sources: [{ ...whole, files: paths.map(uri) }], notes: [] };
  const wanted = new Set(paths);
  const grouped = new Set(groups.flatMap((group) => group.files));
  const sources = groups.map((group) => {
    const csv = group.csv ?? table.csv;
    const files = group.files.filter((path) => wanted.has(path)).map(uri);
    return { ...base, files, columns: fitted(table, group.columns), ...(csv === undefined ? {} : { csv }) };
  });
  // Partitions outside the location were not inspected, and empty files have no schema.
  const others = paths.filter((path) => !grouped.has(path) && !isWithin(path, table.location)).map(uri);
  const all = mergeAlike([...sources, ...(others.length === 0 ? [] : [{ ...whole, files: others }])]);
  const full = all.filter((source) => source.files.length > 0);
  const kept = full.length === 0 ? [{ ...whole, files: [] }] : full;
  return { sources: kept, notes: differences(table, kept) };
}

/** The file's columns with the catalog's types. A delimited file that shares no name with the table is read by position. */
function fitted(table: Table, columns: Schema): Schema {
  const declared = new Map(table.columns.map((column) => [column.name.toLowerCase(), column]));
  const found = columns.filter((column) => declared.has(column.name.toLowerCase()));
  if (found.length === 0 && (table.format !== "csv" || columns.length === table.columns.length)) return table.columns;
  // Delimited files are read by position, so all of their columns must be listed in order.
  if (table.format === "csv") return columns.map((column) => declared.get(column.name.toLowerCase()) ?? column);
  const inFiles = new Map(found.map((column) => [column.name.toLowerCase(), column.name]));
  return table.columns.flatMap((column) => {
    const name = inFiles.get(column.name.toLowerCase());
    // Parquet's names are found whatever their case; keys of JSON are not.
    return name === undefined ? [] : [table.format === "parquet" ? column : { ...column, name }];
  });
}

/** The columns of some files with the types of the whole. Parquet keeps its own types, which the engine casts. */
export function typedAs(whole: Schema, columns: Schema, format: FileFormat): Schema {
  if (format === "parquet") return columns;
  const types = new Map(whole.map((column) => [column.name.toLowerCase(), column.type]));
  return columns.map((column) => ({ ...column, type: types.get(column.name.toLowerCase()) ?? column.type }));
}

function differences(table: Table, sources: readonly DataSource[]): readonly string[] {
  const inFiles = new Set(sources.flatMap((source) => source.columns.map((column) => column.name.toLowerCase())));
  const inTable = new Set(table.columns.map((column) => column.name.toLowerCase()));
  const lacking = table.columns.filter((column) => !inFiles.has(column.name.toLowerCase()));
  const extra = [...inFiles].filter((name) => !inTable.has(name));
  const of = `table "${table.database}.${table.name}"`;
  return [
    ...(lacking.length === 0 || extra.length === inFiles.size
      ? []
      : [`No file of ${of} has ${names(lacking.map((column) => column.name))}; it reads as null.`]),
    ...(extra.length === 0 ? [] : [`Files of ${of} have ${names(extra)}, which the table does not declare.`]),
  ];
}

const names = (all: readonly string[]) =>
  `the column${all.length === 1 ? "" : "s"} ${all.map((name) => `"${name}"`).join(", ")}`;

/** Merges sources that are read in the same way, so that the engine is called once for each way. */
export function mergeAlike(sources: readonly DataSource[]): readonly DataSource[] {
  const byLayout = new Map<string, DataSource>();
  for (const source of sources) {
    const key = layoutOf(source);
    const same = byLayout.get(key);
    byLayout.set(key, same === undefined ? source : { ...same, files: [...same.files, ...source.files] });
  }
  return [...byLayout.values()];
}

function layoutOf(source: DataSource): string {
  const columns = (schema: readonly Column[]) => schema.map((column) => [column.name, formatDataType(column.type)]);
  const layout: Json = [source.format, { ...source.csv }, columns(source.columns), columns(source.partitions)];
  return canonical(layout);
}
