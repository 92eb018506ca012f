/**
 * Manifests of outputs on storages that rename nothing. The parts of several runs lie side by side in an output's directory; the newest
 * `_mason_parts/<n>.json` names those that are live. Writing it is the one moment in which an output changes.
 */
import type { FileStat, Storage } from "../engine/storage.ts";
import { isObject, type Json } from "../json.ts";
import { baseName, joinPath } from "../model/path.ts";
import { isProviderError, ProviderError } from "../provider/error.ts";

/** One live file; `path` is relative to the output. */
export interface Part {
  readonly path: string;
  readonly bytes: number;
  readonly etag: string;
}

/** The newest manifest of an output. */
export interface PartsManifest {
  readonly number: number;
  /** Names the try that wrote the parts. */
  readonly token: string;
  readonly parts: readonly Part[];
  /** Files without a mark that were there before, by relative path: the parts replaced them. They may not be deleted yet. */
  readonly replaced: readonly Omit<Part, "bytes">[];
}

/** The path of a manifest. */
export const manifestPath = (output: string, number: number): string => joinPath(manifestsOf(output), `${number}.json`);

/** The directory of an output's manifests. */
const manifestsOf = (output: string): string => joinPath(output, "_mason_parts");

/** Tells the live files below an output from parts of other tries and from what the parts replaced. */
export function liveBy(output: string, { parts, replaced }: PartsManifest): (file: FileStat) => boolean {
  const live = new Set(parts.map(({ path }) => joinPath(output, path)));
  const older = new Map(replaced.map(({ path, etag }) => [joinPath(output, path), etag]));
  return ({ path, etag }) =>
    live.has(path) || (tokenIn(path) === null && (etag === undefined || older.get(path) !== etag));
}

/** True for a path of a manifest, relative to the output. */
export const isManifest = (path: string): boolean => /(^|\/)_mason_parts\//.test(path);

/** The newest manifest, or `null` where an output has none. */
export async function newestManifest(storage: Storage, output: string): Promise<PartsManifest | null> {
  for (let before = 0; ; ) {
    const files = await storage.list(manifestsOf(output));
    const numbered = files.map((file) => ({
      file,
      number: Number(/^(\d+)\.json$/.exec(baseName(file.path))?.[1] ?? 0),
    }));
    const { file, number } = numbered.reduce((a, b) => (b.number > a.number ? b : a), { file: null, number: 0 } as {
      readonly file: { readonly path: string } | null;
      readonly number: number;
    });
    if (file === null) return null;
    const text = await readOrNull(storage, file.path);
    if (text !== null) return { number, ...parse(text, file.path) };
    // A newer one replaced it after the listing.
    if (number === before)
      throw new ProviderError("unavailable", `"${file.path}" is listed but can't be read. Try again.`);
    before = number;
  }
}

/** Writes the next manifest. Throws `exists` when somebody else was faster. */
export async function writeManifest(
  storage: Storage,
  output: string,
  { number, token, parts, replaced }: PartsManifest,
): Promise<void> {
  const older = replaced.length === 0 ? {} : { replaced };
  const text = `${JSON.stringify({ format: 1, token, parts, ...older })}\n`;
  await storage.write(manifestPath(output, number), text, { ifAbsent: true });
}

async function readOrNull(storage: Storage, path: string): Promise<string | null> {
  try {
    return new TextDecoder().decode(await storage.read(path));
  } catch (error) {
    if (isProviderError(error, "not_found")) return null;
    throw error;
  }
}

function parse(text: string, path: string): Omit<PartsManifest, "number"> {
  const value = parsed(text);
  if (isObject(value) && value.format === 1 && typeof value.token === "string" && Array.isArray(value.parts)) {
    const { token, parts, replaced = [] } = value;
    return { token, parts: parts as unknown as readonly Part[], replaced: replaced as unknown as readonly Part[] };
  }
  throw new ProviderError(
    "invalid",
    `"${path}" names the files of an output, but this version of Mason can't read it. Use the version that wrote the output, or delete the output and run its deployment again.`,
  );
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}

const mark = /\.mason-(\d+)-([a-z0-9-]+)(?=\.|$)/;

/** The name of a part with its try's mark before the ending: `part-0.mason-2-<token>.parquet`. */
export function markedName(name: string, number: number, token: string): string {
  const end = name.indexOf(".", name.startsWith(".") ? 1 : 0);
  const at = end < 0 ? name.length : end;
  return `${name.slice(0, at)}.mason-${number}-${token}${name.slice(at)}`;
}

/** The token in the name of a part; `null` for a file of somebody else. */
export const tokenIn = (path: string): string | null => mark.exec(baseName(path))?.[2] ?? null;

/** The number in the name of a part: that of the manifest that would make it live; 0 for a file of somebody else. */
export const numberIn = (path: string): number => Number(mark.exec(baseName(path))?.[1] ?? 0);

/** The path without the mark: the same for the same part of every try. */
export const withoutMark = (path: string): string =>
  joinPath(path.slice(0, path.length - baseName(path).length).replace(/\/$/, ""), baseName(path).replace(mark, ""));
