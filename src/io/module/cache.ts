/**
 * The cache of bundled modules: one JSON file for each entry file, with everything that its bundle depends on. It is valid as long as
 * none of that has changed, so an unchanged module costs a few calls of `stat`.
 */
import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { join, posix } from "node:path";
import type { Diagnostic } from "../../diagnostic/diagnostic.ts";
import { sha256 } from "../../json.ts";
import { readTextIfThere, writeFileDurably } from "../disk.ts";
import type { ModuleInput } from "./build.ts";
import { type ModulePlaces, pathInside } from "./place.ts";

/** A cached bundle. */
export interface CachedModule {
  readonly digest: string;
  readonly warnings: readonly Diagnostic[];
  /** All files whose content decides what is in the bundle: the inputs, package.json files, lockfiles of package managers. */
  readonly files: readonly ModuleInput[];
  /** Directories of the project's own inputs, each with a digest of the names in it: an import may now resolve to a new file. */
  readonly directories: Readonly<Record<string, string>>;
}

// Rises when the bundler would make different code from the same files.
const format = 1;

const entryPath = (cacheDirectory: string, file: string): string =>
  join(cacheDirectory, `${sha256(file).slice(0, 32)}.json`);

/** The file that holds the code of a bundle. */
export const codePath = (cacheDirectory: string, digest: string): string => join(cacheDirectory, `${digest}.mjs`);

/** The cached bundle of an entry file; `null` when there is none or something has changed since. */
export function readCachedModule(places: ModulePlaces, cacheDirectory: string, file: string): CachedModule | null {
  const cached = readEntry(entryPath(cacheDirectory, file));
  if (cached === null || factsOf(codePath(cacheDirectory, cached.digest)) === null) return null;
  const same = Object.entries(cached.directories).every(
    ([name, names]) => namesDigest(join(places.root, name)) === names,
  );
  if (!same) return null;
  const files = cached.files.map((input) => refreshed(places, input));
  const current = files.filter((input) => input !== null);
  if (current.length < files.length) return null;
  const renewed = { ...cached, files: current };
  // So that a file that was only touched is not hashed again next time.
  if (current.some((input, index) => input !== cached.files[index])) write(cacheDirectory, file, renewed);
  return renewed;
}

function readEntry(path: string): CachedModule | null {
  const text = readTextIfThere(path);
  if (text === null) return null;
  try {
    const entry = JSON.parse(text) as CachedModule & { readonly format: number };
    return entry.format === format ? entry : null;
  } catch {
    return null;
  }
}

/** The input with its current size and time if its content is the same, else `null`. */
function refreshed(places: ModulePlaces, input: ModuleInput): ModuleInput | null {
  const path = pathInside(places, input.name);
  const facts = factsOf(path);
  if (facts === null || facts.size !== input.size) return null;
  if (facts.mtime === input.mtime) return input;
  return sha256(readFileSync(path)) === input.sha256 ? { ...input, ...facts } : null;
}

function factsOf(path: string): { readonly size: number; readonly mtime: number } | null {
  const facts = statSync(path, { throwIfNoEntry: false });
  return facts?.isFile() ? { size: facts.size, mtime: facts.mtimeMs } : null;
}

/** The digest of the names in a directory and of the targets of links. */
function namesDigest(directory: string): string | null {
  try {
    const names = readdirSync(directory, { withFileTypes: true }).map((entry) =>
      entry.isSymbolicLink() ? `${entry.name} -> ${readlinkSync(join(directory, entry.name))}` : entry.name,
    );
    return sha256(names.sort().join("\n"));
  } catch {
    return null;
  }
}

/** Keeps a bundle. The code is written first, so that an entry never names code that does not exist. */
export function keepModule(
  places: ModulePlaces,
  cacheDirectory: string,
  file: string,
  bundle: {
    readonly digest: string;
    readonly text: string;
    readonly inputs: readonly ModuleInput[];
    readonly warnings: readonly Diagnostic[];
  },
): void {
  const own = bundle.inputs.filter(({ name }) => !/(^|\/)node_modules\//.test(name));
  const directories = [...new Set(own.map(({ name }) => posix.dirname(name)))];
  writeFileDurably(codePath(cacheDirectory, bundle.digest), bundle.text);
  write(cacheDirectory, file, {
    digest: bundle.digest,
    warnings: bundle.warnings,
    files: [...bundle.inputs, ...packageFiles(places, bundle.inputs)],
    directories: Object.fromEntries(directories.map((name) => [name, namesDigest(join(places.root, name)) ?? ""])),
  });
}

const write = (cacheDirectory: string, file: string, cached: CachedModule): void =>
  writeFileDurably(entryPath(cacheDirectory, file), `${JSON.stringify({ format, ...cached })}\n`);

const installed = ["package-lock.json", "pnpm-lock.yaml", "yarn.lock", "node_modules/.package-lock.json"];

/** The files that decide how imports resolve: package.json beside and above each input, and those that package managers write. */
function packageFiles(places: ModulePlaces, inputs: readonly ModuleInput[]): readonly ModuleInput[] {
  const names = new Set<string>(installed);
  for (const { name } of inputs) {
    for (let at = posix.dirname(name); !names.has(posix.join(at, "package.json")); at = posix.dirname(at))
      names.add(posix.join(at, "package.json"));
  }
  const known = new Set(inputs.map(({ name }) => name));
  return [...names].flatMap((name) => {
    const path = pathInside(places, name);
    const facts = known.has(name) ? null : factsOf(path);
    return facts === null ? [] : [{ name, ...facts, sha256: sha256(readFileSync(path)) }];
  });
}
