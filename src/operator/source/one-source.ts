/** Sources of several layouts as one: as a relation for SQL, or united by a job of their own for jobs that read one source. */
import type { CanonicalJob, DataSource, DataTarget } from "../../job/job.ts";
import { sameType } from "../../model/data-type.ts";
import { joinPath, parentPath } from "../../model/path.ts";
import type { Schema } from "../../model/schema.ts";
import { ProviderError } from "../../provider/error.ts";
import { dialects, findDialect } from "../../sql/dialect.ts";
import { quoteIdentifier, quoteTable } from "../../sql/quote.ts";
import type { OperatorContext } from "../operator.ts";
import { type Written, writeOutput } from "../output.ts";
import { type OutputOptions, prepareOutput } from "../publish.ts";
import { verbOf } from "../verb.ts";
import { engineOf, type ResolvedSource } from "./source.ts";

/** True when one source gives the columns of the whole as they are. */
export function isUniform({ sources, columns }: Pick<ResolvedSource, "sources" | "columns">): boolean {
  const [only] = sources;
  if (only === undefined || sources.length > 1 || only.columns.length !== columns.length) return false;
  const types = new Map(only.columns.map((column) => [column.name.toLowerCase(), column.type]));
  return columns.every((column) => {
    const type = types.get(column.name.toLowerCase());
    return type !== undefined && sameType(type, column.type);
  });
}

/** The sources as one relation of SQL; one without files comes first, so that all columns are there in their order. */
export function asRelation(source: ResolvedSource): readonly DataSource[] {
  const [first] = source.sources;
  if (first === undefined || isUniform(source)) return source.sources;
  return [{ ...first, columns: source.columns, partitions: source.partitions, files: [] }, ...source.sources];
}

/** How files of several layouts are united. */
export interface Uniting {
  /** The directory in which it is done. */
  readonly beside: string;
  /** Keeps partitions as such, and the order of rows within each of them only. */
  readonly partitioned?: boolean;
  /** Where the result will go, so that a refusal comes before the work. */
  readonly output?: OutputOptions;
}

/**
 * Works with one source. Files of several layouts are first united, in their order, into a hidden place that is removed again;
 * `isUnited` says that it was so.
 */
export async function withOneSource<T>(
  context: OperatorContext,
  resolved: ResolvedSource,
  { beside, partitioned = false, output }: Uniting,
  work: (source: DataSource, isUnited: boolean) => Promise<T>,
): Promise<T> {
  const [first] = resolved.sources;
  if (first !== undefined && isUniform(resolved)) return work(first, false);
  if (output !== undefined) await prepareOutput(context, { ...output, isLaterJob: true });
  const remove = verbOf(context.engines, "storage", "delete");
  const place = joinPath(beside, `.mason-${context.token}-united`);
  const before = await context.engines.execution?.findJob?.(context.token);
  if (before?.state !== "succeeded") await remove(place);
  try {
    return await work(await unite(context, resolved, place, partitioned ? resolved.partitions : []), true);
  } finally {
    await remove(place);
  }
}

/** Writes what a job makes of one source, and publishes it. */
export const writeOneSource = (
  context: OperatorContext,
  resolved: ResolvedSource,
  output: OutputOptions,
  job: (source: DataSource, target: DataTarget) => CanonicalJob,
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
  context.log(`The files of ${resolved.label} have ${resolved.sources.length} layouts; they are united first.`);
  const partitionBy = folders.map((column) => column.name);
  const job = await context.compute({
    kind: "query",
    sql: selectAll(context, resolved),
    sources: asRelation(resolved),
    // Rows are kept in the order of the files only when they are counted.
    limit: Number.MAX_SAFE_INTEGER,
    target: { uri: storage.uri(place), shape: "directory", format: "parquet", partitionBy },
  });
  const files = (await storage.list(place, { recursive: true })).filter((file) => file.kind === "file");
  if (files.length === 0 && job.facts?.rows !== 0) throw gone(resolved.label);
  const columns = folders.length > 0 ? resolved.columns : [...resolved.columns, ...resolved.partitions];
  return { name, files: files.map((file) => storage.uri(file.path)), format: "parquet", columns, partitions: folders };
}

/** An earlier process united them under the same token, and removed them again. */
const gone = (label: string) =>
  new ProviderError("failed", `The united files of ${label} are gone. Run it again.`, { retryable: true });

function selectAll({ engines }: OperatorContext, { sources, columns, partitions }: ResolvedSource): string {
  const dialect = findDialect(engineOf(engines, "execution").dialect) ?? dialects.duckdb;
  const names = [...columns, ...partitions].map((column) => quoteIdentifier(column.name, dialect));
  return `SELECT ${names.join(", ")} FROM ${quoteTable(sources[0]?.name ?? ["source"], dialect)}`;
}
