/** Holds the values that a job writes into a declared table to its types and to "nullable: false". */
import { declaredColumn, writtenTypes } from "../../../job/held.ts";
import type { DataTarget } from "../../../job/job.ts";
import { asJson, fromParquet } from "../../../job/read-back.ts";
import { isWidening } from "../../../job/widening.ts";
import type { DataType } from "../../../model/data-type.ts";
import type { Schema } from "../../../model/schema.ts";
import { castable, failing, misfit, tried } from "./fits.ts";
import { name, text } from "./names.ts";
import { duckDbType } from "./types.ts";

const label = (place: number) => `output column ${place + 1}: `;
const noValue = (place: number) => `output column ${place + 1} has no value`;

/** One value that is written: as the query gives it, and in the type in which it is written. */
export interface HeldValue {
  readonly place: number;
  readonly name: string;
  readonly expression: string;
  readonly from: DataType;
  readonly to: DataType;
}

/** The value in its type. It fails for a value that the declared column can't hold; the failure names the column by its place. */
export function heldValue(value: HeldValue, target: DataTarget): string {
  const declared = declaredColumn(target, value.name);
  const cast = castOf(value);
  if (declared === undefined) return cast;
  const held = unlessTooLong(value, declared.type) ?? unlessChanged(value) ?? cast;
  if (declared.nullable) return held;
  const reason = `${text(noValue(value.place))} || coalesce(CAST(${value.expression} AS VARCHAR), '')`;
  return `CASE WHEN (${value.expression}) IS NULL THEN ${failing(reason, value.to)} ELSE ${held} END`;
}

const castOf = ({ expression, to }: HeldValue) => `CAST(${expression} AS ${duckDbType(to)})`;

function unlessTooLong({ expression, from, to, place }: HeldValue, declared: DataType): string | null {
  if (declared.kind !== "varchar" || isWidening(from, declared)) return null;
  const written = `CAST(${expression} AS ${duckDbType(to)})`;
  const isLonger = `length(CAST(${expression} AS VARCHAR)) > ${declared.length}`;
  return `CASE WHEN ${isLonger} THEN ${failing(`${text(label(place))} || ${expression}`, to)} ELSE ${written} END`;
}

function unlessChanged({ expression, from, to, place }: HeldValue): string | null {
  if (isWidening(from, to)) return null;
  const cast = `TRY_CAST(${castable(expression, from, to)} AS ${duckDbType(to)})`;
  const isChanged = `CAST(${cast} AS ${duckDbType(from)}) IS DISTINCT FROM ${expression}`;
  const shown = `${text(label(place))} || CAST(${expression} AS VARCHAR)`;
  return `CASE WHEN ${isChanged} THEN ${failing(shown, to)} ELSE ${cast} END`;
}

/** A column that may hold a value that the declared one can't. */
export interface HeldColumn {
  readonly name: string;
  readonly isNullable: boolean;
  /** The condition under which its value does not fit. */
  readonly misfit: string;
}

/** The columns of a result whose values may not fit the declared table of the target. */
export function heldColumns(bound: Schema, target: DataTarget): readonly HeldColumn[] {
  return writtenColumns(bound, target).flatMap((value) => {
    const declared = declaredColumn(target, value.name);
    const held = heldValue(value, target);
    if (declared === undefined || held === castOf(value)) return [];
    const isNull = `${tried(value.expression, held)} IS NULL`;
    const misfit = declared.nullable ? `(${value.expression} IS NOT NULL AND ${isNull})` : `(${isNull})`;
    return [{ name: value.name, isNullable: declared.nullable, misfit }];
  });
}

/** The columns of a result as they are written. */
export const writtenColumns = (bound: Schema, target: DataTarget): readonly HeldValue[] =>
  writtenTypes(bound, target).map(({ name: own, type }, place) => ({
    place,
    name: own,
    // Once kept in a table, nulls without a type are integers, which DuckDB can't cast to every type.
    expression: bound[place]?.isUntyped ? `CASE WHEN ${name(own)} IS NULL THEN NULL END` : name(own),
    from: bound[place]?.isUntyped ? type : (bound[place]?.type ?? type),
    to: heldTypes[target.format](type),
  }));

const heldTypes = { csv: (type: DataType) => type, json: asJson, jsonl: asJson, parquet: fromParquet } as const;

/** A value that DuckDB refused to write; `null` is a missing one. */
export interface Refused {
  readonly column: string;
  readonly value: string | null;
}

const refusal = new RegExp(`${misfit}: output column (\\d+)(?: has no value|: ([\\s\\S]*?))' to INT32`);

/** The value that an error of DuckDB is about, if it is one of {@link heldValue}. `bound`: the columns that were written. */
export function refusedValue(message: string, bound: Schema): Refused | null {
  const found = refusal.exec(message);
  const column = bound[Number(found?.[1]) - 1];
  return found === null || column === undefined ? null : { column: column.name, value: found[2] ?? null };
}
