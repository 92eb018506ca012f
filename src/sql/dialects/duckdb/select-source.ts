/** The rows of a source, with what its table says about values that do not fit. */
import type { DataSource } from "../../../job/job.ts";
import type { Column } from "../../../model/schema.ts";
import { name, unusedName } from "./names.ts";
import { type FolderGroup, folderGroups } from "./partition-values.ts";
import { canMisfit, readColumn, required, shownValue, triedValue } from "./shown.ts";
import { columnsOf, type ReadSource, selectNothing, tableFunction } from "./source.ts";

/** A SELECT of the source's columns in their order, followed by the expressions of `extra`. */
export function selectSource(source: DataSource, extra: readonly string[] = []): string {
  if (source.files.length === 0) return selectNothing(columnsOf(source));
  return folderGroups(source)
    .map((group) => selectGroup(source, group, extra))
    .join(" UNION ALL ");
}

/** True when values that do not fit are left out, and there may be some. */
export const leavesOut = ({ onMismatch, hasMisfits }: DataSource): boolean =>
  onMismatch !== undefined && hasMisfits !== false;

function selectGroup(source: DataSource, group: FolderGroup, extra: readonly string[]): string {
  const all: ReadSource = leavesOut(source) ? { ...source, isAllText: true } : source;
  const from = tableFunction(all, group.files);
  if (leavesOut(source) && source.onMismatch?.rule === "skip_row") return fittingRows(all, group, from);
  const value = (column: Column) => (leavesOut(source) ? orNull(all, column, group) : shownValue(all, column, group));
  const columns = columnsOf(source).map((column) => `${value(column)} AS ${name(column.name)}`);
  return `SELECT ${[...columns, ...extra].join(", ")} FROM ${from}`;
}

/** The value of a column, or null if it does not fit. Where null is not allowed, it fails. */
function orNull(source: ReadSource, column: Column, group: FolderGroup): string {
  const nullable = { ...column, nullable: true };
  const read = readColumn(source, nullable, group);
  const value = shownValue(source, nullable, group);
  const fitting = read === null || !canMisfit(read) ? value : triedValue(read);
  return column.nullable ? fitting : required(source, column, fitting);
}

/** The rows in which every value fits, whichever columns are used later. */
function fittingRows(source: ReadSource, group: FolderGroup, from: string): string {
  const columns = columnsOf(source);
  const isNull = (at: number) =>
    name(
      unusedName(
        `mason_null_${at}`,
        columns.map((column) => column.name),
      ),
    );
  const reads = columns.map((column) => readColumn(source, column, group));
  const inner = reads.flatMap((read, at) => {
    const column = columns[at];
    if (column === undefined) return [];
    if (read === null || !canMisfit(read)) return [`${shownValue(source, column, group)} AS ${name(column.name)}`];
    return [`${triedValue(read)} AS ${name(column.name)}`, `(${read.raw}) IS NULL AS ${isNull(at)}`];
  });
  const fits = reads.flatMap((read, at) => {
    if (read === null || !canMisfit(read)) return [];
    const isThere = `${name(read.column.name)} IS NOT NULL`;
    return read.column.nullable ? [`(${isNull(at)} OR ${isThere})`] : [isThere];
  });
  const where = fits.length === 0 ? "" : ` WHERE ${fits.join(" AND ")}`;
  return `SELECT ${columns.map((column) => name(column.name)).join(", ")} FROM (SELECT ${inner.join(", ")} FROM ${from})${where}`;
}
