/** Files that SQL names and that an earlier step of the plan would write: while typing, an empty table with their columns takes their place. */
import type { FileCall, SqlFile } from "../../engine/execution.ts";
import type { Storage } from "../../engine/storage.ts";
import { string } from "../../model/data-type.ts";
import type { Column, Schema } from "../../model/schema.ts";
import { pathFromRoot, readEnd } from "../../operator/table/sql-files.ts";
import type { Dialect } from "../../sql/dialect.ts";
import { quoteIdentifier } from "../../sql/quote.ts";
import { argumentsOfCall } from "../../sql/scan.ts";
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
    const found = await madeBy(sql, read, made, { storage, dialect });
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
  sql: string,
  read: readonly SqlFile[],
  made: MadeByPath,
  { storage, dialect }: { readonly storage: Pick<Storage, "uri"> | undefined; readonly dialect: Dialect },
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
  return call === undefined ? first : (readBy(call, optionsOf(sql, call, dialect), first) ?? "unknown");
}

/** The options of a call as they are written, with single blanks: `header = true`. */
function optionsOf(sql: string, call: FileCall, dialect: Dialect): readonly string[] {
  const [, ...options] = argumentsOfCall(sql, call.offset, dialect) ?? [];
  return options.map(({ start, end }) =>
    sql
      .slice(start, end)
      .replace(/:=|=>/, "=")
      .replace(/\s*=\s*/, " = ")
      .trim()
      .toLowerCase(),
  );
}

/** What a function gives of made files; `null` if its options may give other columns. */
function readBy({ name }: FileCall, options: readonly string[], files: Files): Files | null {
  if (readers[files.format]?.test(name) !== true) return null;
  let read = files;
  for (const option of options) {
    if (option === "all_varchar = true" && files.format === "csv")
      read = { ...read, columns: read.columns.map(asText) };
    else if (option === "filename = true") read = { ...read, partitions: [...read.partitions, fileName] };
    else if (!neutral.test(option) && !(files.format === "csv" && neutralOfCsv.test(option))) return null;
  }
  return read;
}

const asText = (column: Column): Column => ({ ...column, type: string });

const fileName: Column = { name: "filename", type: string, nullable: true };

/** Options that give the columns of files as Mason writes them. */
const neutral = /^(union_by_name = \w+|hive_partitioning = true|(sample_size|files_to_sniff) = -?\d+)$/;
const neutralOfCsv = /^(header = true|auto_detect = true|(delim|sep) = ',')$/;

const readers: { readonly [F in Files["format"]]?: RegExp } = {
  parquet: /^(read_parquet|parquet_scan)$/,
  csv: /^read_csv(_auto)?$/,
  json: /^read_json(_auto)?$/,
  jsonl: /^read_(nd)?json(_auto)?$/,
};
