/**
 * Relative paths in SQL begin at the root of the storage, as if DuckDB ran in that directory. It can't: the working directory belongs to the
 * whole process, and `file_search_path` does not hold beside `allowed_directories`. So the root is written in front of the paths just before
 * DuckDB gets the text; everybody else has the text as it is written.
 */
import type { SqlFile } from "../../../engine/execution.ts";
import { joinPath, normalPath } from "../../../model/path.ts";
import { dialects } from "../../dialect.ts";
import { scanSql } from "../../scan.ts";
import { literalGlob, localPath, name, text } from "./names.ts";

/** The path of a file from the root of a storage, or why SQL can't read it. */
export type PathBelow = { readonly path: string } | { readonly problem: string };

/** Where a path in SQL leads; `root` is the URI of the storage's root, or `null` without a storage. */
export function pathBelow(root: string | null, path: string): PathBelow {
  if (root === null)
    return { problem: `The SQL reads "${path}" itself, but its config has no storage. Choose a config that has one.` };
  const directory = directoryOf(root);
  const local = localPath(path);
  const inRoot = local === directory || local.startsWith(`${directory}/`) ? local.slice(directory.length + 1) : local;
  const found = otherPlace.test(inRoot) ? null : normalPath(inRoot);
  if (found === null) return { problem: leavesRoot(path, inRoot) };
  return alternatives.test(found) ? { problem: bracesIn(path) } : { path: found };
}

/** Braces that a glob of Mason's takes for several paths, and DuckDB for characters of one name. */
const alternatives = /(?<!\[)\{[^{}]*(?:,|\.\.)[^{}]*\}/;

const bracesIn = (path: string): string =>
  `The SQL reads "${path}", but DuckDB has no braces in its globs. Write ${listOf(path) ?? "a list like ['a.csv', 'b.csv']"} in place of it, in a call of read_csv, read_parquet or read_json.`;

/** What the braces of a path stand for, as a list in SQL; `null` if that is too long or can't be told. */
function listOf(path: string): string | null {
  let paths = [path];
  while (paths.some((one) => one.includes("{"))) {
    const next = paths.flatMap((one) => {
      const [braces, inside = ""] = /\{([^{}]*,[^{}]*)\}/.exec(one) ?? [];
      return braces === undefined ? [] : inside.split(",").map((word) => one.replace(braces, () => word));
    });
    if (next.length < paths.length || next.length > 8) return null;
    paths = next;
  }
  // A file that is named twice would be read twice.
  return `[${[...new Set(paths)].map(text).join(", ")}]`;
}

/** A URL, or a path from a home directory. */
const otherPlace = /^[a-z][a-z0-9+.-]*:\/\/|^~/i;

/** A `..` is refused even if it stays below the root: with links it may lead elsewhere. */
function leavesRoot(path: string, inRoot: string): string {
  const plain = withoutDots(inRoot);
  return plain === null
    ? `The SQL reads "${path}", which is not below the root of the storage. Put it there, or declare a table over it.`
    : `The SQL reads "${path}", but a path may not contain "..". Write it as "${plain}".`;
}

/** The path without its `..`, or `null` if it would leave the root or is none below it. */
function withoutDots(path: string): string | null {
  if (path.startsWith("/") || otherPlace.test(path)) return null;
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") {
      if (parts.pop() === undefined) return null;
    } else if (part !== "" && part !== ".") parts.push(part);
  }
  return normalPath(parts.join("/"));
}

const directoryOf = (root: string): string => localPath(root).replace(/\/$/, "");

/** SQL as DuckDB opens it, or why it can't be. */
export type Opened =
  /** `placeOf` gives the place in the text as it is written. */
  | { readonly ok: true; readonly sql: string; readonly placeOf: (offset: number) => number }
  | { readonly ok: false; readonly problem: string };

/** Writes the root in front of the paths that SQL names. `at`: where the root lies on this machine, if it lies elsewhere. */
export function openFiles(sql: string, files: readonly SqlFile[], root: string, at = root): Opened {
  let opened = sql;
  const edits: Edit[] = [];
  // From the end, so that the places before stay the same.
  for (const { path, offset } of [...files].sort((a, b) => b.offset - a.offset)) {
    if (path === null) continue;
    const below = pathBelow(root, path);
    if ("problem" in below) return { ok: false, problem: below.problem };
    const edit = editAt(sql, offset, root, at);
    if ("problem" in edit) return { ok: false, problem: edit.problem };
    opened = opened.slice(0, edit.start) + edit.written + opened.slice(edit.end);
    edits.unshift(edit);
  }
  return { ok: true, sql: opened, placeOf: (offset) => placeBefore(edits, offset) };
}

/** A stretch of the text, and what is written in its place. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly written: string;
}

/** Makes the string or name at a place absolute. It may be only the beginning of a path. */
function editAt(sql: string, offset: number, root: string, at: string): Edit | { readonly problem: string } {
  // `E'...'` begins one character before its quote.
  const stretch = scanSql(sql, dialects.duckdb).find(
    ({ start, kind }) => kind !== "code" && (start === offset || start === offset + 1),
  );
  if (stretch === undefined)
    return { problem: "The SQL reads a file whose path can't be found in it. Write the path as a string." };
  if (stretch.start > offset)
    return { problem: "The SQL writes the path of a file with escapes. Write it as a plain string." };
  const plain = plainText(sql.slice(stretch.start, stretch.end));
  const begin = pathBelow(root, plain);
  // DuckDB takes the whole path for a pattern, so wildcards in the root stand for themselves.
  // A trailing slash belongs to a path that goes on.
  const end = plain.endsWith("/") ? "/" : "";
  const whole = `${joinPath(literalGlob(directoryOf(at)), "problem" in begin ? plain : begin.path)}${end}`;
  return { ...stretch, written: stretch.kind === "identifier" ? name(whole) : text(whole) };
}

/** The text of a string or quoted name. */
function plainText(quoted: string): string {
  const dollar = /^\$\w*\$/.exec(quoted)?.[0];
  if (dollar !== undefined) return quoted.slice(dollar.length, -dollar.length);
  const quote = quoted[0] ?? "";
  return quoted.slice(1, -1).replaceAll(quote + quote, quote);
}

function placeBefore(edits: readonly Edit[], offset: number): number {
  let shift = 0;
  for (const { start, end, written } of edits) {
    const place = offset - shift;
    if (place < start) return place;
    if (place < start + written.length) return start;
    shift += written.length - (end - start);
  }
  return offset - shift;
}
