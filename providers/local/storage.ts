/**
 * Local storage: files below one directory of this machine. It handles paths, atomic writes and fingerprints. It refuses every path
 * that leads out of the root, also through a link. It needs no manifest, because a rename publishes an output at once.
 */
import { link, lstat, mkdir, open, readFile, rename, rm, rmdir, stat, unlink } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { allBelow, parseGlob } from "../../src/catalog/glob.ts";
import type { Body, FileStat, Fingerprint, Storage, WriteOptions } from "../../src/engine/storage.ts";
import { isGlob, isWithin } from "../../src/model/path.ts";
import type { ProviderContext } from "../../src/provider/contract.ts";
import { ProviderError } from "../../src/provider/error.ts";
import { temporaryBeside } from "./leftovers.ts";
import { doing, isAbsent, systemCode } from "./storage-error.ts";
import { createHasher, type Hashable, type Hasher } from "./storage-fingerprint.ts";
import { linksBelow } from "./storage-links.ts";
import { createRoot, type Root } from "./storage-root.ts";
import { fileStat, walk } from "./storage-walk.ts";
import {
  copyFileWhole,
  etagOf,
  exclusively,
  makeDirectory,
  type Publish,
  requireMatch,
  sync,
  writeFileWhole,
} from "./storage-write.ts";

/** Larger files have no etag, because `stat` would have to read them whole. */
const largestEtag = 4 << 20;

/** The absolute directory of a client's `root` setting. */
export function localRoot(context: Pick<ProviderContext, "settings" | "projectRoot">): string {
  const { root } = context.settings;
  return resolve(context.projectRoot, typeof root === "string" ? root : ".");
}

/** Storage below the root of a local client. */
export function createLocalStorage(context: ProviderContext): Required<Storage> {
  return storageAt(createRoot(localRoot(context)), createHasher(context.keep, context.now));
}

/** Storage below a root: {@link createLocalStorage} with its parts passed in. */
export function storageAt(root: Root, hasher: Hasher): Required<Storage> {
  return {
    list: (path, options = {}) =>
      doing(
        `list "${path}"`,
        () => walk(root, root.relative(path), { recursive: options.recursive ?? false, signal: options.signal }),
        options.signal,
      ),
    stat: (path) => doing(`look at "${path}"`, () => statOf(root, root.relative(path))),
    expand: (pattern) => doing(`find the files of "${pattern}"`, () => expand(root, root.relative(pattern))),
    read: (path, range) => doing(`read "${path}"`, () => read(root, path, range)),
    write: (path, body, options = {}) =>
      doing(`write "${path}"`, () => write(root, path, body, options), options.signal),
    delete: (path, options = {}) => doing(`delete "${path}"`, () => remove(root, path, options)),
    copy: (from, to) => doing(`copy "${from}" to "${to}"`, () => copy(root, from, to)),
    move: (from, to) => doing(`move "${from}" to "${to}"`, () => move(root, from, to)),
    fingerprint: (pattern, counts) =>
      doing(`take the fingerprint of "${pattern}"`, async () => {
        const path = root.relative(pattern);
        const files = await expand(root, path);
        const base = files.some((file) => isWithin(file.path, path)) ? path : parseGlob(path).base;
        const places = await Promise.all(
          files.map(async (file) => ({ stat: file, place: await root.place(file.path) })),
        );
        return fingerprintOf(places, counts, (some) => hasher.fingerprint(some, base));
      }),
    realPath: (path) => doing(`resolve "${path}"`, () => root.real(path)),
    links: (pattern) => doing(`find the links of "${pattern}"`, () => linksBelow(root, root.relative(pattern))),
    // Not percent-encoded: engines take URIs of this scheme literally.
    uri: (path) => `file://${join(root.directory, root.relative(path))}`,
  };
}

/** The fingerprint of the files that count, with the digest of all where some do not. */
async function fingerprintOf(
  files: readonly Hashable[],
  counts: ((path: string) => boolean) | undefined,
  take: (files: readonly Hashable[]) => Promise<Fingerprint>,
): Promise<Fingerprint> {
  const counted = counts === undefined ? files : files.filter(({ stat: { path } }) => counts(path));
  const found = await take(counted);
  return counted.length === files.length ? found : { ...found, whole: (await take(files)).digest };
}

