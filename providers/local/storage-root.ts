/** The root of a local storage. It turns paths into places on disk and refuses every place outside the root. */
import { lstatSync, statSync } from "node:fs";
import { lstat, realpath } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { normalPath } from "../../src/model/path.ts";
import { ProviderError } from "../../src/provider/error.ts";
import { isAbsent } from "./storage-error.ts";

/** The directory that holds all paths. */
export interface Root {
  /** Absolute, as configured. */
  readonly directory: string;
  /** The canonical form of a path, which may be absolute. Throws `denied` when it leads out of the root. */
  readonly relative: (path: string) => string;
  /**
   * The place of a path on disk, with links resolved, whether or not it exists. Throws `denied` when a link leads out of the root.
   * With `itself`, a link at the end of the path is not followed.
   */
  readonly place: (path: string, itself?: "itself") => Promise<string>;
  /** The canonical form of a path with links resolved, whether or not it exists. Throws `denied` like `place`. */
  readonly real: (path: string) => Promise<string>;
  /** False when the path certainly does not exist. It costs a tenth of `place`, for the many paths that don't exist. */
  readonly mayBeThere: (path: string) => boolean;
  /** The target of a link on disk, or `null` when it is missing or outside the root. */
  readonly follow: (link: string) => Promise<string | null>;
}

/** The root at an absolute directory, which may not exist yet. */
export function createRoot(directory: string): Root {
  const relative = (path: string) => relativePath(directory, path);
  let known: string | null = null;
  // Needed for every path. A root that does not exist yet may appear later.
  const real = async () => {
    known ??= isAbsentRoot(directory) ? null : await realOrNull(directory);
    return known;
  };
  const place: Root["place"] = async (path, itself) => {
    const name = relative(path);
    const top = await real();
    // While the root doesn't exist, no link can lead out of it.
    if (top === null) return join(directory, name);
    // Without a link on the way, the names give the place. This check costs a tenth of resolving.
    return lookDown(top, name) !== "link"
      ? join(top, name)
      : placeOf(top, directory, name, itself === "itself" && name !== "");
  };
  return {
    directory,
    relative,
    place,
    real: async (path) => {
      const at = await place(path);
      return relativePath((await real()) ?? directory, at);
    },
    mayBeThere: (path) => lookDown(directory, relative(path)) !== "absent",
    follow: async (link) => {
      const [top, target] = [await real(), await realOrNull(link)];
      return top !== null && target !== null && isInside(top, target) ? target : null;
    },
  };
}

/** True when there is no root yet. It costs a thirtieth of resolving, and a plan asks for thousands of paths below an absent root. */
function isAbsentRoot(directory: string): boolean {
  try {
    return statSync(directory, { throwIfNoEntry: false }) === undefined;
  } catch {
    // Resolving reports what is wrong.
    return false;
  }
}

/** What is at a path, without following links: `link` when a link is on the way. */
function lookDown(directory: string, name: string): "there" | "absent" | "link" {
  let at = directory;
  for (const part of name.split("/")) {
    if (part === "") continue;
    at = join(at, part);
    try {
      const found = lstatSync(at, { throwIfNoEntry: false });
      if (found === undefined) return "absent";
      if (found.isSymbolicLink()) return "link";
    } catch {
      // A file is in the place of a directory, or access is denied. The system calls that follow report it.
      return "link";
    }
  }
  return "there";
}

function relativePath(directory: string, path: string): string {
  const inside = path === directory || path.startsWith(directory === "/" ? "/" : `${directory}/`);
  const name = normalPath(inside ? path.slice(directory.length).replace(/^\/+/, "") : path);
  if (name === null) throw outside(path);
  return name;
}

async function placeOf(top: string, directory: string, name: string, itself: boolean): Promise<string> {
  let at = join(directory, name);
  let rest = "";
  if (itself) [at, rest] = [dirname(at), basename(at)];
  for (;;) {
    const found = await realOrNull(at);
    if (found !== null) {
      if (!isInside(top, found)) throw outside(name);
      return join(found, rest);
    }
    // Writing through a dangling link would create a file wherever it points.
    if (await isLink(at)) throw outside(name);
    [at, rest] = [dirname(at), join(basename(at), rest)];
  }
}

const isInside = (top: string, path: string) => path === top || path.startsWith(top === "/" ? "/" : `${top}/`);

const outside = (path: string) =>
  new ProviderError(
    "denied",
    `The path "${path}" leads out of the root of the local storage. Use a path below the root, or set another "root".`,
  );

async function realOrNull(path: string): Promise<string | null> {
  try {
    return await realpath(path);
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

async function isLink(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isSymbolicLink();
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}
