/**
 * Resolves what an operator reads into sources for a job: the files of a table or path, grouped by schema. It reads the catalog and
 * the content of files that their schema needs.
 */
import { readSchema } from "../../catalog/schema/reader.ts";
import type { ReadSchemaOptions, SchemaReading } from "../../catalog/schema/reading.ts";
import { didYouMean } from "../../diagnostic/did-you-mean.ts";
import type { Engines } from "../../engine/engines.ts";
import type { EngineOf, EngineRole } from "../../engine/roles.ts";
import type { Storage } from "../../engine/storage.ts";
import type { DataSource, Relation, TableRelation } from "../../job/job.ts";
import { joinPath } from "../../model/path.ts";
import type { CsvSettings, Reading } from "../../model/read-settings.ts";
import type { Schema } from "../../model/schema.ts";
import type { CsvDialect, FileFormat, Table } from "../../model/table.ts";
import { isProviderError, ProviderError } from "../../provider/error.ts";
import { type Dialect, requireDialect } from "../../sql/dialect.ts";
import type { FileOptions, OperatorContext } from "../operator.ts";
import { declaredBy } from "../owner.ts";
import { invalid, text } from "../parameters.ts";
import { mergedSettings, readingOf, readOptions } from "./read-parameters.ts";
import { laidOut, tableFiles } from "./source-files.ts";

/** A table that the engine knows, or files to read, with the schema of the whole. */
export interface ResolvedSource {
  /** One source for each group of files that are read in the same way. A table without files has one source without files. */
  readonly sources: readonly Relation[];
  /** The columns of the whole, without partitions. */
  readonly columns: Schema;
  readonly partitions: Schema;
  readonly format: FileFormat | "mixed" | "unknown";
  /** Absent for a table that the engine knows by name: nobody lists its files. */
  readonly files?: number;
  /** Sentences about the findings. */
  readonly notes: readonly string[];
  readonly table?: Table;
  /** The name in sentences: `sales.orders` or the path. */
  readonly label: string;
  /** The paths and globs that are read, which no output may overwrite. */
  readonly inputs: readonly string[];
}

/** Files that were found at a path. */
export interface ResolvedFiles extends ResolvedSource {
  readonly sources: readonly DataSource[];
  readonly files: number;
}

/** How files are read. By default all of them are inspected, so that a file with another layout is never misread. */
export interface SourceOptions extends Reading {
  /** The name in SQL; default: `[database, table]`, or `["source"]` for a path. */
  readonly name?: readonly string[];
  readonly signal?: AbortSignal;
}

/** The engine of a role. Throws ProviderError `unsupported` when the config has none. */
export function engineOf<R extends EngineRole>(engines: Engines, role: R): EngineOf[R] {
  const byRole: { readonly [K in EngineRole]?: EngineOf[K] } = engines;
  const engine = byRole[role];
  if (engine !== undefined) return engine;
  throw new ProviderError(
    "unsupported",
    `Config "${engines.configId}" has no ${role} engine, which is needed here. Set "${role}_engine" or choose another config.`,
  );
}

/** The dialect of the config's execution engine. */
export const dialectOf = (engines: Engines): Dialect => requireDialect(engineOf(engines, "execution").dialect);

/** Resolves a table of the metastore. Throws ProviderError `not_found` when it is absent. */
export async function resolveTable(
  engines: Engines,
  database: string,
  name: string,
  options: SourceOptions = {},
): Promise<ResolvedSource> {
  const table = await engineOf(engines, "metastore").getTable(database, name);
  if (table === null) throw await noTable(engines, database, name);
  const named = { ...options, name: options.name ?? [database, name] };
  const label = `${database}.${name}`;
  if (engines.knowsTables === true) return knownTable(engines, table, named.name, label);
  const storage = engineOf(engines, "storage");
  const { format } = table;
  if (!table.catalogued || format === "mixed" || format === "unknown") {
    return { ...(await resolvePath(engines, table.location, named)), table, label };
  }
  const own = { ...named, ...mergedSettings(table.settings, options) };
  const files = await tableFiles(engines, storage, table, own.files);
  const reading = files.paths.length === 0 ? null : await readPlaces(storage, { ...table, format }, files.inputs, own);
  const rule = table.settings?.onMismatch;
  const onMismatch = rule === undefined ? {} : { onMismatch: { rule, table: label } };
  const isInferred = format !== "parquet" && declaredBy(table.owner) === null;
  const inferred = isInferred ? { inferred: table.isSampled === true ? ("sample" as const) : ("before" as const) } : {};
  const { sources, notes } = laidOut({ ...table, format }, files.paths, reading, (path) => storage.uri(path));
  return {
    sources: sources.map((source) => ({ ...source, name: named.name, ...onMismatch, ...inferred })),
    columns: table.columns,
    partitions: table.partitions,
    format,
    files: files.paths.length,
    notes: [...(reading?.fileNotes ?? []), ...notes],
    table,
    label,
    inputs: files.inputs,
  };
}

/** A table as the engine reads it by name. `name` is its name in SQL. */
export const knownRelation = (
  { database, name: table, columns, partitions }: Table,
  name: readonly string[],
): TableRelation => ({ kind: "table", name, table: [database, table], columns, partitions });

/** Where a table's rows are, as outputs are compared with it: its files, or its name where the engine knows it. */
export const inputOf = ({ knowsTables }: Engines, { database, name, location }: Table): string =>
  knowsTables === true ? joinPath(database, name) : location;

/** A table that the engine reads itself. */
function knownTable(engines: Engines, table: Table, name: readonly string[], label: string): ResolvedSource {
  const { columns, partitions, format } = table;
  return {
    sources: [knownRelation(table, name)],
    columns,
    partitions,
    format,
    notes: [],
    table,
    label,
    inputs: [inputOf(engines, table)],
  };
}

