/** Files that the SQL of a job names itself: which they are, and the SQL as DuckDB opens them. */
import type { SqlFile } from "../../src/engine/execution.ts";
import type { CanonicalJob } from "../../src/job/job.ts";
import { ProviderError } from "../../src/provider/error.ts";
import { openFiles, pathBelow } from "../../src/sql/dialects/duckdb/open-files.ts";
import type { DuckDb } from "./duckdb/duckdb.ts";
import { findReferences } from "./duckdb/typing.ts";

/** The files that the user's SQL names. Only a single SELECT of the user may become part of our statement. */
export async function filesOfSql(work: CanonicalJob, typing: () => Promise<DuckDb>): Promise<readonly SqlFile[]> {
  if (work.kind !== "query") return [];
  const [found] = await (await typing()).use((connection) => findReferences(connection, [work.sql]));
  if (found === undefined || !found.ok)
    throw new ProviderError("invalid", found?.message ?? "The SQL can't be parsed. Correct it.");
  if (found.kind === "other") {
    throw new ProviderError(
      "invalid",
      "The SQL is not one SELECT statement. Write one SELECT; Mason writes its rows to the output.",
    );
  }
  return work.root === undefined ? [] : (found.files ?? []);
}

/** The work with the paths of its SQL as DuckDB opens them. `at`: where the root lies on this machine, if it lies elsewhere. */
export function opened(work: CanonicalJob, files: readonly SqlFile[], at?: string): CanonicalJob {
  if (work.kind !== "query" || work.root === undefined || files.length === 0) return work;
  const found = openFiles(work.sql, files, work.root, at);
  if (!found.ok) throw new ProviderError("invalid", found.problem);
  return { ...work, sql: found.sql };
}

/** The paths and globs that the SQL names, below the root. */
export function pathsOfSql(work: CanonicalJob, files: readonly SqlFile[]): readonly string[] {
  if (work.kind !== "query" || work.root === undefined || work.root.startsWith("file://")) return [];
  const { root } = work;
  return files.map(({ path }) => {
    const below = path === null ? { problem: openPath } : pathBelow(root, path);
    if ("problem" in below) throw new ProviderError("invalid", below.problem);
    return below.path;
  });
}

const openPath =
  "The SQL reads files whose paths are known only while it runs, so they can't be fetched before. Write the paths, or declare a table over the files.";
