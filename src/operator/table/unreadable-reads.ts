/**
 * Files that SQL reads itself and that it fails to read when it runs: of a column that can't be read, or of a later file that lacks a column
 * of the first one, from which DuckDB takes the columns. Only a plan asks: a run fails by itself.
 */
import { repeatedKey } from "../../catalog/schema/json/scan.ts";
import type { Layout } from "../../catalog/schema/reading.ts";
import type { SqlFile } from "../../engine/execution.ts";
import { formatDataType } from "../../model/data-type.ts";
import type { Schema } from "../../model/schema.ts";
import { isProviderError } from "../../provider/error.ts";
import type { Dialect } from "../../sql/dialect.ts";
import { literalGlob } from "../../sql/dialects/duckdb/names.ts";
import { quoteIdentifier, quoteString } from "../../sql/quote.ts";
import { argumentsOfCall, endOfCall } from "../../sql/scan.ts";
import type { FileProblem, PreviewContext } from "../operator.ts";
import { isRead } from "../source/is-read.ts";
import { orNull } from "../source/preview-source.ts";
import { dialectOf } from "../source/source.ts";
import { pathFromRoot, readEnd } from "./sql-files.ts";

/** The query, and the tables that its text names without a database. */
interface Asked {
  readonly sql: string;
  readonly extra: Parameters<PreviewContext["describe"]>[1];
}

/** What the query fails to read of the files that it names; notes about what it may fail to read. */
export async function unreadableReads(
  context: PreviewContext,
  asked: Asked,
  files: readonly SqlFile[],
): Promise<{ readonly certain: readonly FileProblem[]; readonly notes: readonly string[] }> {
  const [certain, notes]: [FileProblem[], string[]] = [[], []];
  for (const file of files) {
    const path = file.path === null ? null : pathFromRoot(context.engines.storage, file.path);
    if (path === null || "problem" in path) continue;
    const broken = await doubledKey(context, asked, file, path.path);
    if (broken !== null) certain.push({ path: path.path, column: null, message: broken });
    const found = broken === null ? await look(context, path.path) : null;
    if (found === null) continue;
    for (const { column, message } of found.format === "parquet" ? (found.unreadable ?? []) : []) {
      if (await needs(context, asked, file, [column])) certain.push({ path: path.path, column: null, message });
      else notes.push(message);
    }
    const lacking = await lackingIn(context, asked, file, found.layouts ?? []);
    if (lacking?.isRead === true) certain.push({ path: path.path, column: null, message: lacking.message });
    else if (lacking !== null) notes.push(lacking.message);
  }
  return { certain, notes };
}

/** What the files are; names that differ in case alone are no table of Mason's, but DuckDB may read them. */
const look = async (context: PreviewContext, path: string) =>
  (await orNull(context.files(path))) ?? (await orNull(context.files(path, { foldsCase: false })));

/**
 * That an object of a JSON file repeats a key. DuckDB fails at that key if it is read, so this is certain where each column is; it does not
 * look into a column of JSON.
 */
async function doubledKey(context: PreviewContext, asked: Asked, file: SqlFile, path: string): Promise<string | null> {
  if (file.call?.options.some((name) => ofColumns.has(name)) === true) return null;
  const message = await context.files(path).then(
    () => null,
    (error) => (isProviderError(error, "invalid") && error.message.includes(repeatedKey) ? error.message : null),
  );
  const columns =
    message === null ? null : await columnsOf(context, callOf(asked.sql, file, dialectOf(context.engines)));
  if (columns === null || columns.some(({ type }) => /\bjson\b/.test(formatDataType(type)))) return null;
  for (const { name } of columns) if (!(await needs(context, asked, file, [name]))) return null;
  return message;
}

/** Options that say which columns there are, or that let them differ. */
const ofColumns = new Set(["union_by_name", "columns", "names", "column_names", "schema", "ignore_errors"]);