/** Resolves files. Throws ProviderError `not_found` when there are none, and `invalid` when they can't be one table. */
export async function resolvePath(
  engines: Engines,
  pattern: string,
  options: SourceOptions = {},
): Promise<ResolvedFiles> {
  const storage = engineOf(engines, "storage");
  const reading = await readSchema(storage, pattern, optionsOf(options));
  if (reading.conflict !== undefined) {
    throw invalid(`The files of "${pattern}" can't be read as one table. ${reading.conflict.message}`);
  }
  const sources = reading.groups.map((group) => ({
    name: options.name ?? ["source"],
    files: group.files.map((path) => storage.uri(path)),
    format: group.format,
    inferred: reading.isSampled ? ("sample" as const) : ("all" as const),
    columns: group.columns,
    partitions: reading.partitions,
    ...(group.csv === undefined ? {} : { csv: group.csv }),
    ...(group.hasEmptyTexts === true ? { hasEmptyTexts: true } : {}),
  }));
  return {
    sources,
    columns: reading.columns,
    partitions: reading.partitions,
    format: reading.format,
    files: reading.files.length,
    notes: reading.notes,
    label: pattern,
    inputs: [pattern],
  };
}

/** Resolves `database_name` and `table_name`, or `input_path`. Throws ProviderError `invalid` for both or neither. */
export async function resolveSource(
  context: Pick<OperatorContext, "parameters" | "engines" | "signal">,
  options: SourceOptions = {},
): Promise<ResolvedSource> {
  const { parameters, engines, signal } = context;
  const all: SourceOptions = { ...readingOf(parameters), signal, ...options };
  const chosen = chosenSource(parameters);
  return "path" in chosen
    ? resolvePath(engines, chosen.path, all)
    : resolveTable(engines, chosen.database, chosen.table, all);
}

/** The chosen one of the two ways to name a source. */
export function chosenSource(
  parameters: OperatorContext["parameters"],
): { readonly path: string } | { readonly database: string; readonly table: string } {
  const [path, database, table] = [
    text(parameters, "input_path"),
    text(parameters, "database_name"),
    text(parameters, "table_name"),
  ];
  if (path !== undefined && (database !== undefined || table !== undefined)) {
    throw invalid(
      'Both a table and "input_path" are given. Give "database_name" and "table_name", or "input_path" alone.',
    );
  }
  if (path !== undefined) return { path };
  if (database !== undefined && table !== undefined) return { database, table };
  throw invalid('Nothing to read is given. Give "database_name" and "table_name", or "input_path".');
}

/** All files are read unless a parameter says how many. */
const optionsOf = ({ signal, ...reading }: SourceOptions): ReadSchemaOptions => ({
  sampleSize: "all",
  ...readOptions(reading),
  ...(signal === undefined ? {} : { signal }),
});

/** Reads the table's files, and those of partitions elsewhere if their types are their own, which DuckDB would cast without a word. */
async function readPlaces(
  storage: Storage,
  table: Table & { readonly format: FileFormat },
  places: readonly string[],
  options: SourceOptions,
): Promise<Pick<SchemaReading, "groups" | "fileNotes" | "lacking"> | null> {
  if (table.format !== "parquet" || places.length === 1) return readTableFiles(storage, table, options);
  const readings: SchemaReading[] = [];
  for (const location of places) {
    const reading = await readTableFiles(storage, { ...table, location }, options);
    if (reading !== null) readings.push(reading);
  }
  return {
    groups: readings.flatMap((reading) => reading.groups),
    fileNotes: [...new Set(readings.flatMap((reading) => reading.fileNotes))],
    lacking: readings.flatMap((reading) => reading.lacking),
  };
}

/** Reads the table's files. Their dialect and order of columns may differ from the catalog's. */
async function readTableFiles(
  storage: Storage,
  table: Table & { readonly format: FileFormat },
  options: SourceOptions,
): Promise<SchemaReading | null> {
  try {
    return await readSchema(storage, table.location, {
      ...optionsOf(options),
      ...tableOptions(table, options.csv),
    });
  } catch (error) {
    if (isProviderError(error, "not_found")) return null;
    throw error;
  }
}

/** How the reader is told of a table's columns. The catalog gives the types, so the first and last values tell enough. */
export const tableOptions = (
  { format, columns, csv }: Pick<Table, "format" | "columns" | "csv">,
  settings: CsvSettings | undefined,
): FileOptions => ({
  ...(format === "mixed" || format === "unknown" ? {} : { format }),
  values: "ends",
  // The table finds its columns in any case, file by file.
  foldsCase: false,
  names: columns.map((column) => column.name),
  ...asKnown(csv, settings),
});

/** What the catalog knows of delimited files, where no setting says otherwise. A header is looked for again in each file. */
function asKnown(known: CsvDialect | undefined, csv: CsvSettings | undefined): Partial<ReadSchemaOptions> {
  if (known === undefined) return {};
  return { ...(known.header ? {} : { csv: { header: false, ...csv } }), nullPadding: known.nullPadding };
}

/** The failure for an absent table, with similar names. */
export async function noTable(engines: Engines, database: string, name: string): Promise<ProviderError> {
  const metastore = engineOf(engines, "metastore");
  const near = await metastore.listTables(database).then(
    (tables) => tables.map((table) => table.name),
    () => [],
  );
  return new ProviderError(
    "not_found",
    `There is no table "${name}" in database "${database}". Check both names, or infer the table first.${didYouMean(name, near)}`,
  );
}
