/** The types in which the declared table at a target makes a writer write. The plan shows them and the engine casts to them. */
import type { DataType } from "../model/data-type.ts";
import type { Column, Schema } from "../model/schema.ts";
import type { DataTarget } from "./job.ts";
import { isWidening } from "./widening.ts";

/** The part of a target that decides on types. */
export type Held = Pick<DataTarget, "format" | "partitionBy" | "into">;

/** The declared column of a written one. */
export const declaredColumn = (target: Pick<DataTarget, "into">, name: string): Column | undefined =>
  target.into?.columns.find((column) => column.name.toLowerCase() === name.toLowerCase());

/** The columns with the declared types where the files keep types and that loses nothing. */
export const widenedTypes = (columns: Schema, target: Held): Schema =>
  retyped(columns, target, (type, declared, isText) => !isText && isWidening(type, declared));

/** The columns with the types to which a writer casts. Text gets its type by reading, so values are held to that type too. */
export const writtenTypes = (columns: Schema, target: Held): Schema =>
  retyped(
    columns,
    target,
    (type, declared, isText) => isWidening(type, declared) || (isText && areScalars(type, declared)),
  );

type Takes = (type: DataType, declared: DataType, isText: boolean) => boolean;

function retyped(columns: Schema, target: Held, takes: Takes): Schema {
  if (target.into === undefined) return columns;
  return columns.map((column) => {
    const declared = declaredColumn(target, column.name);
    const isText = target.format !== "parquet" || target.partitionBy.includes(column.name);
    if (declared === undefined) return column;
    const { isUntyped = false, ...typed } = column;
    return isUntyped || takes(column.type, declared.type, isText) ? { ...typed, type: declared.type } : column;
  });
}

const scalars = new Set(["int", "float", "decimal", "date", "timestamp"]);

/** Types between which a cast either keeps the value or is found out by casting back. */
const areScalars = (a: DataType, b: DataType): boolean => scalars.has(a.kind) && scalars.has(b.kind);
