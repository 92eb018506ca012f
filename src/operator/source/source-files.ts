/** Finds the files of a catalogued table, and how the layout of each file maps to the table's columns. */
import { dataFiles } from "../../catalog/schema/data-files.ts";
import type { FileGroup, SchemaReading } from "../../catalog/schema/reading.ts";
import type { Engines } from "../../engine/engines.ts";
import type { Storage } from "../../engine/storage.ts";
import type { DataSource } from "../../job/job.ts";
import { isWidening } from "../../job/widening.ts";
import { canonical, type Json } from "../../json.ts";
import { formatDataType, string } from "../../model/data-type.ts";
import { isWithin } from "../../model/path.ts";
import type { FileSettings } from "../../model/read-settings.ts";
import type { Column, Schema } from "../../model/schema.ts";
import type { FileFormat, Table } from "../../model/table.ts";
import { ProviderError } from "../../provider/error.ts";
import { lackingNotes } from "./lacking-notes.ts";

/** The files of a table. */
export interface TableFiles {
  readonly paths: readonly string[];
  readonly bytes: number;
  /** The directories that hold the files. */
  readonly inputs: readonly string[];
}

/** The files below a table's location, or in the listed partitions of a partitioned table. */
export async function tableFiles(
  engines: Engines,
  storage: Storage,
  table: Table,
  settings: FileSettings | undefined,
): Promise<TableFiles> {
  const filesAt = async (path: string) => dataFiles(await storage.expand(path), path, settings).files;
  const listed =
    table.partitions.length === 0 ? [] : ((await engines.metastore?.listPartitions(table.database, table.name)) ?? []);
  const below = await filesAt(table.location);
  if (table.partitions.length === 0) return { ...sizeOf(below), inputs: [table.location] };
  const places = new Set(listed.map((partition) => partition.location));
  const apart = listed.filter((partition) => !isWithin(partition.location, table.location));
  for (const partition of apart) checkFolders(table, partition.location);
  const elsewhere = await Promise.all(apart.map((partition) => filesAt(partition.location)));
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
  reading: Pick<SchemaReading, "groups" | "lacking"> | null,
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
    // DuckDB reads the files of one source with the types of the first, so Parquet files of other types are another source.
    const own = table.format === "parquet" && groups.length > 1 ? { layout: group.columns } : {};
    return { ...base, files, ...fitted(table, group), ...own, ...(csv === undefined ? {} : { csv }) };
  });
  // Partitions outside the location were not inspected, and empty files have no schema.
  const others = paths.filter((path) => !grouped.has(path) && !isWithin(path, table.location)).map(uri);
  const all = mergeAlike([...sources, ...(others.length === 0 ? [] : [{ ...whole, files: others }])]);
  const full = all.filter((source) => source.files.length > 0);
  const kept = full.length === 0 ? [{ ...whole, files: [] }] : full;
  return { sources: kept, notes: [...notesOf(table, kept, reading), ...unnamed(table, groups)] };
}

/** How the columns of some files give those of the table. */
type Fitted = Pick<DataSource, "columns" | "layout">;

/**
 * The table's columns, found by name in the files. A delimited file that shares no name with the table is read by position; it must
 * have as many columns.
 */
function fitted(table: Table, group: FileGroup): Fitted {
  const { columns } = table;
  const declared = new Set(columns.map((column) => column.name.toLowerCase()));
  const found = group.columns.filter((column) => declared.has(column.name.toLowerCase()));
  if (table.format === "csv") {
    if (found.length === 0 && group.columns.length === columns.length) return { columns };
    if (found.length === 0) throw noCommonName(table, group);
    const isSame = sameNames(group.columns, columns);
    return isSame ? { columns } : { columns, layout: group.columns.map((column) => ({ ...column, type: string })) };
  }
  // Engines find keys of JSON by their exact names, and columns of Parquet in any case.
  const isFound = columns.every((column) =>
    group.columns.some((own) => (table.format === "parquet" ? isAlike(own, column) : own.name === column.name)),
  );
  const isLines = table.format !== "parquet";
  return isFound || (isLines && found.length === 0)
    ? { columns }
    : { columns, layout: isLines ? found : group.columns };
}

