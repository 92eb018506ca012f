/** Which of the files at a path are data: `files.include` and `files.exclude`, well-known companions, and the endings of data formats. */
import picomatch from "picomatch";
import type { FileStat } from "../../engine/storage.ts";
import { baseName, isGlob } from "../../model/path.ts";
import type { FileSettings } from "../../model/read-settings.ts";
import { ProviderError } from "../../provider/error.ts";
import { extensionOf } from "./file.ts";

/** The data files of a path, and the files beside them that are left out. */
export interface DataFiles {
  readonly files: readonly FileStat[];
  /** Paths of the files that are left out without a setting that says so. */
  readonly leftOut: readonly string[];
}

const companion = /(\.(md|md5|sha256|tmp)|~)$/i;
const dataEnding = /^(csv|tsv|tab|psv|txt|json|jsonl|ndjson|parquet)$/;

/** Tells the files that are read at a pattern from those that are left out. Schemas, fingerprints and drift all ask here. */
export function isReadAt(pattern: string, settings: FileSettings = {}): (path: string) => boolean {
  const [isWanted, isCompanion] = [wantedAt(pattern, settings), companionAt(pattern, settings)];
  return (path) => (path === pattern && settings.include === undefined) || (isWanted(path) && !isCompanion(path));
}

function wantedAt(pattern: string, { include, exclude = [] }: FileSettings): (path: string) => boolean {
  const base = baseOf(pattern);
  const [fits, isExcluded] = [fitsAny(include, base), fitsAny(exclude, base)];
  return (path) => fits(path) && !isExcluded(path);
}

/** Well-known companions of data, unless a setting or the pattern names the files. */
function companionAt(pattern: string, { include }: FileSettings): (path: string) => boolean {
  const namesEnding = isGlob(baseName(pattern)) && /\.[A-Za-z0-9]+$/.test(baseName(pattern));
  const isNamed = namesEnding || (include !== undefined && !include.includes("**"));
  return (path) => !isNamed && companion.test(path);
}

/**
 * The data files among all files of a pattern. Throws `invalid` for a file whose ending is that of no data format, unless a setting or
 * the pattern takes it, or all files have this ending.
 */
export function dataFiles(all: readonly FileStat[], pattern: string, settings: FileSettings = {}): DataFiles {
  const isRead = isReadAt(pattern, settings);
  const files = all.filter((file) => isRead(file.path));
  if (all.length === 1 && all[0]?.path === pattern && settings.include === undefined) return { files, leftOut: [] };
  if (!companionAt(pattern, settings)(anyCompanion)) return { files, leftOut: [] };
  checkEndings(files, pattern);
  const isWanted = wantedAt(pattern, settings);
  return { files, leftOut: all.filter(({ path }) => isWanted(path) && !isRead(path)).map(({ path }) => path) };
}

/** A name that is left out unless something names it. */
const anyCompanion = "x~";

/** The directory that globs of settings are relative to. */
function baseOf(pattern: string): string {
  const parts = pattern.split("/");
  const wild = parts.findIndex(isGlob);
  return (wild < 0 ? parts : parts.slice(0, wild)).join("/");
}

/** A glob without a slash fits names in any directory. */
function fitsAny(globs: readonly string[] | undefined, base: string): (path: string) => boolean {
  if (globs === undefined) return () => true;
  const tests = globs.map((glob) => picomatch(glob, { basename: !glob.includes("/"), nonegate: true, windows: false }));
  const start = base === "" ? 0 : base.length + 1;
  return (path) => tests.some((test) => test(path.startsWith(base) ? path.slice(start) : path));
}

function checkEndings(files: readonly FileStat[], pattern: string): void {
  const odd = files.filter((file) => isOdd(file.path));
  const [first] = odd;
  if (first === undefined) return;
  const endings = new Set(files.map((file) => extensionOf(file.path)));
  if (odd.length === files.length && endings.size === 1) return;
  const more = odd.length > 1 ? ` and ${odd.length - 1} more` : "";
  throw new ProviderError(
    "invalid",
    `"${first.path}"${more} at "${pattern}" ${odd.length > 1 ? "have extensions that are not data formats" : "has an extension that is not a data format"}. Leave such files out with files.exclude, or name the files to read with files.include.`,
  );
}

/** A name without an ending is data, and so is one that ends in a number, as parts of engines do. */
function isOdd(path: string): boolean {
  const ending = extensionOf(path);
  return ending !== "" && !/^[0-9_-]+$/.test(ending) && !dataEnding.test(ending);
}

/** A note about the files that were left out; none when there are none. */
export function leftOutNotes(leftOut: readonly string[]): readonly string[] {
  if (leftOut.length === 0) return [];
  const shown = leftOut.slice(0, 3).map((path) => `"${path}"`);
  const rest = leftOut.length > shown.length ? ` and ${leftOut.length - shown.length} more` : "";
  const what = leftOut.length === 1 ? "A file that is not data was" : `${leftOut.length} files that are not data were`;
  return [
    `${what} left out: ${shown.join(", ")}${rest}. Set files.include to read ${leftOut.length === 1 ? "it" : "them"}.`,
  ];
}
