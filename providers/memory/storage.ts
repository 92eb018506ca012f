/**
 * Storage in memory, the reference for authors of storages. It holds only files: as on an object store, a directory exists as long
 * as a file lies below it. Verbs are short, since nothing can fail halfway. Every storage refuses what this one refuses.
 */
import { allBelow, parseGlob } from "../../src/catalog/glob.ts";
import type { Body, FileStat, Storage, WriteOptions } from "../../src/engine/storage.ts";
import { digest, sha256 } from "../../src/json.ts";
import { baseName, isWithin, normalPath } from "../../src/model/path.ts";
import { ProviderError } from "../../src/provider/error.ts";
import { type MemoryClient, nextNumber, type StoredFile } from "./client.ts";

/** Storage over the files of the client's space. */
export function createMemoryStorage(client: MemoryClient): Required<Omit<Storage, "realPath" | "links">> {
  const { files } = client.space;
  return {
    // Every verb is `async`, so that an error is a rejected promise, as everywhere else.
    list: async (path, options = {}) => {
      stopIfAborted(options.signal);
      return list(files, pathOf(path), options.recursive ?? false);
    },
    stat: async (path) => statOf(files, pathOf(path)),
    expand: async (pattern) => expand(files, pathOf(pattern)),
    read: async (path, range) => {
      const { bytes } = fileAt(files, pathOf(path));
      // A copy, so that a caller's changes to it don't change the stored bytes.
      return range === undefined ? bytes.slice() : bytes.slice(range.start, range.end);
    },
    write: async (path, body, options = {}) => write(client, fileName(path), await bytesOf(body), options),
    delete: async (path, options = {}) => remove(files, fileName(path), options),
    copy: async (from, to) => {
      for (const [source, target] of pairs(files, from, to)) put(client, target, fileAt(files, source).bytes);
    },
    move: async (from, to) => {
      if (statOf(files, pathOf(to)) !== null) throw exists(to);
      for (const [source, target] of pairs(files, from, to)) {
        put(client, target, fileAt(files, source).bytes);
        files.delete(source);
      }
    },
    fingerprint: async (pattern, counts = () => true) => {
      const all = expand(files, pathOf(pattern));
      const found = all.filter(({ path }) => counts(path));
      const base = baseOf(files, pathOf(pattern));
      // Names, sizes and content, but no times: writing the same content again changes nothing.
      const digestOf = (some: readonly FileStat[]) =>
        digest(some.map((file) => [nameBelow(file.path, base), sha256(fileAt(files, file.path).bytes)]));
      const whole = found.length === all.length ? {} : { whole: digestOf(all) };
      const bytes = found.reduce((sum, file) => sum + file.size, 0);
      return { digest: digestOf(found), ...whole, files: found.length, bytes };
    },
    uri: (path) => `memory://${client.name}/${pathOf(path)}`,
  };
}

type Files = Map<string, StoredFile>;

/** The canonical path. A path that leads out of the root is refused before anything is read. */
function pathOf(path: string): string {
  const name = normalPath(path);
  if (name !== null) return name;
  throw new ProviderError("denied", `The path "${path}" leads out of the root of the storage. Use a path below it.`);
}

/** The same for verbs that change something; they refuse the root itself. */
function fileName(path: string): string {
  const name = pathOf(path);
  if (name !== "") return name;
  throw new ProviderError("invalid", "The root of the storage itself can't be written or deleted. Name a path.");
}

function list(files: Files, path: string, recursive: boolean): readonly FileStat[] {
  const found = new Map<string, FileStat>();
  for (const [name, file] of files) {
    if (name === path || !isWithin(name, path)) continue;
    const end = name.indexOf("/", path === "" ? 0 : path.length + 1);
    if (recursive || end < 0) found.set(name, fileStat(name, file));
    else found.set(name.slice(0, end), directory(name.slice(0, end)));
  }
  return sorted([...found.values()]);
}

function statOf(files: Files, path: string): FileStat | null {
  const file = files.get(path);
  if (file !== undefined) return fileStat(path, file);
  return path === "" || below(files, path).length > 0 ? directory(path) : null;
}

