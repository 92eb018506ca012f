/** Values of JSON as types, so that none is rounded or cut: what DuckDB's JSON reader would change is read as text first. */
import { type DataType, sameType, string } from "../../../model/data-type.ts";
import { failing, type TextForm, textAs } from "./fits.ts";
import { name, text } from "./names.ts";
import { someType } from "./some-type.ts";

/**
 * How a value of JSON is read, so that {@link readAs} can check it: what DuckDB's JSON reader would round is read as text. With
 * `isAllText`, so is what it refuses by itself, and what is nested is read as JSON.
 */
export function jsonReadType(type: DataType, isAllText = false): DataType {
  switch (type.kind) {
    case "boolean":
      return isAllText ? string : type;
    case "float":
    case "varchar":
    case "int":
    case "decimal":
    case "date":
    case "time":
    case "timestamp":
    // Written as text with escapes.
    case "binary":
      return string;
    case "array":
      return isAllText ? { kind: "json" } : { kind: "array", element: jsonReadType(type.element) };
    case "map":
      return isAllText ? { kind: "json" } : { kind: "map", key: type.key, value: jsonReadType(type.value) };
    case "struct": {
      const fields = type.fields.map((field) => ({ ...field, type: jsonReadType(field.type) }));
      return isAllText ? { kind: "json" } : { kind: "struct", fields };
    }
    default:
      return type;
  }
}

/** What was read as {@link jsonReadType} as the type itself, at any depth. */
export function readAs(expression: string, type: DataType, form: TextForm, depth = 0): string {
  if (sameType(jsonReadType(type, form.isAllText), type)) return expression;
  if (form.isAllText === true)
    return isNested(type) ? jsonAs(expression, type, form, depth) : textAs(expression, type, form);
  const item = `item${depth}`;
  const inner = (part: string, of: DataType) => readAs(part, of, form, depth + 1);
  switch (type.kind) {
    case "array":
      return `list_transform(${expression}, lambda ${item}: ${inner(item, type.element)})`;
    case "map":
      return mapOf(`map_entries(${expression})`, item, inner(`${item}."value"`, type.value));
    case "struct": {
      const fields = type.fields.map((field) =>
        inner(`struct_extract(${expression}, ${text(field.name)})`, field.type),
      );
      return `CASE WHEN ${expression} IS NULL THEN NULL ELSE ${structOf(type, fields)} END`;
    }
    default:
      return textAs(expression, type, form);
  }
}

/** A value as JSON can hold it. JSON has no infinities, so they are texts, at any depth. */
export function finiteIn(value: string, type: DataType, depth = 0): string {
  if (!someType(type, (part) => part.kind === "float")) return value;
  const item = `item${depth}`;
  switch (type.kind) {
    case "float":
      return `CASE WHEN isfinite(${value}) THEN to_json(${value}) ELSE to_json(CAST(${value} AS VARCHAR)) END`;
    case "array":
      return `list_transform(${value}, lambda ${item}: ${finiteIn(item, type.element, depth + 1)})`;
    case "map":
      return mapOf(`map_entries(${value})`, item, finiteIn(`${item}."value"`, type.value, depth + 1));
    case "struct": {
      const fields = type.fields.map((field) =>
        finiteIn(`struct_extract(${value}, ${text(field.name)})`, field.type, depth + 1),
      );
      return `CASE WHEN ${value} IS NOT NULL THEN ${structOf(type, fields)} END`;
    }
    default:
      return value;
  }
}

type Nested = Extract<DataType, { kind: "array" | "map" | "struct" }>;

const isNested = (type: DataType): type is Nested =>
  type.kind === "array" || type.kind === "map" || type.kind === "struct";

const mapOf = (entries: string, item: string, value: string) =>
  `map_from_entries(list_transform(${entries}, lambda ${item}: {'key': ${item}."key", 'value': ${value}}))`;

const structOf = ({ fields }: Extract<DataType, { kind: "struct" }>, values: readonly string[]) =>
  `struct_pack(${fields.map((field, at) => `${name(field.name)} := ${values[at]}`).join(", ")})`;

const jsonTypes = { array: "ARRAY", map: "OBJECT", struct: "OBJECT" } as const;

/** A value of the type JSON as a type. A value of another shape fails, as in DuckDB's reader; a field that is missing is null. */
function jsonAs(json: string, type: DataType, form: TextForm, depth: number): string {
  if (type.kind === "json") return json;
  if (!isNested(type)) return textAs(`(${json} ->> '$')`, type, form);
  const isNull = `${json} IS NULL OR json_type(${json}) = 'NULL'`;
  const isShape = `json_type(${json}) = '${jsonTypes[type.kind]}'`;
  return `CASE WHEN ${isNull} THEN NULL WHEN ${isShape} THEN ${ofShape(json, type, form, depth)} ELSE ${failing(`CAST(${json} AS VARCHAR)`, type)} END`;
}

function ofShape(json: string, type: Nested, form: TextForm, depth: number): string {
  const item = `item${depth}`;
  const inner = (part: string, of: DataType) => jsonAs(part, of, form, depth + 1);
  switch (type.kind) {
    case "array":
      return `list_transform(CAST(${json} AS JSON[]), lambda ${item}: ${inner(item, type.element)})`;
    case "map":
      return mapOf(`map_entries(CAST(${json} AS MAP(VARCHAR, JSON)))`, item, inner(`${item}."value"`, type.value));
    case "struct":
      return structOf(
        type,
        type.fields.map((field) => inner(`json_extract(${json}, ${text(pathOf(field.name))})`, field.type)),
      );
  }
}

/** The path of a field in JSON path notation. */
export const pathOf = (field: string) => `$."${field.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
