/** Previews what an operator reads and writes before it runs. Absent files and tables are not errors here. */

import type { TableRelation } from "../../job/job.ts";
import { readBack } from "../../job/read-back.ts";
import type { Json } from "../../json.ts";
import { namedByPath } from "../../model/path.ts";
import { hasOnlyRunHoles } from "../../model/references.ts";
import type { Schema } from "../../model/schema.ts";
import type { FileFormat, Table } from "../../model/table.ts";
import { isProviderError } from "../../provider/error.ts";
import type { FileOptions, FileProblem, Preview, PreviewContext } from "../operator.ts";
import { wantedOutput } from "../output.ts";
import { ownInput } from "../own-input.ts";
import { refusedTable, writesTables } from "../sink/table.ts";
import { chooseFolders, type Problem } from "./choose-columns.ts";
import { fileOptions } from "./read-parameters.ts";
import { chosenSource, inputOf, knownRelation } from "./source.ts";
import { lookAt, unreadableAmong, unreadableOf } from "./unreadable.ts";

/** The known facts about a source. */
export interface SourcePreview {
  readonly label: string;
  /** All columns, partitions last; `null` when they are not known. */
  readonly columns: Schema | null;
  /** The partition columns among them. */
  readonly partitions: Schema;
  readonly format: Table["format"];
  /** Sentences about the files. */
  readonly notes?: readonly string[];
  readonly problems: readonly Problem[];
  /** What a job fails to read of the files. */
  readonly unreadable?: readonly FileProblem[];
  /** The paths that are read. */
  readonly inputs: readonly string[];
  /** The table that the engine reads by name. */
  readonly relation?: TableRelation;
}

/** The known facts about an output. */
export interface OutputPreview {
  readonly path: string;
  readonly format?: FileFormat;
  readonly askedFormat?: FileFormat;
  readonly partitionBy: readonly string[];
  readonly problems: readonly Problem[];
  readonly isKnown: boolean;
  /** True if the path holds fields of the run, as it is written. */
  readonly isOpen?: true;
  /** The table of the engine that the path names. */
  readonly table?: { readonly database: string; readonly table: string };
}

const afterApply = "(known after apply)";

/** The value, or `null` when reading it fails. A refusal is added to the problems, as one of the named parameter. */
export function attempt<T>(problems: Problem[], read: () => T, parameter?: string): T | null {
  try {
    return read();
  } catch (error) {
    noteFailure(problems, error, parameter);
    return null;
  }
}

/** Adds a failure that is certain to happen again. Other failures, such as an unreachable engine, say nothing about the work. */
export function noteFailure(problems: Problem[], error: unknown, parameter?: string): void {
  if (!isProviderError(error)) throw error;
  if (error.code !== "invalid" && error.code !== "unsupported") return;
  problems.push({ ...(parameter === undefined ? {} : { parameter }), message: error.message });
}

/** True when the value of one of these parameters is known only after apply. */
export const isUnknown = ({ unknown }: PreviewContext, ...names: readonly string[]): boolean =>
  names.some((name) => unknown.has(name));

/** True for a path whose holes are fields of the run. */
const isOfRun = (path: Json | undefined): boolean => typeof path === "string" && hasOnlyRunHoles(path);

/** A preview of the table or files that an operator would read; `given` wins over the parameters. */
export async function previewSource(context: PreviewContext, given: FileOptions = {}): Promise<SourcePreview> {
  const names = ["database_name", "table_name", "csv", "files", "read_headers", "sample_size"];
  // An earlier step may write what has the same holes.
  const isOpen = isUnknown(context, "input_path") && !isOfRun(context.parameters.input_path);
  if (isOpen || isUnknown(context, ...names)) {
    return { label: afterApply, columns: null, partitions: [], format: "unknown", problems: [], inputs: [] };
  }
  const problems: Problem[] = [];
  const chosen = attempt(problems, () => chosenSource(context.parameters));
  if (chosen === null) return { label: "?", columns: null, partitions: [], format: "unknown", problems, inputs: [] };
  const options = { ...attempt(problems, () => fileOptions(context.parameters)), ...given };
  if ("path" in chosen && writesTables(context.engines)) problems.push(noFiles(chosen.path));
  const source =
    "path" in chosen
      ? await previewFiles(context, chosen.path, options)
      : await previewTable(context, chosen.database, chosen.table, options);
  return { ...source, problems: [...source.problems, ...problems] };
}

/** The problem of a path to read where there is no storage. */
const noFiles = (path: string): Problem => ({
  parameter: "input_path",
  message: `"${path}" can't be read, since this config has no storage. Give "database_name" and "table_name" in place of "input_path", or choose a config with a storage engine.`,
});

/** A preview of a table of the metastore. */
export async function previewTable(
  context: PreviewContext,
  database: string,
  name: string,
  options: FileOptions = {},
): Promise<SourcePreview> {
  const table = await orNull(context.table(database, name));
  // The run reads a table that is only files the way the parameters say.
  if (table?.catalogued === false)
    return { ...(await previewFiles(context, table.location, options)), label: `${database}.${name}` };
  return {
    label: `${database}.${name}`,
    columns: table === null ? null : [...table.columns, ...table.partitions],
    partitions: table?.partitions ?? [],
    format: table?.format ?? "unknown",
    problems: [],
    unreadable: table === null ? [] : await unreadableOf(context, table),
    inputs: table === null ? [] : [inputOf(context.engines, table)],
    ...(table === null || context.engines.knowsTables !== true
      ? {}
      : { relation: knownRelation(table, [database, name]) }),
  };
}

