/** What a job would fail to read of files that are there, as far as footers tell. Only a plan asks: a run fails by itself. */
import type { Table } from "../../model/table.ts";
import { isProviderError } from "../../provider/error.ts";
import type { FileOptions, FileProblem, PreviewContext } from "../operator.ts";
import { isRead } from "./is-read.ts";
import { dialectOf } from "./source.ts";

/** The schema of files, and what can't be read of them. */
export async function lookAt(
  context: Pick<PreviewContext, "files">,
  path: string,
  options: FileOptions,
): Promise<{
  readonly files: Awaited<ReturnType<PreviewContext["files"]>>;
  readonly unreadable: readonly FileProblem[];
  /** That a file may not be read, whoever changes it before. */
  readonly problems: readonly { readonly message: string }[];
}> {
  try {
    const files = await context.files(path, options);
    return { files, unreadable: (files?.unreadable ?? []).map((item) => ({ path, ...item })), problems: [] };
  } catch (error) {
    if (!isProviderError(error)) throw error;
    return {
      files: null,
      unreadable: ["invalid", "conflict"].includes(error.code) ? [{ path, column: null, message: error.message }] : [],
      problems: error.code === "denied" ? [{ message: error.message }] : [],
    };
  }
}

/** How many footers of a table a plan reads; the run reads all of them. */
const footersOfTable = 10;

/** What a job fails to read of a table. Of files other than Parquet this is known only to a reader of all values. */
export async function unreadableOf(
  context: Pick<PreviewContext, "files">,
  { catalogued, format, location, settings, properties }: Table,
): Promise<readonly FileProblem[]> {
  if (!catalogued) {
    const found = (properties?.unreadable ?? []) as unknown as readonly Omit<FileProblem, "path">[];
    return found.map((item) => ({ ...item, path: location }));
  }
  if (format !== "parquet") return [];
  const files = settings?.files === undefined ? {} : { files: settings.files };
  const sample = { format, sampleSize: footersOfTable, footers: "sample", ...files } as const;
  // The run reads files of a table that differ one by one.
  const apart = { files: (path: string, how?: FileOptions) => nullOnConflict(context.files(path, how)) };
  return (await lookAt(apart, location, sample)).unreadable;
}

/** The value, or `null` for files that can't be one table. */
export async function nullOnConflict<T>(value: Promise<T | null>): Promise<T | null> {
  try {
    return await value;
  } catch (error) {
    if (isProviderError(error, "conflict")) return null;
    throw error;
  }
}

/** What a job fails to read that needs these columns. */
export function unreadableAmong(
  { unreadable = [] }: { readonly unreadable?: readonly FileProblem[] },
  reads: readonly string[],
): readonly FileProblem[] {
  const folded = new Set(reads.map((name) => name.toLowerCase()));
  return unreadable.filter(({ column }) => column === null || folded.has(column.toLowerCase()));
}

/**
 * What a query fails to read of a table: a column counts if the query means something else, or nothing, without it. What can't be told
 * is left to the notes.
 */
export async function unreadableInQuery(
  context: Pick<PreviewContext, "files" | "describe" | "table" | "engines">,
  sql: string,
  tables: readonly Table[],
  extra: Parameters<PreviewContext["describe"]>[1],
): Promise<{ readonly certain: readonly FileProblem[]; readonly notes: readonly string[] }> {
  const [certain, notes]: [FileProblem[], string[]] = [[], []];
  for (const table of tables) {
    for (const problem of await unreadableOf(context, table)) {
      if (problem.column === null || (await needs(context, sql, { table, column: problem.column, extra })))
        certain.push(problem);
      else notes.push(problem.message);
    }
  }
  return { certain, notes };
}

async function needs(
  context: Pick<PreviewContext, "describe" | "table" | "engines">,
  sql: string,
  of: {
    readonly table: Table;
    readonly column: string;
    readonly extra: Parameters<PreviewContext["describe"]>[1];
  },
): Promise<boolean> {
  const isSame = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
  const isIt = (table: { readonly database?: string; readonly name?: string }) =>
    isSame(table.database ?? "", of.table.database) && isSame(table.name ?? "", of.table.name);
  return isRead(sql, dialectOf(context.engines), [of.column], (change) => {
    const changed = <T extends Pick<Table, "columns">>(table: T): T => ({ ...table, columns: change(table.columns) });
    const extra = of.extra.map((item) => (isIt(item.table) ? { ...item, table: changed(item.table) } : item));
    return context.describe(sql, extra, async (database, name) => {
      const found = await context.table(database, name);
      return found !== null && isIt(found) ? changed(found) : found;
    });
  });
}