async function statOf(root: Root, path: string): Promise<FileStat | null> {
  if (!root.mayBeThere(path)) return null;
  const place = await root.place(path);
  try {
    const found = fileStat(path, await stat(place));
    if (found?.kind !== "file" || found.size > largestEtag) return found;
    return { ...found, etag: etagOf(await readFile(place)) };
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

async function expand(root: Root, pattern: string): Promise<readonly FileStat[]> {
  const literal = await statPlain(root, pattern);
  if (literal?.kind === "file") return [literal];
  if (literal === null && !isGlob(pattern)) return [];
  // An existing name with brackets is taken literally, as shells do.
  const glob = literal === null ? parseGlob(pattern) : allBelow(pattern);
  const files = await walk(root, glob.base, {
    recursive: true,
    descend: glob.couldHold,
    outside: (path) => {
      if (glob.matches(path) || glob.couldHold(path)) throw leadsOut(path);
    },
  });
  return files.filter((file) => glob.matches(file.path));
}

const leadsOut = (path: string) =>
  new ProviderError(
    "denied",
    `"${path}" is a link that dangles or leads out of the root of the local storage. Remove the link, or put the files below the root.`,
  );

async function statPlain(root: Root, path: string): Promise<FileStat | null> {
  if (!root.mayBeThere(path)) return null;
  try {
    return fileStat(path, await stat(await root.place(path)));
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

async function read(
  root: Root,
  path: string,
  range: { readonly start: number; readonly end: number } | undefined,
): Promise<Uint8Array> {
  const place = await root.place(path);
  if (range === undefined) return readFile(place);
  const file = await open(place, "r");
  try {
    const { size } = await file.stat();
    const bytes = new Uint8Array(Math.max(0, Math.min(range.end, size) - range.start));
    let filled = 0;
    while (filled < bytes.length) {
      const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, range.start + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  } finally {
    await file.close();
  }
}

async function write(root: Root, path: string, body: Body, options: WriteOptions): Promise<void> {
  refuseRoot(root, path);
  await writeFileWhole(await root.place(path), body, publishOf(options));
}

function publishOf(options: WriteOptions): Publish {
  if (options.ifAbsent === true) return { kind: "new" };
  return options.ifMatch === undefined ? { kind: "replace" } : { kind: "match", etag: options.ifMatch };
}

async function remove(
  root: Root,
  path: string,
  options: { readonly ifMatch?: string; readonly ifEmpty?: boolean },
): Promise<void> {
  refuseRoot(root, path);
  const place = await root.place(path, "itself");
  const { ifMatch } = options;
  if (options.ifEmpty === true) return removeEmpty(place);
  if (ifMatch === undefined) return rm(place, { recursive: true, force: true, maxRetries: 3, retryDelay: 20 });
  if ((await statPlain(root, path)) === null) return;
  await exclusively(place, async () => {
    await requireMatch(place, ifMatch);
    await rm(place, { force: true });
  });
}

async function removeEmpty(place: string): Promise<void> {
  try {
    await rmdir(place);
  } catch (error) {
    if (!isAbsent(error) && !["ENOTEMPTY", "EEXIST"].includes(systemCode(error) ?? "")) throw error;
  }
}

async function copy(root: Root, from: string, to: string): Promise<void> {
  const [source, target] = ends(root, from, to);
  const found = await statPlain(root, source);
  if (found === null) throw absent(from);
  if (found.kind === "file") return copyFileWhole(await root.place(source), await root.place(target));
  const place = await root.place(target);
  const staged = temporaryBeside(place);
  await mkdir(staged, { recursive: true });
  try {
    for (const file of await walk(root, source, { recursive: true })) {
      await copyFileWhole(await root.place(file.path), join(staged, file.path.slice(source.length + 1)));
    }
    await rename(staged, place);
    await sync(dirname(place));
  } finally {
    await rm(staged, { recursive: true, force: true });
  }
}

async function move(root: Root, from: string, to: string): Promise<void> {
  const [source, target] = ends(root, from, to);
  const [here, there] = [await root.place(source, "itself"), await root.place(target)];
  if ((await statPlain(root, source)) === null) throw absent(from);
  await makeDirectory(dirname(there));
  if ((await lstat(here)).isDirectory()) {
    if ((await statPlain(root, target)) !== null) throw taken(to);
    await rename(here, there);
  } else {
    // link(2) fails when the name is taken, while rename(2) would replace it. An interrupted move leaves both names.
    if (!(await isSameFile(here, there))) await link(here, there);
    await unlink(here);
  }
  await sync(dirname(there));
  if (dirname(here) !== dirname(there)) await sync(dirname(here));
}

async function isSameFile(here: string, there: string): Promise<boolean> {
  try {
    const [a, b] = [await lstat(here, { bigint: true }), await lstat(there, { bigint: true })];
    return a.ino === b.ino && a.dev === b.dev;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}

function ends(root: Root, from: string, to: string): readonly [string, string] {
  const [source, target] = [root.relative(from), root.relative(to)];
  if (source === "" || isWithin(target, source)) {
    throw new ProviderError("invalid", `"${from}" can't be put inside itself, at "${to}". Choose another path.`);
  }
  refuseRoot(root, to);
  return [source, target];
}

function refuseRoot(root: Root, path: string): void {
  if (root.relative(path) !== "") return;
  throw new ProviderError("invalid", "The root of the local storage itself can't be written or deleted. Name a path.");
}

const absent = (path: string) => new ProviderError("not_found", `"${path}" does not exist. Check the path.`);

const taken = (path: string) =>
  new ProviderError("exists", `"${path}" already exists. Choose another path, or delete it first.`);
