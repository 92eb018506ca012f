/**
 * Globs over storage paths, the same for every storage. They decide which files `expand` includes. A glob that matches a directory
 * stands for all data files below it, as in Hive and Spark. Parts that start with `.` or `_` are not data.
 */
import picomatch from "picomatch";
import { isGlob, isHidden, isWithin } from "../model/path.ts";

/** A compiled pattern: where to start, which directories to enter, which files to take. */
export interface Glob {
  /** The leading parts without wildcards. Every match lies below. */
  readonly base: string;
  /** True when a file or a directory above it matches the pattern, and no part below `base` is hidden. */
  readonly matches: (path: string) => boolean;
  /** False when nothing below this directory can match. */
  readonly couldHold: (directory: string) => boolean;
}

// Parentheses, bars and quotes are ordinary characters of a name here.
const fits = (pattern: string) =>
  picomatch(pattern.replace(/[()|"]/g, "\\$&"), { dot: false, nonegate: true, noextglob: true, windows: false });

/** The glob of a pattern in canonical path form. */
export function parseGlob(pattern: string): Glob {
  const parts = pattern.split("/");
  const wild = parts.findIndex(isGlob);
  if (wild < 0) return allBelow(pattern);
  const base = parts.slice(0, wild).join("/");
  const start = base === "" ? 0 : base.length + 1;
  const whole = fits(pattern.slice(start));
  const hasLongBraces = /\{[^}]*\//.test(pattern);
  const byPart = parts.map((part, index) =>
    part === "**" ? null : index < wild ? (name: string) => name === part : fits(part),
  );
  return {
    base,
    matches: (path) => isDataBelow(path, base) && ancestry(path, base).some((prefix) => whole(prefix.slice(start))),
    couldHold: (directory) => isDataBelow(directory, base) && (hasLongBraces || leads(byPart, directory.split("/"))),
  };
}

/** The glob of a directory: all data files below it, whatever characters its own name has. */
export function allBelow(directory: string): Glob {
  const matches = (path: string) => isDataBelow(path, directory);
  return { base: directory, matches, couldHold: matches };
}

/** True when `path` is within `base` and no part below `base` starts with `.` or `_`. */
export function isDataBelow(path: string, base: string): boolean {
  return isWithin(path, base) && !isHidden(path.slice(base === "" ? 0 : base.length));
}

function ancestry(path: string, base: string): readonly string[] {
  const prefixes = [path];
  for (let end = path.lastIndexOf("/"); end > base.length; end = path.lastIndexOf("/", end - 1)) {
    prefixes.push(path.slice(0, end));
  }
  return prefixes;
}

function leads(byPart: readonly (((part: string) => boolean) | null)[], directory: readonly string[]): boolean {
  for (const [index, part] of directory.entries()) {
    const test = byPart[index];
    if (test === null || test === undefined) return true;
    if (!test(part)) return false;
  }
  return true;
}
