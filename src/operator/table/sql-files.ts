/** Files that SQL reads itself. Their paths are relative to the root of the config's storage, as all paths are, and must not leave it. */
import type { Engines } from "../../engine/engines.ts";
import type { SqlFile } from "../../engine/execution.ts";
import type { Storage } from "../../engine/storage.ts";
import { joinPath, normalPath } from "../../model/path.ts";
import type { Dialect } from "../../sql/dialect.ts";
import { quoteIdentifier, quoteString } from "../../sql/quote.ts";
import { scanSql } from "../../sql/scan.ts";
import { invalid } from "../parameters.ts";

/** The path of a file from the storage's root, or why SQL can't read it there. */
export function pathFromRoot(
  storage: Pick<Storage, "uri"> | undefined,
  text: string,
): { readonly path: string } | { readonly problem: string } {
  const declare = "Put it there, or declare a table over it.";
  const root = rootOf(storage);
  if (root === null)
    return {
      problem: `The SQL reads "${text}" itself, which works only for files on this machine. Declare a table over it.`,
    };
  const local = text.startsWith("file://") ? text.slice("file://".length) : text;
  const inRoot = local === root || local.startsWith(`${root}/`) ? local.slice(root.length + 1) : local;
  const path = /^[a-z][a-z0-9+.-]*:\/\/|^~/i.test(inRoot) ? null : normalPath(inRoot);
  return path === null
    ? { problem: `The SQL reads "${text}", which is not below the root of the storage. ${declare}` }
    : { path };
}

/** The absolute root of a storage on this machine. */
function rootOf(storage: Pick<Storage, "uri"> | undefined): string | null {
  const uri = storage?.uri("") ?? "";
  return uri.startsWith("file://") ? uri.slice("file://".length).replace(/\/$/, "") : null;
}

/** SQL whose files are written with absolute paths, as the engine opens them, and the patterns that it reads. */
export interface OpenedSql {
  readonly sql: string;
  readonly inputs: readonly string[];
}

/** Writes the root in front of the files' paths. Throws ProviderError `invalid` for a file that is not below the root. */
export function openFiles({ storage }: Engines, sql: string, files: readonly SqlFile[], dialect: Dialect): OpenedSql {
  const inputs: string[] = [];
  let opened = sql;
  // From the end, so that the places before stay the same.
  for (const { path: text, offset } of [...files].sort((a, b) => b.offset - a.offset)) {
    if (text === null) continue;
    const found = pathFromRoot(storage, text);
    if ("problem" in found) throw invalid(found.problem);
    inputs.push(found.path);
    opened = withRoot(opened, offset, storage, dialect);
  }
  return { sql: opened, inputs: [...new Set(inputs)] };
}

/** The SQL with the string or name at a place made absolute. It may be only the beginning of a path. */
function withRoot(sql: string, offset: number, storage: Storage | undefined, dialect: Dialect): string {
  // `E'...'` begins one character before its quote.
  const stretch = scanSql(sql, dialect).find(
    ({ start, kind }) => kind !== "code" && (start === offset || start === offset + 1),
  );
  if (stretch === undefined)
    throw invalid("The SQL reads a file whose path can't be found in it. Write the path as a string.");
  const text = plainText(sql.slice(stretch.start, stretch.end), sql[stretch.start - 1]);
  const begin = pathFromRoot(storage, text);
  const path = "problem" in begin ? text : begin.path;
  // A trailing slash belongs to a path that goes on.
  const whole = `${joinPath(rootOf(storage) ?? "", path)}${text.endsWith("/") ? "/" : ""}`;
  const written = stretch.kind === "identifier" ? quoteIdentifier(whole, dialect) : quoteString(whole, dialect);
  return sql.slice(0, Math.min(offset, stretch.start)) + written + sql.slice(stretch.end);
}

/** The text of a string or quoted name. */
function plainText(quoted: string, before: string | undefined): string {
  const dollar = /^\$\w*\$/.exec(quoted)?.[0];
  if (dollar !== undefined) return quoted.slice(dollar.length, -dollar.length);
  if (before === "E" || before === "e")
    throw invalid("The SQL writes the path of a file with escapes. Write it as a plain string.");
  const quote = quoted[0] ?? "";
  return quoted.slice(1, -1).replaceAll(quote + quote, quote);
}
