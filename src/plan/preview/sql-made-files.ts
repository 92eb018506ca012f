/** Files that SQL names and that an earlier step of the plan would write: while typing, an empty table with their columns takes their place. */
import type { SqlFile } from "../../engine/execution.ts";
import type { Storage } from "../../engine/storage.ts";
import type { Schema } from "../../model/schema.ts";
import { pathFromRoot, readEnd } from "../../operator/table/sql-files.ts";
import type { Dialect } from "../../sql/dialect.ts";
import { quoteIdentifier } from "../../sql/quote.ts";
import type { Files } from "./live-files.ts";

/** What earlier steps would have made where a path or glob is read; `unknown` if its columns can't be told. */
export type MadeByPath = (pattern: string) => Promise<Files | "unknown" | null>;

/** SQL with tables in the place of files, and the files that are left. */
export interface Replaced {
  readonly sql: string;
  readonly shadows: readonly {
    readonly name: readonly string[];
    readonly table: { readonly columns: Schema; readonly partitions: Schema; readonly isPredicted?: boolean };
  }[];
  readonly others: readonly SqlFile[];
}

/** The SQL with a table in the place of each read of made files; `null` if the columns of one can't be told. */
export async function withMadeFiles(
  sql: string,
  files: readonly SqlFile[],
  made: MadeByPath,
  storage: Pick<Storage, "uri"> | undefined,
  dialect: Dialect,
): Promise<Replaced | null> {
  let text = sql;
  const shadows: Replaced["shadows"][number][] = [];
  const others: SqlFile[] = [];
  // From the end, so that the places before stay the same.
  const reads = [...groupByRead(files)].sort(([a], [b]) => b - a);
  for (const [start, read] of reads) {
    const found = await madeBy(read, made, storage);
    if (found === "unknown") return null;
    if (found === null) {
      others.push(...read);
      continue;
    }
    const end = readEnd(sql, start, read[0]?.call !== undefined, dialect);
    if (end === null) return null;
    const name = `mason file ${start}`;
    text = `${text.slice(0, start)}${quoteIdentifier(name, dialect)}${text.slice(end)}`;
    shadows.push({ name: [name], table: found });
  }
  return { sql: text, shadows, others };
}

/** Files by the place of what reads them: one function may read a list. */
function groupByRead(files: readonly SqlFile[]): ReadonlyMap<number, readonly SqlFile[]> {
  const reads = new Map<number, SqlFile[]>();
  for (const file of files) {
    const start = file.call?.offset ?? file.offset;
    const list = reads.get(start);
    if (list === undefined) reads.set(start, [file]);
    else list.push(file);
  }
  return reads;
}

/** The columns of a read of made files, `null` for a read of what exists, and `unknown` if they can't be told. */
async function madeBy(
  read: readonly SqlFile[],
  made: MadeByPath,
  storage: Pick<Storage, "uri"> | undefined,
): Promise<Files | "unknown" | null> {
  const found = await Promise.all(
    read.map(({ path: text }) => {
      const path = text === null ? null : pathFromRoot(storage, text);
      return path !== null && "path" in path ? made(path.path) : null;
    }),
  );
  if (found.every((files) => files === null)) return null;
  const [first] = found;
  if (found.length > 1 || first === undefined || first === null || first === "unknown") return "unknown";
  const { call } = read[0] ?? {};
  return call === undefined || readsWhole(call.name, first.format, call.options) ? first : "unknown";
}

/** True for functions that give just the columns of files of this format. */
const readsWhole = (name: string, format: Files["format"], options: readonly string[]): boolean =>
  (readers[format]?.test(name) ?? false) && options.every((option) => option === "union_by_name");

const readers: { readonly [F in Files["format"]]?: RegExp } = {
  parquet: /^(read_parquet|parquet_scan)$/,
  csv: /^read_csv(_auto)?$/,
  json: /^read_json(_auto)?$/,
  jsonl: /^read_(nd)?json(_auto)?$/,
};