/** A preview of files. */
export async function previewFiles(
  context: PreviewContext,
  pattern: string,
  options: FileOptions = {},
): Promise<SourcePreview> {
  const { files, unreadable, problems } = await lookAt(context, pattern, options);
  const columns = files === null ? null : [...files.columns, ...files.partitions];
  const { partitions, format } = files ?? { partitions: [], format: "unknown" };
  const notes = files?.notes ?? [];
  return { label: pattern, columns, partitions, format, problems, unreadable, notes, inputs: [pattern] };
}

/** The value, or `null` when an engine fails. The plan continues without it. */
export async function orNull<T>(value: Promise<T | null>): Promise<T | null> {
  try {
    return await value;
  } catch (error) {
    if (isProviderError(error)) return null;
    throw error;
  }
}

/** A preview of where an operator would write. `given` is as in {@link wantedOutput}. */
export function previewOutput(
  context: PreviewContext,
  given: { readonly format?: FileFormat; readonly partitionBy?: readonly string[] } = {},
): OutputPreview {
  const { output_path: text } = context.parameters;
  const isOpen = isUnknown(context, "output_path") && isOfRun(text);
  if (isUnknown(context, "output_format", "partition_columns", ...(isOpen ? [] : ["output_path"]))) {
    const format = given.format === undefined ? {} : { format: given.format };
    return { path: afterApply, ...format, partitionBy: given.partitionBy ?? [], problems: [], isKnown: false };
  }
  const problems: Problem[] = [];
  const wanted = attempt(problems, () => wantedOutput(context.parameters, given), "output_path");
  if (wanted === null) return { path: "?", partitionBy: [], problems, isKnown: false };
  const { path, format, partitionBy } = wanted;
  const known = { path, format, partitionBy, problems, isKnown: true, ...(isOpen ? { isOpen } : {}) } as const;
  if (!writesTables(context.engines)) return known;
  const [problem, table] = [refusedTable(context, { path, inputs: [] }), namedByPath(path)];
  if (problem !== null) problems.push({ parameter: "output_path", message: problem });
  const asked = wanted.askedFormat === undefined ? {} : { askedFormat: wanted.askedFormat };
  return table === null ? { ...known, isKnown: false } : { ...known, ...asked, table };
}

/** The preview of an operator that reads a source and writes `columns` to an output. `null` columns are not known. */
export function writerPreview(
  source: SourcePreview,
  output: OutputPreview,
  work: {
    readonly columns: Schema | null;
    readonly statements: readonly string[];
    readonly problems?: readonly Problem[];
    readonly certainty?: Preview["certainty"];
    /** The names of the columns that are read; by default those that are written. */
    readonly reads?: readonly string[];
    /** The parameter that names the partition columns. */
    readonly foldersParameter?: string;
  },
): Preview {
  const { foldersParameter = "partition_columns" } = work;
  const partitions = chooseFolders(foldersParameter, output.partitionBy, work.columns ?? [], "the result");
  const { path, format } = output;
  const read =
    work.columns === null || format === undefined || output.table !== undefined
      ? null
      : readBack(work.columns, { format, partitionBy: partitions.names });
  const columns = read?.columns ?? work.columns;
  const own = output.isKnown && format !== undefined ? ownInput(path, format, source.inputs) : null;
  const inPartition = new Set(partitions.names);
  const made =
    columns === null || format === undefined || !output.isKnown
      ? []
      : [
          asMade(output, {
            format,
            columns: columns.filter((column) => !inPartition.has(column.name)),
            partitions: columns.filter((column) => inPartition.has(column.name)),
            isPredicted: read?.isSure === false || output.isOpen === true,
          }),
        ];
  return {
    summary: `${source.label} -> ${outputText(output)}`,
    ...(columns === null ? {} : { columns }),
    certainty: columns === null ? "unknown" : read?.isSure === false ? "predicted" : (work.certainty ?? "predicted"),
    statements: work.statements,
    makes: made,
    ...(output.isKnown && format !== undefined && output.table === undefined
      ? {
          writes: { path, format, columns: work.columns, partitionBy: partitions.names, inputs: source.inputs },
        }
      : {}),
    notes: source.notes ?? [],
    unreadable: unreadableAmong(source, work.reads ?? work.columns?.map((column) => column.name) ?? []),
    problems: [
      ...source.problems,
      ...output.problems,
      ...(work.problems ?? []),
      ...(columns === null ? [] : partitions.problems),
      ...(own === null ? [] : [{ parameter: "output_path", message: own }]),
    ],
  };
}

/** What would be at an output: files, or a table of the engine. */
function asMade(
  { path, table }: OutputPreview,
  {
    isPredicted,
    ...made
  }: Pick<Table, "columns" | "partitions"> & { readonly format: FileFormat; readonly isPredicted: boolean },
): Preview["makes"][number] {
  if (table === undefined) return { path, ...made, isPredicted };
  return {
    table: { ...made, database: table.database, name: table.table, location: "", catalogued: true },
    isPredicted,
  };
}

/** `out/orders, parquet, by order_date`, or `out.orders` for a table of the engine. */
export const outputText = ({ path, format, partitionBy, table }: OutputPreview): string =>
  [
    table === undefined ? path : `${table.database}.${table.table}`,
    ...(format === undefined || table !== undefined ? [] : [format]),
    ...(partitionBy.length === 0 ? [] : [`by ${partitionBy.join(", ")}`]),
  ].join(", ");
