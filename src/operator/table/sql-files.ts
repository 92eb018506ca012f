/** Files that SQL reads itself. Their paths are relative to the root of the config's storage, as all paths are, and must not leave it. */
import type { Engines } from "../../engine/engines.ts";
import type { SqlFile } from "../../engine/execution.ts";
import type { Storage } from "../../engine/storage.ts";
import type { Dialect } from "../../sql/dialect.ts";
import { type PathBelow, pathBelow } from "../../sql/dialects/duckdb/open-files.ts";
import { endOfCall, scanSql } from "../../sql/scan.ts";
import { invalid } from "../parameters.ts";
import type { Problem } from "../source/choose-columns.ts";

/** The path of a file from the storage's root, or why SQL can't read it there. */
export const pathFromRoot = (storage: Pick<Storage, "uri"> | undefined, text: string): PathBelow =>
  pathBelow(storage?.uri("") ?? null, text);

/**
 * The paths and globs that SQL reads. Throws ProviderError `invalid` for one that is not below the root. The storage looks at each, since it
 * refuses links that leave its root.
 */
export async function filesBelowRoot({ storage }: Engines, files: readonly SqlFile[]): Promise<readonly string[]> {
  const paths = new Set<string>();
  for (const { path: text } of files) {
    if (text === null) continue;
    const found = pathFromRoot(storage, text);
    if ("problem" in found) throw invalid(found.problem);
    paths.add(found.path);
  }
  for (const path of paths) await storage?.expand(path);
  return [...paths];
}

/** Where relative paths of a text begin: part of its job, if it reads files. */
export const rootFor = ({ storage }: Engines, files: readonly SqlFile[]): { readonly root?: string } =>
  files.length === 0 || storage === undefined ? {} : { root: storage.uri("") };

/** The paths of files that the SQL opens itself, and a problem for each that it can't open. */
export function filePaths({ storage }: Engines, files: readonly SqlFile[], problems: Problem[]): readonly string[] {
  return files.flatMap(({ path: text }) => {
    if (text === null) return [];
    const found = pathFromRoot(storage, text);
    if ("path" in found) return [found.path.replace(/\*{2,}/g, "**")];
    problems.push({ parameter: "query_string", message: found.problem });
    return [];
  });
}

/** Where the read ends that starts here: a call, or a file named like a table. */
export function readEnd(sql: string, start: number, isCall: boolean, dialect: Dialect): number | null {
  return isCall
    ? endOfCall(sql, start, dialect)
    : (scanSql(sql, dialect).find((stretch) => stretch.start === start)?.end ?? null);
}
