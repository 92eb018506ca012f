/** What a plan can say about what an operator reads and writes, before it runs. Nothing here throws for what is absent. */
import type { Schema } from "../../model/schema.ts";
import type { FileFormat, Table } from "../../model/table.ts";
import { isProviderError } from "../../provider/error.ts";
import type { Preview, PreviewContext } from "../operator.ts";
import { wantedOutput } from "../output.ts";
import { ownInput } from "../publish.ts";
import { chooseFolders, type Problem } from "./choose-columns.ts";
import { chosenSource } from "./source.ts";

/** What is read, as far as it is known. */
export interface SourcePreview {
  readonly label: string;
  /** All columns, partitions last; `null` when nothing can be said. */
  readonly columns: Schema | null;
  /** The ones of the columns that are partitions. */
  readonly partitions: Schema;
  readonly format: Table["format"];
  readonly problems: readonly Problem[];
  /** Paths that are read. */
  readonly inputs: readonly string[];
}

/** Where the result would go, as far as it is known. */
export interface OutputPreview {
  readonly path: string;
  readonly format?: FileFormat;
  readonly partitionBy: readonly string[];
  readonly problems: readonly Problem[];
  readonly isKnown: boolean;
}

const afterApply = "(known after apply)";

/** The value, or `null` when it is refused, which is a problem, or can't be had now. */
export function attempt<T>(problems: Problem[], read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    noteFailure(problems, error);
    return null;
  }
}

/** Notes a failure that is certain to come again; others (an engine that can't be reached) say nothing about the work. */
export function noteFailure(problems: Problem[], error: unknown): void {
  if (!isProviderError(error)) throw error;
  if (error.code === "invalid" || error.code === "unsupported") problems.push({ message: error.message });
}

/** True when the value of one of these parameters is known after apply only. */
export const isUnknown = ({ unknown }: PreviewContext, ...names: readonly string[]): boolean =>
  names.some((name) => unknown.has(name));

/** The table or files that an operator would read. */
export async function previewSource(context: PreviewContext): Promise<SourcePreview> {
  if (isUnknown(context, "database_name", "table_name", "input_path")) {
    return { label: afterApply, columns: null, partitions: [], format: "unknown", problems: [], inputs: [] };
  }
  const problems: Problem[] = [];
  const chosen = attempt(problems, () => chosenSource(context.parameters));
  if (chosen === null) return { label: "?", columns: null, partitions: [], format: "unknown", problems, inputs: [] };
  return "path" in chosen ? previewFiles(context, chosen.path) : previewTable(context, chosen.database, chosen.table);
}

/** A table of the metastore as it would be. */
export async function previewTable(context: PreviewContext, database: string, name: string): Promise<SourcePreview> {
  const table = await orNull(context.table(database, name));
  return {
    label: `${database}.${name}`,
    columns: table === null ? null : [...table.columns, ...table.partitions],
    partitions: table?.partitions ?? [],
    format: table?.format ?? "unknown",
    problems: [],
    inputs: table === null ? [] : [table.location],
  };
}

/** Files as they would be. */
export async function previewFiles(context: PreviewContext, pattern: string): Promise<SourcePreview> {
  const files = await orNull(context.files(pattern));
  const columns = files === null ? null : [...files.columns, ...files.partitions];
  const { partitions, format } = files ?? { partitions: [], format: "unknown" };
  return { label: pattern, columns, partitions, format, problems: [], inputs: [pattern] };
}

/** The value, or `null` when an engine fails: a plan goes on without it. */
export async function orNull<T>(value: Promise<T | null>): Promise<T | null> {
  try {
    return await value;
  } catch (error) {
    if (isProviderError(error)) return null;
    throw error;
  }
}

/** Where an operator would write; `given` as in {@link wantedOutput}. */
export function previewOutput(
  context: PreviewContext,
  given: { readonly format?: FileFormat; readonly partitionBy?: readonly string[] } = {},
): OutputPreview {
  if (isUnknown(context, "output_path", "output_format", "partition_columns")) {
    const format = given.format === undefined ? {} : { format: given.format };
    return { path: afterApply, ...format, partitionBy: given.partitionBy ?? [], problems: [], isKnown: false };
  }
  const problems: Problem[] = [];
  const wanted = attempt(problems, () => wantedOutput(context.parameters, given));
  if (wanted === null) return { path: "?", partitionBy: [], problems, isKnown: false };
  return { path: wanted.path, format: wanted.format, partitionBy: wanted.partitionBy, problems, isKnown: true };
}

/** The preview of an operator that reads a source and writes `columns` (`null`: not known) to an output. */
export function writerPreview(
  source: SourcePreview,
  output: OutputPreview,
  work: {
    readonly columns: Schema | null;
    readonly statements: readonly string[];
    readonly problems?: readonly Problem[];
    readonly certainty?: Preview["certainty"];
    /** The parameter that names the columns to partition by. */
    readonly foldersParameter?: string;
  },
): Preview {
  const { columns, foldersParameter = "partition_columns" } = work;
  const partitions = chooseFolders(foldersParameter, output.partitionBy, columns ?? [], "the result");
  const { path, format } = output;
  const own = output.isKnown && format !== undefined ? ownInput(path, format, source.inputs) : null;
  const inPartition = new Set(partitions.names);
  const made =
    columns === null || format === undefined || !output.isKnown
      ? []
      : [
          {
            path,
            format,
            columns: columns.filter((column) => !inPartition.has(column.name)),
            partitions: columns.filter((column) => inPartition.has(column.name)),
          },
        ];
  return {
    summary: `${source.label} -> ${outputText(output)}`,
    ...(columns === null ? {} : { columns }),
    certainty: columns === null ? "unknown" : (work.certainty ?? "predicted"),
    statements: work.statements,
    makes: made,
    problems: [
      ...source.problems,
      ...output.problems,
      ...(work.problems ?? []),
      ...(columns === null ? [] : partitions.problems),
      ...(own === null ? [] : [{ parameter: "output_path", message: own }]),
    ],
  };
}

/** `out/orders, parquet, by order_date`. */
export const outputText = ({ path, format, partitionBy }: OutputPreview): string =>
  [
    path,
    ...(format === undefined ? [] : [format]),
    ...(partitionBy.length === 0 ? [] : [`by ${partitionBy.join(", ")}`]),
  ].join(", ");
