/** Rows of Trino's protocol as ours: structs by field name, maps as lists of key and value, numbers that JSON can't hold as text. */
import type { Json, JsonObject } from "../../../src/json.ts";
import type { DataType } from "../../../src/model/data-type.ts";
import { type Column, column } from "../../../src/model/schema.ts";
import { fromTrino } from "../../../src/sql/dialects/trino/types.ts";

/** The columns of an answer. A second column with the name of another gets a number, as in DuckDB: `n`, `n_1`. */
export function columnsOf(columns: readonly { readonly name: string; readonly type: string }[]): readonly Column[] {
  const taken = new Set<string>();
  return columns.map(({ name, type }) => {
    let free = name;
    for (let number = 1; taken.has(free); number++) free = `${name}_${number}`;
    taken.add(free);
    return column(free, fromTrino(type).type);
  });
}

/** One row by column name. */
export const rowOf = (columns: readonly Column[], values: readonly Json[]): JsonObject =>
  // Assignment would lose a column named __proto__.
  Object.fromEntries(columns.map(({ name, type }, at) => [name, plainValue(values[at] ?? null, type)]));

function plainValue(value: Json, type: DataType): Json {
  if (value === null) return null;
  if (type.kind === "array" && Array.isArray(value)) return value.map((item: Json) => plainValue(item, type.element));
  if (type.kind === "struct" && Array.isArray(value))
    return Object.fromEntries(type.fields.map((field, at) => [field.name, plainValue(value[at] ?? null, field.type)]));
  if (type.kind === "map" && typeof value === "object" && !Array.isArray(value))
    return Object.entries(value).map(([key, item]) => ({
      key: keyOf(key, type.key),
      value: plainValue(item ?? null, type.value),
    }));
  return value;
}

/** A key, which the protocol gives as text. */
function keyOf(key: string, type: DataType): Json {
  if (type.kind === "boolean") return key === "true";
  if (type.kind !== "int" && type.kind !== "float") return key;
  const number = Number(key);
  return type.kind === "int" && !Number.isSafeInteger(number) ? key : Number.isFinite(number) ? number : key;
}
