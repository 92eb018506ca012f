/**
 * Publishing of outputs. A job writes to a hidden place beside its output; the complete result is then renamed to the output. So
 * nobody reads half an output, and a failed job leaves nothing behind.
 */

import type { Storage } from "../engine/storage.ts";
import type { DataTarget } from "../job/job.ts";
import type { Job } from "../model/job.ts";
import { baseName, isHidden, joinPath, normalPath, parentPath } from "../model/path.ts";
import type { Schema } from "../model/schema.ts";
import type { FileFormat } from "../model/table.ts";
import { isProviderError, ProviderError } from "../provider/error.ts";
import { heldAt } from "./declared/held.ts";
import { declaredMisfits } from "./declared/misfits.ts";
import type { OperatorContext } from "./operator.ts";
import { ownInputOnDisk } from "./own-input.ts";
import { invalid } from "./parameters.ts";
import { readingOf } from "./source/read-parameters.ts";
import { engineOf } from "./source/source.ts";
import { verbOf } from "./verb.ts";

/** An output in progress; it ends with `commit` or `abandon`. */
export interface Publication {
  readonly target: DataTarget;
  /** Renames what was written to the output. */
  commit(): Promise<{ readonly path: string }>;
  /** Removes what was written and leaves the old output unchanged. */
  abandon(): Promise<void>;
}

export interface OutputOptions {
  readonly path: string;
  readonly format: FileFormat;
  /** Default: by the path's extension. */
  readonly shape?: "file" | "directory";
  readonly partitionBy?: readonly string[];
  readonly overwrite: boolean;
  /** All columns of the output, including those that become folders; `null` when they are not known before it is written. */
  readonly columns: Schema | null;
  /** Paths and globs that are read; writing onto them is refused. */
  readonly inputs: readonly string[];
  /** Another job ran under this token before, so what the engine knows about the token is not about this output. */
  readonly isLaterJob?: boolean;
}

/** Checks the output's path and returns a target beside it. It writes nothing. */
export async function prepareOutput(context: OperatorContext, options: OutputOptions): Promise<Publication> {
  const storage = engineOf(context.engines, "storage");
  const move = verbOf(context.engines, "storage", "move");
  const path = outputPlace(options.path);
  const own = await ownInputOnDisk(storage, path, { ...options, files: readingOf(context.parameters).files ?? {} });
  if (own !== null) throw invalid(own);
  refuseMisfit(context, path, options);
  await context.willWrite?.(path);
  const { overwrite, isLaterJob = false } = options;
  const token = context.token;
  const publication = { storage, move, context, overwrite, isLaterJob, token, ...placesOf(path, token) };
  const place = { ...publication, overwrite: (await clearSuperseded(publication)) || overwrite };
  const isPublished = await recover(place);
  if (!isPublished) await refuseExisting(place);
  const into = heldAt(context.declared, path);
  return {
    target: {
      uri: storage.uri(place.staged),
      shape: options.shape ?? shapeOf(path),
      format: options.format,
      partitionBy: options.partitionBy ?? [],
      ...(into === undefined ? {} : { into }),
    },
    commit: async () => {
      if (!isPublished) await publish(place);
      return { path };
    },
    abandon: () => abandon(place),
  };
}

/** A file when the path has the extension of a data format, else a directory. */
export const shapeOf = (path: string): "file" | "directory" =>
  formatOfPath(path) === undefined ? "directory" : "file";

/** The format that a path's extension names. */
export function formatOfPath(path: string): FileFormat | undefined {
  return /\.(csv|json|jsonl|parquet)$/i.exec(path)?.[1]?.toLowerCase() as FileFormat | undefined;
}

interface Place {
  readonly storage: Storage;
  readonly move: NonNullable<Storage["move"]>;
  readonly context: OperatorContext;
  readonly overwrite: boolean;
  readonly isLaterJob: boolean;
  /** The token of the attempt that writes there. */
  readonly token: string;
  readonly path: string;
  readonly staged: string;
  /** Where the old output stays while the new one takes its name. */
  readonly aside: string;
}

const hiddenPrefix = ".mason-";
const asidePrefix = ".mason-old-";

function placesOf(path: string, token: string) {
  const hidden = (prefix: string) => joinPath(parentPath(path), `${prefix}${token}-${baseName(path)}`);
  return { path, staged: hidden(hiddenPrefix), aside: hidden(asidePrefix) };
}

/** An output of interrupted attempts. */
export interface InterruptedOutput {
  readonly path: string;
  /** Whether a token belongs to one of these attempts. */
  readonly isTheirs: (token: string) => boolean;
}

/** Restores old outputs that were set aside, unless something has taken their place. */
export async function restoreOutput(storage: Storage, outputs: readonly InterruptedOutput[]): Promise<void> {
  for (const { path, aside } of await leftBeside(storage, outputs)) {
    if (aside !== undefined && !(await isThere(storage, path))) await storage.move?.(aside, path);
  }
}

/** Restores old outputs, then removes what abandoned attempts left beside them. */
export async function sweep(storage: Storage, outputs: readonly InterruptedOutput[]): Promise<void> {
  await restoreOutput(storage, outputs);
  for (const { aside, staged } of await leftBeside(storage, outputs)) {
    for (const path of [aside, staged]) if (path !== undefined) await storage.delete(path);
  }
}

interface Left {
  readonly path: string;
  readonly aside?: string;
  readonly staged?: string;
}

