/** Lists one directory, or all files below it. It follows links only inside the root, and never in a circle. */
import type { Dirent, Stats } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { FileStat } from "../../src/engine/storage.ts";
import { joinPath } from "../../src/model/path.ts";
import { sweep, temporaryPrefix } from "./leftovers.ts";
import { doing, isAbsent, stopIfAborted } from "./storage-error.ts";
import type { Root } from "./storage-root.ts";

export interface WalkOptions {
  readonly recursive: boolean;
  /** False for directories to skip. */
  readonly descend?: (path: string) => boolean;
  /** Called for each link that dangles or leads out of the root. The listing leaves such links out. */
  readonly outside?: (path: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** The content of a directory, sorted by path; with `recursive`, all files and no directories. An absent directory is empty. */
export async function walk(root: Root, path: string, options: WalkOptions): Promise<readonly FileStat[]> {
  const found: FileStat[] = [];
  if (!root.mayBeThere(path)) return found;
  await visit(root, { path, place: await root.place(path), trail: [] }, options, found);
  return found.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

interface Directory {
  readonly path: string;
  readonly place: string;
  /** The directories above it, with links resolved. */
  readonly trail: readonly string[];
}

async function visit(root: Root, directory: Directory, options: WalkOptions, found: FileStat[]): Promise<void> {
  stopIfAborted(`list "${directory.path}"`, options.signal);
  for (const item of await itemsOf(root, directory, options)) {
    if (!options.recursive || item.stat.kind === "file") found.push(item.stat);
    else if (!item.trail.includes(item.place) && (options.descend?.(item.path) ?? true)) {
      await visit(root, item, options, found);
    }
  }
}

interface Item extends Directory {
  readonly stat: FileStat;
}

const mostReadings = 30;

/**
 * The content of one directory at one moment. When an entry vanishes after its name was read, the names are read again: its
 * replacement may exist, and a listing with neither would be true at no moment.
 */
async function itemsOf(root: Root, directory: Directory, options: WalkOptions): Promise<readonly Item[]> {
  for (let reading = 1; ; reading++) {
    const all = await doing(`list "${directory.path}"`, () => entriesOf(directory.place));
    const entries = all.filter((entry) => !entry.name.startsWith(temporaryPrefix));
    if (entries.length < all.length) await sweep(directory.place, namesOf(all));
    const items: Item[] = [];
    let hasVanished = false;
    // A few at a time: a directory of 100,000 files must not open as many handles.
    for (let start = 0; start < entries.length; start += 64) {
      const chunk = entries.slice(start, start + 64);
      for (const item of await Promise.all(chunk.map((entry) => look(root, directory, entry, options)))) {
        if (item === "vanished") hasVanished = true;
        else if (item !== null) items.push(item);
      }
    }
    if (!hasVanished || reading === mostReadings) return items;
    stopIfAborted(`list "${directory.path}"`, options.signal);
  }
}

const namesOf = (entries: readonly Dirent[]): readonly string[] => entries.map(({ name }) => name);

async function look(
  root: Root,
  directory: Directory,
  entry: Dirent,
  options: WalkOptions,
): Promise<Item | "vanished" | null> {
  const path = joinPath(directory.path, entry.name);
  const own = join(directory.place, entry.name);
  const place = entry.isSymbolicLink() ? await root.follow(own) : own;
  if (place === null) {
    options.outside?.(path);
    return null;
  }
  try {
    const seen = fileStat(path, await stat(place));
    return seen === null ? null : { path, place, trail: [...directory.trail, directory.place], stat: seen };
  } catch (error) {
    if (isAbsent(error)) return "vanished";
    throw error;
  }
}

/** Node's stat as a storage's stat; `null` for what is neither a file nor a directory. */
export function fileStat(path: string, stats: Stats): FileStat | null {
  if (stats.isDirectory()) return { path, kind: "directory", size: 0, modified: stats.mtimeMs };
  return stats.isFile() ? { path, kind: "file", size: stats.size, modified: stats.mtimeMs } : null;
}

async function entriesOf(place: string): Promise<Dirent[]> {
  try {
    return await readdir(place, { withFileTypes: true });
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}
