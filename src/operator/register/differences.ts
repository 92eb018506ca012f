/** Differences between a catalogued table and its files, as sentences. */
import { type Json, sameJson } from "../../json.ts";
import { formatDataType, sameType } from "../../model/data-type.ts";
import { normalPath } from "../../model/path.ts";
import type { Schema } from "../../model/schema.ts";
import type { CsvDialect, Table } from "../../model/table.ts";
import { fitsDeclared } from "./fits.ts";

/** The part of a table that its files decide. */
export type Shape = Pick<Table, "format" | "columns" | "partitions" | "location" | "csv" | "settings" | "isSampled">;

/** What an update would change; empty when both are the same. */
export function changesBetween(before: Shape, after: Shape): readonly string[] {
  const isRead = sameJson({ ...before.csv }, { ...after.csv });
  return [
    ...(before.format === after.format ? [] : [`The format changed from ${before.format} to ${after.format}.`]),
    ...(before.location === after.location
      ? []
      : [`The location changed from "${before.location}" to "${after.location}".`]),
    ...columnChanges("Column", before.columns, after.columns),
    ...columnChanges("Partition column", before.partitions, after.partitions),
    ...(sameJson(settingsJson(before), settingsJson(after)) ? [] : ["The settings for reading its files changed."]),
    ...sampleChange(before, after),
    ...(isRead ? [] : dialectChanges({ ...before.csv }, { ...after.csv })),
  ];
}

/** A preview does not tell how much was read. */
function sampleChange({ isSampled: was = false }: Shape, { isSampled: is = was }: Shape): readonly string[] {
  if (was === is) return [];
  return [`Its schema now comes from ${is ? "a sample" : "all values"}.`];
}

/** Names of what a dialect tells, for messages. */
const dialectNames: Readonly<Record<keyof CsvDialect, string>> = {
  delimiter: "delimiter",
  quote: "quote",
  header: "header",
  compression: "compression",
  nullPadding: "padding of short rows",
  newline: "line ends",
  skip: "number of lines above the header",
  escape: "escape character",
  nulls: "texts for null",
  encoding: "encoding",
  decimal: "decimal separator",
  dateFormat: "format of dates",
  timestampFormat: "format of timestamps",
};

function dialectChanges(before: Partial<CsvDialect>, after: Partial<CsvDialect>): readonly string[] {
  const keys = Object.keys(dialectNames) as (keyof CsvDialect)[];
  const names = keys
    .filter((key) => !sameJson(before[key] as Json, after[key] as Json))
    .map((key) => dialectNames[key]);
  if (before.delimiter === undefined || after.delimiter === undefined) return ["How its files are delimited changed."];
  const [last = "", ...others] = [...names].reverse();
  const all = others.length === 0 ? last : `${others.reverse().join(", ")} and ${last}`;
  return [`In its files, the ${all} changed.`];
}

const settingsJson = ({ settings }: Shape) => ({
  csv: { ...settings?.csv },
  files: { ...settings?.files },
  on_mismatch: settings?.onMismatch,
});

function columnChanges(kind: string, before: Schema, after: Schema): readonly string[] {
  const [old, now] = [byName(before), byName(after)];
  const gone = before.filter((column) => !now.has(column.name)).map(({ name }) => `${kind} "${name}" was removed.`);
  const changed = after.flatMap((column) => {
    const was = old.get(column.name);
    const type = formatDataType(column.type);
    if (was === undefined) return [`${kind} "${column.name}" (${type}) was added.`];
    if (!sameType(was.type, column.type)) {
      return [`${kind} "${column.name}" changed from ${formatDataType(was.type)} to ${type}.`];
    }
    if (was.nullable === column.nullable) return [];
    return [`${kind} "${column.name}" ${column.nullable ? "may now be null" : "is no longer null"}.`];
  });
  const order = (columns: Schema, others: ReadonlyMap<string, unknown>) =>
    columns.flatMap((column) => (others.has(column.name) ? [column.name] : [])).join("\0");
  const isMoved = order(before, now) !== order(after, old);
  return [...gone, ...changed, ...(isMoved ? [`The order of the ${kind.toLowerCase()}s changed.`] : [])];
}

/** How the differences between a declaration and its files are worded. */
export interface Words {
  readonly lacking: string;
  readonly extra: string;
  readonly type: string;
  readonly format: string;
}

const ofFiles: Words = {
  lacking: "is declared, but not in the files",
  extra: "is in the files, but not declared",
  type: "but the files hold",
  format: "but the files are",
};

/** How files differ from the declared table over them; empty when they match the declaration. Readers find columns whatever their case. */
export function differencesFromDeclared(declared: Shape, found: Shape, words = ofFiles): readonly string[] {
  const isExact = found.format === "parquet";
  return [
    ...(samePath(declared.location, found.location)
      ? []
      : [`its location is declared as "${declared.location}", not "${found.location}"`]),
    ...(declared.format === found.format
      ? []
      : [`it is declared as ${declared.format}, ${words.format} ${found.format}`]),
    ...misfits("column", declared.columns, found.columns, isExact, words),
    // Partition values are text in the names of folders, whatever the format.
    ...misfits("partition column", declared.partitions, found.partitions, false, words),
  ];
}

const samePath = (a: string, b: string) => (normalPath(a) ?? a) === (normalPath(b) ?? b);

function misfits(kind: string, declared: Schema, found: Schema, isExact: boolean, words: Words): readonly string[] {
  const [wanted, there] = [byLowerName(declared), byLowerName(found)];
  const lacking = declared
    .filter((column) => !there.has(column.name.toLowerCase()))
    .map(({ name }) => `${kind} "${name}" ${words.lacking}`);
  const others = found.flatMap((column) => {
    const was = wanted.get(column.name.toLowerCase());
    const type = formatDataType(column.type);
    if (was === undefined) return [`${kind} "${column.name}" (${type}) ${words.extra}`];
    if (fitsDeclared(column.type, was.type, isExact)) return [];
    return [`${kind} "${column.name}" is declared as ${formatDataType(was.type)}, ${words.type} ${type}`];
  });
  return [...lacking, ...others];
}

const byName = (columns: Schema) => new Map(columns.map((column) => [column.name, column]));
const byLowerName = (columns: Schema) => new Map(columns.map((column) => [column.name.toLowerCase(), column]));