/** A sentence about a file that the query can't read for want of a column, or about the first one that lacks a column if none is certain. */
async function lackingIn(
  context: PreviewContext,
  asked: Asked,
  file: SqlFile,
  layouts: readonly Layout[],
): Promise<{ readonly message: string; readonly isRead: boolean } | null> {
  let unsure: string | null = null;
  const format = formatOf(file);
  if (layouts.length === 0 || format === null || file.call?.options.some((name) => ofColumns.has(name)) === true)
    return null;
  const dialect = dialectOf(context.engines);
  const whole = await columnsOf(context, callOf(asked.sql, file, dialect));
  for (const { file: path } of layouts) {
    const own = await columnsOf(context, callOf(asked.sql, file, dialect, path));
    if (whole === null || own === null) continue;
    // DuckDB finds columns of text files by their exact names.
    const key = format === "csv" ? (name: string) => name : (name: string) => name.toLowerCase();
    const names = new Set(own.map(({ name }) => key(name)));
    const lacking = whole.flatMap(({ name }) => (names.has(key(name)) ? [] : [name]));
    if (lacking.length === 0) continue;
    const message = `The SQL reads "${file.path}" with the columns of its first file, and "${path}" lacks ${lacking.map((name) => `"${name}"`).join(", ")}. Write read_${format}(..., union_by_name = true), which gives nulls there, or declare a table over it.`;
    // DuckDB compares all columns of text files, but of Parquet files, and beside columns that it adds, those that are read.
    if ((format === "csv" && !addsColumns(file, whole, layouts)) || (await needs(context, asked, file, lacking)))
      return { message, isRead: true };
    unsure ??= message;
  }
  return unsure === null ? null : { message: unsure, isRead: false };
}

/** True if a read may have columns besides those in its files: of folders, or the name of the file. */
function addsColumns({ call }: SqlFile, whole: Schema, layouts: readonly Layout[]): boolean {
  const inFiles = new Set(layouts.flatMap(({ names }) => names));
  if (call?.options.some((option) => /^(filename|hive_)/.test(option)) === true) return true;
  return whole.some(({ name }) => !inFiles.has(name)) || layouts.some(({ file }) => /=[^/]*\//.test(file));
}

/** The format of a reader that takes the columns from the first file. */
function formatOf({ path, call }: SqlFile): "csv" | "parquet" | null {
  const named = call?.name ?? /\.(csv|tsv|parquet)\b/i.exec(path ?? "")?.[1]?.toLowerCase() ?? "";
  if (/^(read_csv(_auto)?|csv|tsv)$/.test(named)) return "csv";
  return /^(read_parquet|parquet_scan|parquet)$/.test(named) ? "parquet" : null;
}

/** The text of a read; with `only`, of one of its files. */
function callOf(sql: string, { path, call }: SqlFile, dialect: Dialect, only?: string): string | null {
  const one = only === undefined ? null : quoteString(literalGlob(only), dialect);
  if (call === undefined) return one ?? quoteString(path ?? "", dialect);
  const end = endOfCall(sql, call.offset, dialect);
  const [pattern = null] = argumentsOfCall(sql, call.offset, dialect) ?? [];
  if (end === null || pattern === null) return null;
  return one === null ? sql.slice(call.offset, end) : `${call.name}(${one}${sql.slice(pattern.end, end)}`;
}

async function columnsOf(context: PreviewContext, read: string | null): Promise<Schema | null> {
  const described = read === null ? null : await orNull(context.describe(`SELECT * FROM ${read}`, []));
  return described?.ok === true ? described.columns : null;
}

/** True if the query certainly reads one of these columns of a file. */
async function needs(
  context: PreviewContext,
  { sql, extra }: Asked,
  file: SqlFile,
  lacking: readonly string[],
): Promise<boolean> {
  const dialect = dialectOf(context.engines);
  const whole = await columnsOf(context, callOf(sql, file, dialect));
  const start = file.call?.offset ?? file.offset;
  const end = readEnd(sql, start, file.call !== undefined, dialect);
  if (whole === null || end === null) return false;
  const name = `mason file ${start}`;
  const shadowed = `${sql.slice(0, start)}${quoteIdentifier(name, dialect)}${sql.slice(end)}`;
  return isRead(shadowed, dialect, lacking, (change) =>
    orNull(context.describe(shadowed, [...extra, { name, table: { columns: change(whole), partitions: [] } }])),
  );
}