/** Each directory is listed once, however many outputs are in it. */
async function leftBeside(storage: Storage, outputs: readonly InterruptedOutput[]): Promise<readonly Left[]> {
  const left: Left[] = [];
  for (const directory of new Set(outputs.map(({ path }) => parentPath(path)))) {
    const files = await storage.list(directory);
    const hidden = files.filter((file) => baseName(file.path).startsWith(hiddenPrefix));
    for (const { path, isTheirs } of hidden.length === 0 ? [] : outputs) {
      if (parentPath(path) !== directory) continue;
      const ending = `-${baseName(path)}`;
      for (const { path: found } of hidden) {
        const name = baseName(found);
        const prefix = name.startsWith(asidePrefix) ? asidePrefix : hiddenPrefix;
        if (!name.endsWith(ending) || !isTheirs(name.slice(prefix.length, -ending.length))) continue;
        left.push({ path, ...(prefix === asidePrefix ? { aside: found } : { staged: found }) });
      }
    }
  }
  return left;
}

/** The canonical path of an output. Throws ProviderError `invalid` for a path that can't be written or that readers skip. */
export function outputPlace(path: string): string {
  const normal = normalPath(path);
  if (normal === null || normal === "") {
    throw invalid(`"${path}" can't be the path of an output. Give a path below the root of the storage.`);
  }
  if (isHidden(normal)) {
    throw invalid(
      `The output "${path}" has a part that starts with "." or "_", which readers skip. Choose another output_path.`,
    );
  }
  return normal;
}

function refuseMisfit({ declared }: OperatorContext, path: string, options: OutputOptions): void {
  const { format, columns, partitionBy = [] } = options;
  const misfits = declaredMisfits(declared, { path, format, columns, partitionBy });
  if (misfits.length > 0) throw invalid(misfits.join(" "));
}

/**
 * Cleans up what an earlier process left under the same token. Returns true when that process had published: its job succeeded, its
 * staged files are gone and the output exists. A partial output of a job that did not succeed is removed.
 */
async function recover(place: Place): Promise<boolean> {
  const { storage, context, path, staged, aside } = place;
  const before = place.isLaterJob ? null : await context.engines.execution?.findJob?.(place.token);
  const succeeded = before?.state === "succeeded" ? before : null;
  const [wasStaged, isSetAside] = [await isThere(storage, staged), await isThere(storage, aside)];
  if (wasStaged && succeeded === null) await storage.delete(staged);
  const isOutput = await isThere(storage, path);
  const isStaged = wasStaged && !(succeeded !== null && isOutput && (await endsMove(place)));
  if (isSetAside && !isOutput) await place.move(aside, path);
  const published = succeeded !== null && !isStaged && isOutput && (await isWhatJobWrote(storage, path, succeeded));
  if (isSetAside && published) await storage.delete(aside);
  return published;
}

/** Removes what superseded attempts left. Returns true when the existing output is theirs, and so may be replaced. */
async function clearSuperseded(place: Place): Promise<boolean> {
  let isTheirs = false;
  for (const token of place.context.supersedes ?? []) {
    const theirs = { ...place, token, ...placesOf(place.path, token) };
    if (await recover(theirs)) isTheirs = true;
    else await place.storage.delete(theirs.staged);
  }
  return isTheirs;
}

/** Finishes an interrupted move, on a storage that adds the new name before it removes the old one. A different file at the new name is left unchanged. */
async function endsMove({ move, staged, path }: Place): Promise<boolean> {
  try {
    await move(staged, path);
    return true;
  } catch (error) {
    if (isProviderError(error, "exists")) return false;
    throw error;
  }
}

/** Tells the new output from an old one at the same path by its size, if the engine reports how much it wrote. */
async function isWhatJobWrote(storage: Storage, path: string, { facts }: Job): Promise<boolean> {
  if (typeof facts?.bytes !== "number") return true;
  const files = await storage.expand(path);
  return files.reduce((sum, file) => sum + file.size, 0) === facts.bytes;
}

/** The problem of an output that exists and may not be replaced. */
export const existingOutput = (path: string): string =>
  `The output "${path}" already exists. Set overwrite: true to replace it, or choose another output_path.`;

async function refuseExisting({ storage, path, overwrite }: Place): Promise<void> {
  if (overwrite || !(await isThere(storage, path))) return;
  throw new ProviderError("exists", existingOutput(path));
}

async function publish(place: Place): Promise<void> {
  const { storage, move, path, staged, aside, context } = place;
  if (context.signal.aborted)
    throw new ProviderError("cancelled", "The work was cancelled before its output was published.");
  await refuseExisting(place);
  const isOld = await isThere(storage, path);
  if (isOld) {
    // An interrupted attempt set this aside; the output that exists now has replaced it.
    if (await isThere(storage, aside)) await storage.delete(aside);
    await move(path, aside);
  }
  try {
    await move(staged, path);
  } catch (error) {
    if (isOld) await move(aside, path);
    throw error;
  }
  if (!isOld) return;
  await storage.delete(aside).catch((error) => {
    context.log(`Could not remove the old output at "${aside}": ${messageOf(error)}`);
  });
}

/** Logs what it can't undo, so that people see the failure that led here. */
async function abandon({ storage, move, path, staged, aside, context }: Place): Promise<void> {
  try {
    await storage.delete(staged);
    if ((await isThere(storage, aside)) && !(await isThere(storage, path))) await move(aside, path);
  } catch (error) {
    context.log(`Could not remove what was written to "${staged}": ${messageOf(error)}`);
  }
}

const isThere = async (storage: Storage, path: string): Promise<boolean> => (await storage.stat(path)) !== null;

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
