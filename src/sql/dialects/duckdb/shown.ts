/** The values of a source's columns as expressions over its files. They fail for a value that does not fit its column. */
import type { DataSource } from "../../../job/job.ts";
import type { Column } from "../../../model/schema.ts";
import { failing, storedAs, textAs, tried } from "./fits.ts";
import { readAs } from "./json-values.ts";
import { name } from "./names.ts";
import { type FolderGroup, partitionText, partitionValue } from "./partition-values.ts";
import {
  columnsOf,
  csvReadType,
  filenameOf,
  isNamed,
  isSure,
  keepsEmptyTexts,
  layoutOf,
  placeOf,
  type ReadSource,
  readName,
  readsTexts,
} from "./source.ts";
import { duckDbType } from "./types.ts";

/** The value of a shown column, with its exact type. It fails for a value that does not fit the type. */
export function shownValue(source: ReadSource, column: Column, group: FolderGroup): string {
  const partition = source.partitions.findIndex((item) => isNamed(item, column.name));
  const value =
    partition >= 0 ? partitionValue(column, partition, group, name(filenameOf(source))) : fileValue(source, column);
  return column.nullable ? value : required(source, column, value);
}

/** A value that must not be null. */
export const required = (source: DataSource, column: Column, value: string): string =>
  `CASE WHEN (${value}) IS NULL THEN ${failing(name(filenameOf(source)), column.type)} ELSE ${value} END`;

function fileValue(source: ReadSource, column: Column): string {
  const place = placeOf(source, column);
  const file = layoutOf(source)[place];
  if (file === undefined) return `CAST(NULL AS ${duckDbType(column.type)})`;
  const quoted = name(readName(source, file, place));
  if (column.type.kind === "unknown") return quoted;
  const form = { ...textForm(source), isInteger: file.type.kind === "int" };
  if (source.format === "csv") {
    if (csvReadType(source, place).kind !== "string") return quoted;
    const csv = { ...form, ...source.csv, isSure: isSure(source, file, column) };
    return textAs(quoted, column.type, { ...csv, isEmptyNull: isEmptyNull(source, column) });
  }
  if (source.format !== "parquet") return isSure(source, file, column) ? quoted : readAs(quoted, column.type, form);
  const stored = source.stored?.[file.name];
  return stored === undefined ? `CAST(${quoted} AS ${duckDbType(column.type)})` : storedAs(quoted, stored, column.type);
}

/** True when an empty text may stand in quotes for a null, as it may in columns of other types than text. */
const isEmptyNull = (source: ReadSource, { type }: Column): boolean =>
  keepsEmptyTexts(source) && !["string", "varchar", "unknown"].includes(type.kind);

const textForm = (source: ReadSource) => ({
  isCanonical: source.inferred !== undefined,
  isAllText: readsTexts(source),
});

/** How a column is read: what stands in the file, the same as text, and the value, which fails if that does not fit. */
export interface ReadColumn {
  readonly column: Column;
  readonly raw: string;
  readonly written: string;
  readonly value: string;
}

/** How each column of a source is read, except those that no file has and none must have. */
export function readColumns(source: ReadSource, group: FolderGroup): readonly ReadColumn[] {
  return columnsOf(source).flatMap((column) => readColumn(source, column, group) ?? []);
}

/** How a column is read; `null` if no file has it and none must have it. */
export function readColumn(source: ReadSource, column: Column, group: FolderGroup): ReadColumn | null {
  const value = shownValue(source, column, group);
  const partition = source.partitions.findIndex((item) => isNamed(item, column.name));
  if (partition >= 0) {
    const raw = partitionText(column, partition, group, name(filenameOf(source)));
    return { column, value, raw, written: raw };
  }
  const place = placeOf(source, column);
  const file = layoutOf(source)[place];
  if (file === undefined) return column.nullable ? null : { column, value, raw: "NULL", written: "NULL" };
  const quoted = name(readName(source, file, place));
  const raw = isEmptyNull(source, column) && value !== quoted ? `nullif(${quoted}, '')` : quoted;
  return { column, value, raw, written: `CAST(${raw} AS VARCHAR)` };
}

/** True when a value of the column may fail. */
export const canMisfit = ({ column, raw, value }: ReadColumn): boolean => !column.nullable || value !== raw;

/** The value of a column, or null if it does not fit. */
export const triedValue = ({ raw, value }: ReadColumn): string => tried(raw, value);

/** The condition under which the value of a column does not fit. */
export const isMisfit = (read: ReadColumn): string =>
  read.column.nullable ? `(${read.raw} IS NOT NULL AND ${triedValue(read)} IS NULL)` : `(${triedValue(read)} IS NULL)`;
