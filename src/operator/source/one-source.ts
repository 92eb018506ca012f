/** Treats sources of several layouts as one: as a relation for SQL, or united by a separate job for jobs that read one source. */
import type { AnyJob, DataSource, Relation, Sink } from "../../job/job.ts";
import { isFiles } from "../../job/relations.ts";
import { sameType } from "../../model/data-type.ts";
import { joinPath, parentPath } from "../../model/path.ts";
import type { Schema } from "../../model/schema.ts";
import { ProviderError } from "../../provider/error.ts";
import { quoteIdentifier, quoteTable } from "../../sql/quote.ts";
import type { OperatorContext } from "../operator.ts";
import { type Written, writeOutput } from "../output.ts";
import { type OutputOptions, prepareOutput } from "../sink/sink.ts";
import { verbOf } from "../verb.ts";
import { dialectOf, engineOf, type ResolvedSource } from "./source.ts";
import { heldTo } from "./source-files.ts";

/** True when a single source provides the columns of the whole unchanged. */
export function isUniform({ sources, columns }: Pick<ResolvedSource, "sources" | "columns">): boolean {
  const [only] = sources;
  if (only === undefined || sources.length > 1 || only.columns.length !== columns.length) return false;
  const types = new Map(only.columns.map((column) => [column.name.toLowerCase(), column.type]));
  return columns.every((column) => {
    const type = types.get(column.name.toLowerCase());
    return type !== undefined && sameType(type, column.type);
  });
}

/** The sources as one SQL relation. A source without files comes first and fixes all columns and their order. */
export function asRelation(source: ResolvedSource): readonly Relation[] {
  const files = source.sources.filter(isFiles);
  const [first] = files;
  if (first === undefined || isUniform(source)) return source.sources;
  return [
    { ...first, columns: source.columns, partitions: source.partitions, files: [] },
    ...files.map((one) => heldTo(source.columns, one)),
  ];
}

/** Options for uniting files of several layouts. */
export interface Uniting {
  /** The directory in which they are united. */
  readonly beside: string;
  /** Keeps partitions, and the order of rows only within each partition. */
  readonly partitioned?: boolean;
  /** The destination of the result, so that a refusal comes before the work. */
  readonly output?: OutputOptions;
}

/**
 * Calls `work` with one source. Files of several layouts are first united, in their order, in a hidden place that is removed
 * afterwards. `isUnited` is true in this case.
 */
export async function withOneSource<T>(
  context: OperatorContext,
  resolved: ResolvedSource,
  { beside, partitioned = false, output }: Uniting,
  work: (source: Relation, isUnited: boolean) => Promise<T>,
): Promise<T> {
  const [first] = resolved.sources;
  if (first !== undefined && isUniform(resolved)) return work(first, false);
  if (output !== undefined) await prepareOutput(context, { ...output, isLaterJob: true });
  const remove = verbOf(context.engines, "storage", "delete");
  // Named as what is staged for an output "united", so that the same sweep finds it after a kill.
  const place = joinPath(beside, `.mason-${context.token}-united`);
  await context.willWrite?.(joinPath(beside, "united"));
  const before = await context.engines.execution?.findJob?.(context.token);
  if (before?.state !== "succeeded") await remove(place);
  try {
    return await work(await unite(context, resolved, place, partitioned ? resolved.partitions : []), true);
  } finally {
    await remove(place);
  }
}

/** Writes and publishes the result of a job over one source. */
export const writeOneSource = (
  context: OperatorContext,
  resolved: ResolvedSource,
  output: OutputOptions,
  job: (source: Relation, target: Sink) => AnyJob,
  partitioned = false,
): Promise<Written> =>
  withOneSource(context, resolved, { beside: parentPath(output.path), partitioned, output }, (source, isLaterJob) =>
    writeOutput(context, { ...output, isLaterJob }, (target) => job(source, target)),
  );

async function unite(
  context: OperatorContext,
  resolved: ResolvedSource,
  place: string,
  folders: Schema,
): Promise<DataSource> {
  const storage = engineOf(context.engines, "storage");
  const name = resolved.sources[0]?.name ?? ["source"];
  context.log(`The files of ${resolved.label} have ${resolved.sources.length} layouts, so Mason unites them first.`);
  const partitionBy = folders.map((column) => column.name);
  const job = await context.compute({
    kind: "query",
    sql: selectAll(context, resolved),
    sources: asRelation(resolved),
    // A limit makes the engine keep the rows in the order of the files.
    limit: Number.MAX_SAFE_INTEGER,
    target: { uri: storage.uri(place), shape: "directory", format: "parquet", partitionBy },
  });
  const files = (await storage.list(place, { recursive: true })).filter((file) => file.kind === "file");
  if (files.length === 0 && job.facts?.rows !== 0) throw gone(resolved.label);
  const columns = folders.length > 0 ? resolved.columns : [...resolved.columns, ...resolved.partitions];
  return { name, files: files.map((file) => storage.uri(file.path)), format: "parquet", columns, partitions: folders };
}

/** The failure when an earlier process united the files under the same token and removed the result. */
const gone = (label: string) =>
  new ProviderError("failed", `The united files of ${label} no longer exist. Run it again.`, { retryable: true });

function selectAll({ engines }: OperatorContext, { sources, columns, partitions }: ResolvedSource): string {
  const dialect = dialectOf(engines);
  const names = [...columns, ...partitions].map((column) => quoteIdentifier(column.name, dialect));
  return `SELECT ${names.join(", ")} FROM ${quoteTable(sources[0]?.name ?? ["source"], dialect)}`;
}
