/**
 * Maps Parquet types to ours as DuckDB (1.5.5) reads them, including decimals, lists, maps and structs
 * (https://parquet.apache.org/docs/file-format/types). Milliseconds are read as microseconds.
 */
import type { SchemaElement, SchemaTree, TimeUnit } from "hyparquet/src/types.js";
import { type DataType, double } from "../../../model/data-type.ts";
import type { Column } from "../../../model/schema.ts";
import { uniqueNames } from "./names.ts";

/** The column for a node below the root. */
export function columnOf(node: SchemaTree): Column {
  const nullable = node.element.repetition_type !== "REQUIRED";
  return { name: node.element.name, type: typeOfNode(node), nullable };
}

/** The type of a node. A repeated node outside a list or map is a list of its value. */
function typeOfNode(node: SchemaTree): DataType {
  const type = typeOfValue(node);
  return node.element.repetition_type === "REPEATED" ? { kind: "array", element: type } : type;
}

function typeOfValue(node: SchemaTree): DataType {
  if (node.children.length === 0) return typeOfLeaf(node.element);
  if (isAnnotated(node, "LIST")) return typeOfList(node);
  if (isAnnotated(node, "MAP") || node.element.converted_type === "MAP_KEY_VALUE") return typeOfMap(node);
  if (node.element.logical_type?.type === "VARIANT") return { kind: "json" };
  return structOf(node);
}

const isAnnotated = (node: SchemaTree, name: "LIST" | "MAP") =>
  node.element.logical_type?.type === name || node.element.converted_type === name;

/** A struct. DuckDB numbers repeated names; it can't name the fields of a struct that has one without a name. */
function structOf(node: SchemaTree): DataType {
  const names = fieldNames(node);
  if (names === null) return { kind: "json" };
  return {
    kind: "struct",
    fields: node.children.map((child, at) => ({ name: names[at] ?? child.element.name, type: typeOfNode(child) })),
  };
}

/** The names by which the fields of a struct are read; `null` when one has none. */
export function fieldNames({ children }: SchemaTree): readonly string[] | null {
  const given = children.map((child) => child.element.name);
  return given.includes("") ? null : uniqueNames(given);
}

/** True for a node that is read as a struct. */
export const isStruct = (node: SchemaTree): boolean =>
  node.children.length > 0 &&
  !isAnnotated(node, "LIST") &&
  !isAnnotated(node, "MAP") &&
  node.element.converted_type !== "MAP_KEY_VALUE" &&
  node.element.logical_type?.type !== "VARIANT";

/** The type of a list. The standard has three levels. Old writers omit the middle one and are recognised by the standard's rules. */
function typeOfList(node: SchemaTree): DataType {
  const [repeated] = node.children;
  if (repeated === undefined || repeated.element.repetition_type !== "REPEATED") return structOf(node);
  const [only] = repeated.children;
  const { name } = repeated.element;
  const isElement = repeated.children.length !== 1 || name === "array" || name === `${node.element.name}_tuple`;
  return { kind: "array", element: isElement || only === undefined ? typeOfValue(repeated) : typeOfNode(only) };
}

function typeOfMap(node: SchemaTree): DataType {
  const [key, value] = node.children[0]?.children ?? [];
  if (key === undefined) return structOf(node);
  return { kind: "map", key: typeOfNode(key), value: value === undefined ? { kind: "unknown" } : typeOfNode(value) };
}

function typeOfLeaf(element: SchemaElement): DataType {
  return ofLogicalType(element) ?? ofConvertedType(element) ?? ofPhysicalType(element);
}

function ofLogicalType({ logical_type: logical }: SchemaElement): DataType | null {
  switch (logical?.type) {
    case "STRING":
    case "ENUM":
    case "UUID":
      return { kind: "string" };
    case "JSON":
    case "VARIANT":
      return { kind: "json" };
    case "DATE":
      return { kind: "date" };
    case "TIME":
      return { kind: "time" };
    case "INTERVAL":
      return { kind: "interval" };
    case "NULL":
      return { kind: "unknown" };
    case "FLOAT16":
      return { kind: "float", bits: 32 };
    case "DECIMAL":
      return decimal(logical.precision, logical.scale);
    case "TIMESTAMP":
      return timestamp(logical.unit, logical.isAdjustedToUTC);
    case "INTEGER":
      return integer(logical.bitWidth, logical.isSigned);
    default:
      return null;
  }
}

/** An instant has microseconds, and a wall-clock time those or nanoseconds. */
const timestamp = (unit: TimeUnit, zone: boolean): DataType => ({
  kind: "timestamp",
  precision: unit === "NANOS" && !zone ? 9 : 6,
  zone,
});

/** DuckDB reads decimals of more digits than it has as doubles. */
const decimal = (precision: number, scale: number): DataType =>
  precision > mostDigits ? double : { kind: "decimal", precision, scale };

/** The most digits of a decimal. */
export const mostDigits = 38;

/** The integer type. An unsigned integer takes the next wider type that holds it. */
function integer(bits: number, signed: boolean): DataType {
  if (bits === 64) return signed ? { kind: "int", bits } : { kind: "decimal", precision: 20, scale: 0 };
  if (bits === 32) return { kind: "int", bits: signed ? 32 : 64 };
  if (bits === 16) return { kind: "int", bits: signed ? 16 : 32 };
  return { kind: "int", bits: signed ? 8 : 16 };
}

function ofConvertedType(element: SchemaElement): DataType | null {
  const converted = element.converted_type;
  const number = /^(U?)INT_(8|16|32|64)$/.exec(converted ?? "");
  if (number !== null) return integer(Number(number[2]), number[1] === "");
  switch (converted) {
    case "UTF8":
    case "ENUM":
      return { kind: "string" };
    case "JSON":
      return { kind: "json" };
    case "DECIMAL":
      return decimal(element.precision ?? 18, element.scale ?? 0);
    case "DATE":
      return { kind: "date" };
    case "TIME_MILLIS":
    case "TIME_MICROS":
      return { kind: "time" };
    // Without the newer annotation, engines read these as wall-clock times.
    case "TIMESTAMP_MILLIS":
    case "TIMESTAMP_MICROS":
      return { kind: "timestamp", precision: 6, zone: false };
    case "INTERVAL":
      return { kind: "interval" };
    default:
      return null;
  }
}

function ofPhysicalType(element: SchemaElement): DataType {
  switch (element.type) {
    case "BOOLEAN":
      return { kind: "boolean" };
    case "INT32":
      return { kind: "int", bits: 32 };
    case "INT64":
      return { kind: "int", bits: 64 };
    case "INT96":
      return { kind: "timestamp", precision: 6, zone: false };
    case "FLOAT":
      return { kind: "float", bits: 32 };
    case "DOUBLE":
      return { kind: "float", bits: 64 };
    default:
      return { kind: "binary" };
  }
}
