/** Finds the value that made a job fail: its file, line and column. A second pass over the data, after a failure only. */
import type { DuckDBConnection } from "@duckdb/node-api";
import type { DataSource } from "../../../src/job/job.ts";
import type { Column } from "../../../src/model/schema.ts";
import { typeWords } from "../../../src/sql/dialects/duckdb/fits.ts";
import { name } from "../../../src/sql/dialects/duckdb/names.ts";
import { type FolderGroup, folderGroups } from "../../../src/sql/dialects/duckdb/partition-values.ts";
import { leavesOut } from "../../../src/sql/dialects/duckdb/select-source.ts";
import { isMisfit, readColumns } from "../../../src/sql/dialects/duckdb/shown.ts";
import { filenameOf, type ReadSource, tableFunction } from "../../../src/sql/dialects/duckdb/source.ts";
import { linesOf } from "./record-line.ts";

/** A value that does not fit its column. */
export interface Misfit {
  readonly source: DataSource;
  readonly column: Column;
  /** `null`: it is missing. */
  readonly value: string | null;
  /** `line 3 of "raw/a.csv"`. */
  readonly place: string;
}

/** The first value that does not fit its column, or `null` when every value fits. */
export async function findMisfit(connection: DuckDBConnection, sources: readonly DataSource[]): Promise<Misfit | null> {
  for (const read of sources) {
    if (read.files.length === 0) continue;
    const source = { ...read, isAllText: true };
    for (const group of folderGroups(source)) {
      const found = await misfitIn(connection, source, group);
      if (found !== null) return found;
    }
  }
  return null;
}

async function misfitIn(connection: DuckDBConnection, source: ReadSource, group: FolderGroup): Promise<Misfit | null> {
  // What becomes null, or is left out, did not fail.
  const columns = readColumns(source, group).filter(({ column }) => !leavesOut(source) || !column.nullable);
  if (columns.length === 0) return null;
  const anywhere = columns.map(isMisfit).join(" OR ");
  const filename = name(filenameOf(source));
  const [first] = await rowsOf(
    connection,
    `SELECT ${filename} FROM ${tableFunction(source, group.files)} WHERE ${anywhere} LIMIT 1`,
  );
  if (first === undefined) return null;
  const file = String(first[0]);
  const numbered = `SELECT *, row_number() OVER () AS mason_record FROM ${tableFunction(source, [file])}`;
  const flags = columns.map((column) => `CASE WHEN ${isMisfit(column)} THEN coalesce(${column.written}, '') END`);
  const nulls = columns.map((column) => `${column.written} IS NULL`);
  const [row] = await rowsOf(
    connection,
    `SELECT mason_record, [${flags.join(", ")}], [${nulls.join(", ")}] FROM (${numbered}) WHERE ${anywhere} ORDER BY 1 LIMIT 1`,
  );
  if (row === undefined) return null;
  const [record, values, areNull] = [Number(row[0]), itemsOf(row[1]), itemsOf(row[2])];
  const at = values.findIndex((value) => value !== null);
  const column = columns[at]?.column;
  if (column === undefined) return null;
  const value = areNull[at] === true ? null : String(values[at]);
  return { source, column, value, place: await placeText(source, file, record) };
}

/** The rows of a statement. */
export async function rowsOf(connection: DuckDBConnection, sql: string): Promise<readonly (readonly unknown[])[]> {
  return (await connection.run(sql)).getRows();
}

/** The items of a list. */
export const itemsOf = (value: unknown): readonly unknown[] =>
  typeof value === "object" && value !== null && "items" in value && Array.isArray(value.items) ? value.items : [];

async function placeText(source: DataSource, file: string, record: number): Promise<string> {
  const [line = null] = await linesOf(source, file, [record]);
  if (line !== null) return `line ${line} of "${file}"`;
  return `${source.format === "parquet" ? "row" : "record"} ${record} of "${file}"`;
}

/** What to tell about a value that does not fit the source that it is read from. */
export function misfitSentence({ source, column, value, place }: Misfit): string {
  if (value === null) {
    return `The column "${column.name}" has no value in ${place}, but it is declared with "nullable: false". Add the value, or remove the declaration.`;
  }
  const what = `The value "${excerpt(value)}" of the column "${column.name}" in ${place} does not fit the type ${typeWords(column.type).replace(/^an? /, "")}`;
  if (source.inferred === "before")
    return `${what}, which was inferred before from other values. Infer the table again with all values, declare it, or correct the value.`;
  if (source.inferred === undefined) return `${what}. Correct the value, or change the type of the column.`;
  if (source.format === "parquet")
    return `${what}, which the column has over all files. Read the files separately, or write the column with one type in all of them.`;
  return `${what}, which was inferred from other values. Set "sample_size: all" where it is inferred, so that every value counts, or correct the value.`;
}

const longest = 80;

/** The start of a long value. */
export const excerpt = (value: string): string => (value.length > longest ? `${value.slice(0, longest)}...` : value);