const isAlike = (a: Column, b: Column) => a.name.toLowerCase() === b.name.toLowerCase();

const sameNames = (a: Schema, b: Schema) =>
  a.length === b.length && a.every((column, index) => isAlike(column, b[index] ?? column));

const noCommonName = (table: Table, { files, columns }: FileGroup) =>
  new ProviderError(
    "invalid",
    `"${files[0] ?? table.location}" has ${counted(columns.length, "column")}, none of them among the ${table.columns.length} of table "${table.database}.${table.name}". Fix the file or the table, or set csv.skip or csv.header.`,
  );

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? "" : "s"}`;

/** The columns of some files with the types of the whole. Parquet keeps its own types, which the engine casts. */
export function typedAs(whole: Schema, columns: Schema, format: FileFormat): Schema {
  if (format === "parquet") return columns;
  const types = new Map(whole.map((column) => [column.name.toLowerCase(), column.type]));
  return columns.map((column) => ({ ...column, type: types.get(column.name.toLowerCase()) ?? column.type }));
}

/** The layout of a text source with the types of its own, where a reader would make doubles of integers: it holds each to its digits. */
export function integersKept(source: DataSource, typed: Schema): Pick<DataSource, "layout"> {
  const own = new Map(source.columns.map((column) => [column.name.toLowerCase(), column]));
  const isLost = typed.some(
    ({ name, type }) => type.kind === "float" && own.get(name.toLowerCase())?.type.kind === "int",
  );
  if (!isLost) return {};
  const layout = source.layout ?? source.columns;
  return {
    layout: layout.map((column) => ({ ...column, type: own.get(column.name.toLowerCase())?.type ?? column.type })),
  };
}

/**
 * A source whose columns have the types of the whole. Parquet files keep types of their own, and a reader holds each value to the one
 * asked for; an engine that unites them would round without a word.
 */
export function heldTo(whole: Schema, source: DataSource): DataSource {
  if (source.format !== "parquet" || source.onMismatch !== undefined) return source;
  const types = new Map(whole.map((column) => [column.name.toLowerCase(), column.type]));
  const columns = source.columns.map((column) => {
    const type = types.get(column.name.toLowerCase()) ?? column.type;
    return isWidening(column.type, type) ? column : { ...column, type };
  });
  const isSame = columns.every((column, at) => column === source.columns[at]);
  return isSame ? source : { ...source, columns, layout: source.layout ?? source.columns };
}

const notesOf = (table: Table, sources: readonly DataSource[], reading: Pick<SchemaReading, "lacking"> | null) => [
  ...lackingNotes(table, reading?.lacking ?? []),
  ...undeclared(table, sources),
];

function undeclared(table: Table, sources: readonly DataSource[]): readonly string[] {
  const inFiles = new Set(
    sources.flatMap((source) => (source.layout ?? source.columns).map((column) => column.name.toLowerCase())),
  );
  const inTable = new Set(table.columns.map((column) => column.name.toLowerCase()));
  const extra = [...inFiles].filter((name) => !inTable.has(name));
  const of = `table "${table.database}.${table.name}"`;
  return extra.length === 0 ? [] : [`Files of ${of} have ${names(extra)}, which the table does not declare.`];
}

/** Says that a header names none of the table's columns, so that it may be data. */
function unnamed(table: Table, groups: readonly FileGroup[]): readonly string[] {
  if (table.format !== "csv") return [];
  const declared = new Set(table.columns.map((column) => column.name.toLowerCase()));
  const odd = groups.find(
    ({ csv, columns }) => csv?.header === true && !columns.some((column) => declared.has(column.name.toLowerCase())),
  );
  if (odd === undefined) return [];
  return [
    `The first line of "${odd.files[0]}" names no column of table "${table.database}.${table.name}"; it is read as a header, and the columns by position. Set csv.header to false if it is data.`,
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
  const layout: Json = [
    source.format,
    { ...source.csv },
    columns(source.columns),
    columns(source.partitions),
    source.layout === undefined ? null : columns(source.layout),
    source.inferred ?? null,
    source.hasEmptyTexts ?? false,
  ];
  return canonical(layout);
}
