/** Finds links among the files of a pattern. It reads names only, so it costs a part of a listing. */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { allBelow, type Glob, parseGlob } from "../../src/catalog/glob.ts";
import type { Link } from "../../src/engine/storage.ts";
import { isGlob, joinPath } from "../../src/model/path.ts";
import { isAbsent, systemCode } from "./storage-error.ts";
import type { Root } from "./storage-root.ts";

/** The links at which data of a pattern lies, and those on the way to it; not the links above the pattern's first wildcard. */
export async function linksBelow(root: Root, pattern: string): Promise<readonly Link[]> {
  const isLiteral = !isGlob(pattern) || root.mayBeThere(pattern);
  const glob = isLiteral ? allBelow(pattern) : parseGlob(pattern);
  if (!root.mayBeThere(glob.base)) return [];
  const found: Link[] = [];
  await visit(root, { glob, path: glob.base, place: await root.place(glob.base), trail: [] }, found);
  return found;
}

interface Directory {
  readonly glob: Glob;
  readonly path: string;
  readonly place: string;
  /** The directories above it, with links resolved. */
  readonly trail: readonly string[];
}

async function visit(root: Root, { glob, path, place, trail }: Directory, found: Link[]): Promise<void> {
  if (trail.includes(place)) return;
  for (const entry of await entriesOf(place)) {
    const at = joinPath(path, entry.name);
    if (!(glob.matches(at) || glob.couldHold(at)) || entry.isFile()) continue;
    const own = join(place, entry.name);
    const target = entry.isSymbolicLink() ? await root.follow(own) : own;
    if (target === null) continue;
    const isDirectory = entry.isDirectory() || (await isDirectoryAt(target));
    if (target !== own) found.push({ path: at, real: await root.real(at), kind: isDirectory ? "directory" : "file" });
    if (isDirectory) await visit(root, { glob, path: at, place: target, trail: [...trail, place] }, found);
  }
}

async function entriesOf(place: string) {
  try {
    return await readdir(place, { withFileTypes: true });
  } catch (thrown) {
    if (isAbsent(thrown) || systemCode(thrown) === "ENOTDIR") return [];
    throw thrown;
  }
}

async function isDirectoryAt(place: string): Promise<boolean> {
  try {
    return (await stat(place)).isDirectory();
  } catch (thrown) {
    if (isAbsent(thrown)) return false;
    throw thrown;
  }
}
