/** Differences between a catalogued table and its files, as sentences. */
import { sameJson } from "../../json.ts";
import { formatDataType, sameType } from "../../model/data-type.ts";
import type { Schema } from "../../model/schema.ts";
import type { Table } from "../../model/table.ts";
import { fitsDeclared } from "./fits.ts";

/** The part of a table that its files decide. */
export type Shape = Pick<Table, "format" | "columns" | "partitions" | "location" | "csv">;

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
    ...(isRead ? [] : ["The delimiter or compression of its files changed."]),
  ];
}

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

/** How files differ from the declared table over them; empty when they match the declaration. */
export function differencesFromDeclared(declared: Shape, found: Shape): readonly string[] {
  const isExact = found.format === "parquet";
  return [
    ...(declared.location === found.location
      ? []
      : [`its location is declared as "${declared.location}", not "${found.location}"`]),
    ...(declared.format === found.format
      ? []
      : [`it is declared as ${declared.format}, but the files are ${found.format}`]),
    ...misfits("column", declared.columns, found.columns, isExact),
    // Partition values are text in the names of folders, whatever the format.
    ...misfits("partition column", declared.partitions, found.partitions, false),
  ];
}

function misfits(kind: string, declared: Schema, found: Schema, isExact: boolean): readonly string[] {
  const [wanted, there] = [byName(declared), byName(found)];
  const lacking = declared
    .filter((column) => !there.has(column.name))
    .map(({ name }) => `${kind} "${name}" is declared, but not in the files`);
  const others = found.flatMap((column) => {
    const was = wanted.get(column.name);
    const type = formatDataType(column.type);
    if (was === undefined) return [`${kind} "${column.name}" (${type}) is in the files, but not declared`];
    if (fitsDeclared(column.type, was.type, isExact)) return [];
    return [`${kind} "${column.name}" is declared as ${formatDataType(was.type)}, but the files hold ${type}`];
  });
  return [...lacking, ...others];
}

const byName = (columns: Schema) => new Map(columns.map((column) => [column.name, column]));
