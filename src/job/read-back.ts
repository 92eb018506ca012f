/**
 * The types that a reader finds in what a job wrote. Parquet keeps nearly all of them. Text formats and folder names keep texts, from
 * which a reader infers types again, so those types are predictions.
 */
import type { DataType } from "../model/data-type.ts";
import { bigint, double, string } from "../model/data-type.ts";
import type { Schema } from "../model/schema.ts";
import type { DataTarget } from "./job.ts";

/** The columns of a target as they are read again, in the order of `columns`. */
export interface ReadBack {
  readonly columns: Schema;
  /** False when a type depends on the values. */
  readonly isSure: boolean;
}

/** What reading gives of the columns that were written to a target. */
export function readBack(
  columns: Schema,
  { format, partitionBy }: Pick<DataTarget, "format" | "partitionBy">,
): ReadBack {
  const isFolder = (name: string) => partitionBy.includes(name);
  return {
    columns: columns.map(({ isUntyped = false, partlyUntyped, ...column }) => {
      const read = isFolder(column.name) ? fromText : readers[format];
      // Where a text has only nulls, nothing tells their type.
      if (read === fromParquet) return { ...column, type: read(column.type) };
      return { ...column, type: isUntyped ? string : read(partlyUntyped ?? column.type) };
    }),
    isSure: format === "parquet" && !columns.some((column) => isFolder(column.name)),
  };
}

/** The type that Parquet keeps of a type. It has no lengths of texts, and DuckDB writes no seconds or milliseconds. */
export function fromParquet(type: DataType): DataType {
  switch (type.kind) {
    case "timestamp":
      return type.precision < 6 || type.zone ? { ...type, precision: 6 } : type;
    case "varchar":
    case "unknown":
      return string;
    default:
      return inside(type, fromParquet);
  }
}

/**
 * The type in which JSON is given a type. DuckDB writes decimals without a digit before the point as `.5`, which is no JSON; with one digit
 * more it writes `0.5`, and where that is one too many the digits are a text.
 */
export function asJson(type: DataType): DataType {
  if (type.kind !== "decimal" || type.precision > type.scale) return inside(type, asJson);
  return type.precision === mostDigits ? string : { ...type, precision: type.precision + 1 };
}

const mostDigits = 38;

function fromText(type: DataType): DataType {
  switch (type.kind) {
    case "boolean":
    case "date":
      return type;
    case "int":
      return bigint;
    case "float":
      return double;
    case "decimal":
      return ofDecimal(type);
    case "timestamp":
      return { ...type, precision: type.precision === 9 ? 9 : 6 };
    default:
      return string;
  }
}

/** More than 18 digits may be more than 64 bits, which are read as text. */
const ofDecimal = ({ precision, scale }: DataType & { kind: "decimal" }): DataType =>
  scale > 0 ? double : precision > 18 ? string : bigint;

function fromJson(type: DataType): DataType {
  switch (type.kind) {
    case "array":
    case "struct":
    case "map":
      return inside(type, fromJson);
    case "json":
      return type;
    default:
      return fromText(asJson(type));
  }
}

const readers = { csv: fromText, json: fromJson, jsonl: fromJson, parquet: fromParquet } as const;

function inside(type: DataType, part: (type: DataType) => DataType): DataType {
  switch (type.kind) {
    case "array":
      return { ...type, element: part(type.element) };
    case "map":
      return { ...type, key: part(type.key), value: part(type.value) };
    case "struct":
      return { ...type, fields: type.fields.map((field) => ({ ...field, type: part(field.type) })) };
    default:
      return type;
  }
}