function expand(files: Files, pattern: string): readonly FileStat[] {
  const file = files.get(pattern);
  if (file !== undefined) return [fileStat(pattern, file)];
  // An existing name with brackets is taken literally, as shells do.
  const { matches } = below(files, pattern).length > 0 ? allBelow(pattern) : parseGlob(pattern);
  return sorted([...files].filter(([name]) => matches(name)).map(([name, item]) => fileStat(name, item)));
}

async function bytesOf(body: Body): Promise<Uint8Array> {
  if (typeof body === "string") return new TextEncoder().encode(body);
  return body instanceof Uint8Array ? body : body.read(0, body.size);
}

function write(client: MemoryClient, path: string, body: Uint8Array, options: WriteOptions): void {
  stopIfAborted(options.signal);
  const current = client.space.files.get(path);
  if (options.ifAbsent === true && statOf(client.space.files, path) !== null) throw exists(path);
  if (options.ifMatch !== undefined && current?.etag !== options.ifMatch) throw conflict(path);
  put(client, path, body);
}

function put(client: MemoryClient, path: string, bytes: Uint8Array): void {
  const { space, now } = client;
  space.files.set(path, { bytes: bytes.slice(), modified: now().getTime(), etag: nextNumber(space) });
}

function remove(files: Files, path: string, options: { readonly ifMatch?: string; readonly ifEmpty?: boolean }): void {
  // A directory that exists has files below it, so it is never empty.
  if (options.ifEmpty === true) return;
  const current = files.get(path);
  if (current !== undefined && options.ifMatch !== undefined && current.etag !== options.ifMatch) throw conflict(path);
  for (const name of below(files, path)) files.delete(name);
  files.delete(path);
}

/** Each file of `from` with its path below `to`; one pair for a file. */
function pairs(files: Files, from: string, to: string): readonly (readonly [string, string])[] {
  const [source, target] = [fileName(from), fileName(to)];
  if (isWithin(target, source)) {
    throw new ProviderError("invalid", `"${from}" can't be put inside itself, at "${to}". Choose another path.`);
  }
  if (statOf(files, source) === null) throw new ProviderError("not_found", `"${from}" does not exist. Check the path.`);
  if (files.has(source)) return [[source, target]];
  if (statOf(files, target) !== null) throw exists(to);
  return below(files, source).map((name) => [name, `${target}${name.slice(source.length)}`]);
}

const below = (files: Files, path: string): readonly string[] =>
  [...files.keys()].filter((name) => name !== path && isWithin(name, path));

function fileAt(files: Files, path: string): StoredFile {
  const file = files.get(path);
  if (file !== undefined) return file;
  if (statOf(files, path) !== null) throw new ProviderError("invalid", `"${path}" is a directory. Name a file.`);
  throw new ProviderError("not_found", `The file "${path}" does not exist. Check the path.`);
}

const baseOf = (files: Files, pattern: string): string =>
  statOf(files, pattern) === null ? parseGlob(pattern).base : pattern;

const nameBelow = (path: string, base: string): string =>
  path === base ? baseName(path) : path.slice(base === "" ? 0 : base.length + 1);

const fileStat = (path: string, file: StoredFile): FileStat => ({
  path,
  kind: "file",
  size: file.bytes.length,
  modified: file.modified,
  etag: file.etag,
});

const directory = (path: string): FileStat => ({ path, kind: "directory", size: 0, modified: 0 });

// By code unit, so that the order doesn't depend on the machine's locale.
const sorted = (items: readonly FileStat[]): readonly FileStat[] =>
  [...items].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));

const exists = (path: string) =>
  new ProviderError("exists", `"${path}" already exists. Choose another path, or delete it first.`);

const conflict = (path: string) =>
  new ProviderError("conflict", `"${path}" was changed by somebody else. Read it again and repeat the change.`);

function stopIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true)
    throw new ProviderError("cancelled", "Stopped before the end. Run it again to finish it.");
}
