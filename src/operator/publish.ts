/**
 * Publishing: a job writes to a hidden place beside its output, and what it wrote gets the output's name when it is whole. So
 * nobody reads half an output, and a job that fails leaves nothing behind.
 */
import { allBelow, parseGlob } from "../catalog/glob.ts";
import type { Storage } from "../engine/storage.ts";
import type { DataTarget } from "../job/job.ts";
import type { Job } from "../model/job.ts";
import { baseName, isGlob, isWithin, joinPath, normalPath, parentPath } from "../model/path.ts";
import type { FileFormat } from "../model/table.ts";
import { isProviderError, ProviderError } from "../provider/error.ts";
import type { OperatorContext } from "./operator.ts";
import { invalid } from "./parameters.ts";
import { engineOf } from "./source/source.ts";
import { verbOf } from "./verb.ts";

/** An output that is being made; ends with `commit` or `abandon`. */
export interface Publication {
  readonly target: DataTarget;
  /** Gives what was written the output's name. */
  commit(): Promise<{ readonly path: string }>;
  /** Removes what was written; the old output is there as before. */
  abandon(): Promise<void>;
}

export interface OutputOptions {
  readonly path: string;
  readonly format: FileFormat;
  /** Default: by the path's ending. */
  readonly shape?: "file" | "directory";
  readonly partitionBy?: readonly string[];
  readonly overwrite: boolean;
  /** Paths and globs that are read, to refuse writing onto them. */
  readonly inputs: readonly string[];
  /** Another job ran before under the token, so that what the engine knows of the token is not about this output. */
  readonly isLaterJob?: boolean;
}

/** Checks the output's place and gives a target beside it. Nothing is written. */
export async function prepareOutput(context: OperatorContext, options: OutputOptions): Promise<Publication> {
  const storage = engineOf(context.engines, "storage");
  const move = verbOf(context.engines, "storage", "move");
  const path = outputPlace(options.path);
  refuseOwnInput(path, options);
  await context.willWrite?.(path);
  const { overwrite, isLaterJob = false } = options;
  const token = context.token;
  const own = { storage, move, context, overwrite, isLaterJob, token, ...placesOf(path, token) };
  const place = { ...own, overwrite: (await clearSuperseded(own)) || overwrite };
  const isPublished = await recover(place);
  if (!isPublished) await refuseExisting(place);
  return {
    target: {
      uri: storage.uri(place.staged),
      shape: options.shape ?? shapeOf(path),
      format: options.format,
      partitionBy: options.partitionBy ?? [],
    },
    commit: async () => {
      if (!isPublished) await publish(place);
      return { path };
    },
    abandon: () => abandon(place),
  };
}

/** One file when the path ends in a format's name, else a directory. */
export const shapeOf = (path: string): "file" | "directory" =>
  formatOfPath(path) === undefined ? "directory" : "file";

/** The format that a path's ending names. */
export function formatOfPath(path: string): FileFormat | undefined {
  return /\.(csv|json|jsonl|parquet)$/i.exec(path)?.[1]?.toLowerCase() as FileFormat | undefined;
}

/** Why an output would lie within what is read, or `null`. */
export function ownInput(output: string, format: FileFormat, inputs: readonly string[]): string | null {
  const path = normalPath(output);
  if (path === null) return null;
  const found = inputs.find((input) => meets(path, format, normalPath(input) ?? input));
  if (found === undefined) return null;
  return `The output "${path}" lies within what is read, "${found}", or holds it. Choose another output_path.`;
}

interface Place {
  readonly storage: Storage;
  readonly move: NonNullable<Storage["move"]>;
  readonly context: OperatorContext;
  readonly overwrite: boolean;
  readonly isLaterJob: boolean;
  /** Of the try that writes there. */
  readonly token: string;
  readonly path: string;
  readonly staged: string;
  /** Where the old output is while the new one takes its name. */
  readonly aside: string;
}

const hiddenPrefix = ".mason-";
const asidePrefix = ".mason-old-";

function placesOf(path: string, token: string) {
  const hidden = (prefix: string) => joinPath(parentPath(path), `${prefix}${token}-${baseName(path)}`);
  return { path, staged: hidden(hiddenPrefix), aside: hidden(asidePrefix) };
}

