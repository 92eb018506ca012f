/** The lattice that widens the types of one column: null -> bigint -> double -> string, date -> timestamp, and parts of nested types. */

import { type DataType, double, type Field, sameType, string } from "../../model/data-type.ts";
import type { FileFormat } from "../../model/table.ts";

/** The number of fields above which an object is read as a map, because its keys are data. */
export const mostFields = 200;

const json: DataType = { kind: "json" };

/**
 * The type that holds the values of both, or `null`. `lax` is for text formats. Engines can read any of their values as string, or as
 * json when one of them is nested, so a common type always exists.
 */
export function widen(a: DataType, b: DataType, lax: boolean): DataType | null {
  if (a.kind === "unknown" || sameType(a, b)) return b;
  if (b.kind === "unknown") return a;
  if (isNested(a) || isNested(b) || a.kind === "json" || b.kind === "json") {
    return widenNested(a, b, lax) ?? (lax ? json : null);
  }
  return widenNumbers(a, b) ?? widenTimes(a, b) ?? widenText(a, b) ?? (lax ? string : null);
}

const isNested = (type: DataType) => type.kind === "struct" || type.kind === "map" || type.kind === "array";

function widenNested(a: DataType, b: DataType, lax: boolean): DataType | null {
  if (a.kind === "array" && b.kind === "array") {
    const element = widen(a.element, b.element, lax);
    return element === null ? null : { kind: "array", element };
  }
  if (a.kind === "struct" && b.kind === "struct") return widenStructs(a.fields, b.fields, lax);
  if (a.kind === "map" && b.kind === "map") return widenMaps(a, b, lax);
  if (!lax) return null;
  if (a.kind === "map" && b.kind === "struct") return widenMaps(a, { key: string, value: common(b.fields, lax) }, lax);
  if (a.kind === "struct" && b.kind === "map") return widenMaps(b, { key: string, value: common(a.fields, lax) }, lax);
  return null;
}

interface MapParts {
  readonly key: DataType;
  readonly value: DataType | null;
}

function widenMaps(a: MapParts, b: MapParts, lax: boolean): DataType | null {
  const key = widen(a.key, b.key, lax);
  const value = a.value === null || b.value === null ? null : widen(a.value, b.value, lax);
  return key === null || value === null ? null : { kind: "map", key, value };
}

function widenStructs(a: readonly Field[], b: readonly Field[], lax: boolean): DataType | null {
  const fields = new Map(a.map((field) => [field.name, field.type]));
  for (const { name, type } of b) {
    const known = fields.get(name);
    const widened = known === undefined ? type : widen(known, type, lax);
    if (widened === null) return null;
    fields.set(name, widened);
  }
  const all = [...fields].map(([name, type]) => ({ name, type }));
  return lax ? structOrMap(all) : { kind: "struct", fields: all };
}

/** A struct of these fields, a map when there are too many, or json when no struct can have their names. */
export function structOrMap(fields: readonly Field[]): DataType {
  const names = new Set(fields.map((field) => field.name.toLowerCase()));
  if (fields.length > mostFields) return { kind: "map", key: string, value: common(fields, true) ?? json };
  if (fields.length === 0 || names.size < fields.length || names.has("")) return json;
  return { kind: "struct", fields };
}

const common = (fields: readonly Field[], lax: boolean): DataType | null =>
  fields.reduce<DataType | null>((type, field) => (type === null ? null : widen(type, field.type, lax)), {
    kind: "unknown",
  });

function widenNumbers(a: DataType, b: DataType): DataType | null {
  if (a.kind === "int" && b.kind === "int") return a.bits > b.bits ? a : b;
  if (a.kind === "float" && isNumber(b)) return double;
  if (b.kind === "float" && isNumber(a)) return double;
  const [left, right] = [asDecimal(a), asDecimal(b)];
  if (left === null || right === null) return null;
  const scale = Math.max(left.scale, right.scale);
  const precision = Math.max(left.precision - left.scale, right.precision - right.scale) + scale;
  return precision <= 38 ? { kind: "decimal", precision, scale } : null;
}

const isNumber = (type: DataType) => type.kind === "int" || type.kind === "float" || type.kind === "decimal";

const digits = { 8: 3, 16: 5, 32: 10, 64: 19 } as const;

function asDecimal(type: DataType): { readonly precision: number; readonly scale: number } | null {
  if (type.kind === "decimal") return type;
  return type.kind === "int" ? { precision: digits[type.bits], scale: 0 } : null;
}

function widenTimes(a: DataType, b: DataType): DataType | null {
  if (a.kind === "date" && b.kind === "timestamp" && !b.zone) return b;
  if (b.kind === "date" && a.kind === "timestamp" && !a.zone) return a;
  if (a.kind !== "timestamp" || b.kind !== "timestamp" || a.zone !== b.zone) return null;
  return a.precision > b.precision ? a : b;
}

function widenText(a: DataType, b: DataType): DataType | null {
  const isText = (type: DataType) => type.kind === "string" || type.kind === "varchar";
  return isText(a) && isText(b) ? string : null;
}

/** The type with another in place of the parts in which only nulls were seen: `string`, or the `int` that Parquet stores them as. */
export function withoutUnknown(type: DataType, instead: DataType = string): DataType {
  const known = (part: DataType) => withoutUnknown(part, instead);
  switch (type.kind) {
    case "unknown":
      return instead;
    case "array":
      return { kind: "array", element: known(type.element) };
    case "map":
      return { kind: "map", key: known(type.key), value: known(type.value) };
    case "struct":
      return { kind: "struct", fields: type.fields.map(({ name, type }) => ({ name, type: known(type) })) };
    default:
      return type;
  }
}

/** The type of nulls in a format, as engines read them. */
export const typeOfNulls = (format: FileFormat): DataType =>
  format === "parquet" ? { kind: "int", bits: 32 } : string;
