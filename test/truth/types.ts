/** Mason's types as DuckDB writes them, and the other way for declarations: a table of the tests' own. */
import type { DataType } from "../../src/model/data-type.ts";

/** What DuckDB calls a planned type. */
export function duck(type: DataType): string {
  switch (type.kind) {
    case "int":
      return { 8: "TINYINT", 16: "SMALLINT", 32: "INTEGER", 64: "BIGINT" }[type.bits];
    case "float":
      return type.bits === 32 ? "FLOAT" : "DOUBLE";
    case "decimal":
      return `DECIMAL(${type.precision},${type.scale})`;
    case "string":
    case "varchar":
      return "VARCHAR";
    case "binary":
      return "BLOB";
    case "timestamp":
      return type.zone
        ? "TIMESTAMP WITH TIME ZONE"
        : { 0: "TIMESTAMP_S", 3: "TIMESTAMP_MS", 6: "TIMESTAMP", 9: "TIMESTAMP_NS" }[type.precision];
    case "array":
      return `${duck(type.element)}[]`;
    case "map":
      return `MAP(${duck(type.key)}, ${duck(type.value)})`;
    case "struct":
      return `STRUCT(${type.fields.map((field) => `${fieldName(field.name)} ${duck(field.type)}`.trim()).join(", ")})`;
    default:
      return type.kind.toUpperCase();
  }
}

const reserved = new Set(["select", "order", "group", "null"]);
const fieldName = (name: string) =>
  name === "" ? "" : /^[a-z_][a-z0-9_]*$/.test(name) && !reserved.has(name) ? name : `"${name.replaceAll('"', '""')}"`;

/** DuckDB's types that Mason has no name for, each with the one that holds all of its values. */
const stands: readonly (readonly [RegExp, string])[] = [
  [/\bUTINYINT\b/g, "SMALLINT"],
  [/\bUSMALLINT\b/g, "INTEGER"],
  [/\bUINTEGER\b/g, "BIGINT"],
  [/\bUBIGINT\b/g, "DECIMAL(20,0)"],
  [/\bUUID\b/g, "VARCHAR"],
  [/\bENUM\((?:[^()'"]|'[^']*')*\)/g, "VARCHAR"],
];

/** The type that stands for one of DuckDB's. */
export const standsFor = (type: string): string => stands.reduce((text, [from, to]) => text.replace(from, to), type);

/** Mason's text for a type of DuckDB, for declarations. */
export function mason(type: string): string {
  const plain = standsFor(type);
  if (plain.endsWith("[]")) return `array<${mason(plain.slice(0, -2))}>`;
  const struct = /^STRUCT\((.*)\)$/.exec(plain)?.[1];
  if (struct !== undefined) return `struct<${struct.split(", ").map(fieldOf).join(", ")}>`;
  const map = /^MAP\((\w+), (\w+)\)$/.exec(plain);
  if (map !== null) return `map<${mason(map[1] ?? "")}, ${mason(map[2] ?? "")}>`;
  const names: Readonly<Record<string, string>> = {
    INTEGER: "int",
    VARCHAR: "string",
    BLOB: "binary",
    "TIMESTAMP WITH TIME ZONE": "timestamp with time zone",
    TIMESTAMP_S: "timestamp(0)",
    TIMESTAMP_MS: "timestamp(3)",
    TIMESTAMP_NS: "timestamp(9)",
  };
  return names[plain] ?? plain.toLowerCase();
}

const fieldOf = (field: string) => field.replace(/^(\S+) (.*)$/, (_, name, type) => `${name}: ${mason(type)}`);