/** An output of tries that were cut off. */
export interface InterruptedOutput {
  readonly path: string;
  /** Whether a token names one of the tries. */
  readonly isTheirs: (token: string) => boolean;
}

/** Gives old outputs their names back where they were set aside and nothing has taken their place. */
export async function restoreOutput(storage: Storage, outputs: readonly InterruptedOutput[]): Promise<void> {
  for (const { path, aside } of await leftBeside(storage, outputs)) {
    if (aside !== undefined && !(await isThere(storage, path))) await storage.move?.(aside, path);
  }
}

/** Removes what tries left beside their outputs that nobody goes on with. */
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

/** The canonical path of an output; ProviderError `invalid` for one that can't be written or would not be read. */
export function outputPlace(path: string): string {
  const normal = normalPath(path);
  if (normal === null || normal === "") {
    throw invalid(`"${path}" is no place for an output. Give a path below the root of the storage.`);
  }
  if (/(^|\/)[._]/.test(normal)) {
    throw invalid(
      `The output "${path}" has a part that starts with "." or "_", which readers leave out. Choose another output_path.`,
    );
  }
  return normal;
}

function refuseOwnInput(path: string, { format, inputs }: OutputOptions): void {
  const message = ownInput(path, format, inputs);
  if (message !== null) throw invalid(message);
}

function meets(path: string, format: FileFormat, input: string): boolean {
  if (isWithin(path, input) || isWithin(input, path)) return true;
  if (!isGlob(input)) return allBelow(input).matches(path);
  const glob = parseGlob(input);
  const written = [path, joinPath(path, `part-0.${format}`), joinPath(path, "key=value", `part-0.${format}`)];
  return isWithin(glob.base, path) || written.some(glob.matches);
}

/**
 * Looks at what an earlier process left under the same token. True when it had published: its job succeeded, what it staged is
 * gone and the output is there. Half an output of a job that did not succeed is removed.
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

/** Removes what tries left whose place this one takes. True when the output that is there is theirs, so that it may be replaced. */
async function clearSuperseded(place: Place): Promise<boolean> {
  let isTheirs = false;
  for (const token of place.context.supersedes ?? []) {
    const theirs = { ...place, token, ...placesOf(place.path, token) };
    if (await recover(theirs)) isTheirs = true;
    else await place.storage.delete(theirs.staged);
  }
  return isTheirs;
}

/** A storage that gives a file a second name before it takes away the first ends such a move; what another file has is not touched. */
async function endsMove({ move, staged, path }: Place): Promise<boolean> {
  try {
    await move(staged, path);
    return true;
  } catch (error) {
    if (isProviderError(error, "exists")) return false;
    throw error;
  }
}

/** An old output at the same place is told from the new one by its size, where the engine says how much it wrote. */
async function isWhatJobWrote(storage: Storage, path: string, { facts }: Job): Promise<boolean> {
  if (typeof facts?.bytes !== "number") return true;
  const files = await storage.expand(path);
  return files.reduce((sum, file) => sum + file.size, 0) === facts.bytes;
}

async function refuseExisting({ storage, path, overwrite }: Place): Promise<void> {
  if (overwrite || !(await isThere(storage, path))) return;
  throw new ProviderError(
    "exists",
    `The output "${path}" is there already. Set overwrite: true to replace it, or choose another output_path.`,
  );
}

async function publish(place: Place): Promise<void> {
  const { storage, move, path, staged, aside, context } = place;
  if (context.signal.aborted)
    throw new ProviderError("cancelled", "The work was cancelled before its output was published.");
  await refuseExisting(place);
  const isOld = await isThere(storage, path);
  if (isOld) {
    // What a try of this name that was cut off had set aside was replaced by what is there now.
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
    context.log(`The old output could not be removed from "${aside}": ${messageOf(error)}`);
  });
}

/** Says in the log what could not be undone, so that the failure that led here is the one that people see. */
async function abandon({ storage, move, path, staged, aside, context }: Place): Promise<void> {
  try {
    await storage.delete(staged);
    if ((await isThere(storage, aside)) && !(await isThere(storage, path))) await move(aside, path);
  } catch (error) {
    context.log(`What was written to "${staged}" could not be removed: ${messageOf(error)}`);
  }
}

const isThere = async (storage: Storage, path: string): Promise<boolean> => (await storage.stat(path)) !== null;

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
