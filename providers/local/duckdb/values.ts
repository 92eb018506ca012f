/**
 * Converts DuckDB's values to JSON, at any depth. Integers are numbers when a number holds them exactly, else texts. Decimals with
 * digits behind the point are texts with all of them, so that 1.10 stays 1.10 and a column has one kind of value. Dates and times are
 * ISO 8601 texts, and an instant ends in Z. Binary is base64. NaN and infinities, which JSON lacks, are texts.
 */
import type { DuckDBType, DuckDBValue } from "@duckdb/node-api";
import type { Json } from "../../../src/json.ts";
import { type DataType, string } from "../../../src/model/data-type.ts";
import type { Schema } from "../../../src/model/schema.ts";
import { fromDuckDb, unnamedField } from "../../../src/sql/dialects/duckdb/types.ts";

type Sdk = typeof import("@duckdb/node-api");

/** The type of a result column. DuckDB's text of a type omits the alias JSON. */
export function dataTypeOf(type: DuckDBType, sdk: Sdk): DataType {
  if (type.alias === "JSON") return { kind: "json" };
  if (type instanceof sdk.DuckDBListType || type instanceof sdk.DuckDBArrayType) {
    return { kind: "array", element: dataTypeOf(type.valueType, sdk) };
  }
  if (type instanceof sdk.DuckDBMapType) {
    return { kind: "map", key: dataTypeOf(type.keyType, sdk), value: dataTypeOf(type.valueType, sdk) };
  }
  if (type instanceof sdk.DuckDBStructType) {
    const fields = type.entryNames.map((name, at) => ({
      name: name === "" ? unnamedField(at) : name,
      type: entryType(type.entryTypes[at], sdk),
    }));
    return { kind: "struct", fields };
  }
  return fromDuckDb(type.toString()).type;
}

const entryType = (type: DuckDBType | undefined, sdk: Sdk): DataType =>
  type === undefined ? { kind: "unknown" } : dataTypeOf(type, sdk);

/** The columns of a result or of a prepared statement. */
export interface TypedColumns {
  readonly columnCount: number;
  columnName(index: number): string;
  columnType(index: number): DuckDBType;
}

/** The columns of a result. A repeated name, in any letter case, gets a number: DuckDB can't tell such columns apart. */
export function schemaOf(result: TypedColumns, sdk: Sdk): Schema {
  const seen = new Set<string>();
  return Array.from({ length: result.columnCount }, (_, index) => {
    const name = result.columnName(index);
    let unique = name;
    for (let count = 1; seen.has(unique.toLowerCase()); count++) unique = `${name}_${count}`;
    seen.add(unique.toLowerCase());
    return { name: unique, type: typeAt(result, index, sdk), nullable: true };
  });
}

/** The type of a column. DuckDB has a type TYPE that its SDK can't name; such values are written as their text. */
function typeAt(result: TypedColumns, index: number, sdk: Sdk): DataType {
  try {
    return dataTypeOf(result.columnType(index), sdk);
  } catch (error) {
    if (error instanceof Error && error.message.startsWith("Unexpected type id: 0")) return string;
    throw error;
  }
}

/** One value as JSON. */
export function toJson(value: DuckDBValue, sdk: Sdk): Json {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value === "bigint") return integer(value);
  if (value instanceof sdk.DuckDBDecimalValue) return decimal(value);
  if (value instanceof sdk.DuckDBDateValue) return value.toString();
  if (value instanceof sdk.DuckDBTimestampTZValue) return `${utc(value, sdk)}Z`;
  if (
    value instanceof sdk.DuckDBTimestampValue ||
    value instanceof sdk.DuckDBTimestampSecondsValue ||
    value instanceof sdk.DuckDBTimestampMillisecondsValue ||
    value instanceof sdk.DuckDBTimestampNanosecondsValue
  ) {
    return value.toString().replace(" ", "T");
  }
  if (value instanceof sdk.DuckDBBlobValue) return Buffer.from(value.bytes).toString("base64");
  return nested(value, sdk);
}

function nested(value: Exclude<DuckDBValue, null | boolean | string | number | bigint>, sdk: Sdk): Json {
  if (value instanceof sdk.DuckDBListValue || value instanceof sdk.DuckDBArrayValue) {
    return value.items.map((item) => toJson(item, sdk));
  }
  if (value instanceof sdk.DuckDBStructValue) {
    return Object.fromEntries(Object.entries(value.entries).map(([key, item]) => [key, toJson(item, sdk)]));
  }
  if (value instanceof sdk.DuckDBMapValue) {
    return Object.fromEntries(
      value.entries.map(({ key, value: item }) => [keyText(toJson(key, sdk)), toJson(item, sdk)]),
    );
  }
  if (value instanceof sdk.DuckDBUnionValue) return toJson(value.value, sdk);
  return value.toString();
}

const keyText = (key: Json): string => (typeof key === "string" ? key : JSON.stringify(key));

const utc = (value: { readonly micros: bigint }, sdk: Sdk) =>
  new sdk.DuckDBTimestampValue(value.micros).toString().replace(" ", "T");

const integer = (value: bigint): Json =>
  value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value.toString();

const decimal = (value: { readonly value: bigint; readonly scale: number; toString(): string }): Json =>
  value.scale === 0 ? integer(value.value) : value.toString();
