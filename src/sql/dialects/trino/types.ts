/** Maps our types to Trino's and back. A lossy mapping says what it loses. */
import type { DataType, Field } from "../../../model/data-type.ts";
import { dialects } from "../../dialect.ts";
import { combine, type Mapped } from "../../mapped-type.ts";
import { quoteIdentifier } from "../../quote.ts";

const integers = { 8: "tinyint", 16: "smallint", 32: "integer", 64: "bigint" } as const;

/** The Trino text of a type. */
export function toTrino(type: DataType): Mapped<string> {
  switch (type.kind) {
    case "int":
      return { type: integers[type.bits] };
    case "float":
      return { type: type.bits === 32 ? "real" : "double" };
    case "decimal":
      return { type: `decimal(${type.precision},${type.scale})` };
    case "string":
      return { type: "varchar" };
    case "varchar":
      return { type: `varchar(${type.length})` };
    case "binary":
      return { type: "varbinary" };
    case "time":
      return { type: "time(6)" };
    case "timestamp":
      return { type: `timestamp(${type.precision})${type.zone ? " with time zone" : ""}` };
    case "interval":
      return { type: "interval day to second", lossy: "An interval keeps no months." };
    case "array": {
      const element = toTrino(type.element);
      return combine(`array(${element.type})`, [element]);
    }
    case "map": {
      const [key, value] = [toTrino(type.key), toTrino(type.value)];
      return combine(`map(${key.type}, ${value.type})`, [key, value]);
    }
    case "struct": {
      const fields = type.fields.map((field) => toTrino(field.type));
      const inner = type.fields.map(({ name }, at) => `${quoteIdentifier(name, dialects.trino)} ${fields[at]?.type}`);
      return combine(`row(${inner.join(", ")})`, fields);
    }
    case "unknown":
      return { type: "varchar", lossy: "The type is not known; it becomes text." };
    case "boolean":
    case "date":
    case "json":
      return { type: type.kind };
  }
}

/** The Trino text of a type, without the note. */
export const trinoType = (type: DataType): string => toTrino(type).type;

const int = (bits: 8 | 16 | 32 | 64): DataType => ({ kind: "int", bits });
const text: DataType = { kind: "string" };
const asText = (name: string): Mapped<DataType> => ({ type: text, lossy: `${name} becomes text.` });
const asBinary = (name: string): Mapped<DataType> => ({ type: { kind: "binary" }, lossy: `${name} becomes binary.` });

/** Types without parameters, and what those are whose parameters may be left out. */
const names: Readonly<Record<string, Mapped<DataType>>> = {
  boolean: { type: { kind: "boolean" } },
  tinyint: { type: int(8) },
  smallint: { type: int(16) },
  integer: { type: int(32) },
  int: { type: int(32) },
  bigint: { type: int(64) },
  real: { type: { kind: "float", bits: 32 } },
  double: { type: { kind: "float", bits: 64 } },
  decimal: { type: { kind: "decimal", precision: 38, scale: 0 } },
  varchar: { type: text },
  varbinary: { type: { kind: "binary" } },
  json: { type: { kind: "json" } },
  date: { type: { kind: "date" } },
  "interval day to second": { type: { kind: "interval" } },
  "interval year to month": { type: { kind: "interval" } },
  unknown: { type: { kind: "unknown" }, lossy: "Only nulls: the type is not known." },
  uuid: asText("uuid"),
  ipaddress: asText("ipaddress"),
  geometry: asText("geometry"),
  hyperloglog: asBinary("HyperLogLog"),
  p4hyperloglog: asBinary("P4HyperLogLog"),
  setdigest: asBinary("SetDigest"),
  tdigest: asBinary("TDigest"),
};

/** Reads Trino's text of a type. Any other text gives `unknown` with a note. */
export function fromTrino(source: string): Mapped<DataType> {
  const reader = new TrinoTypeReader(source);
  const type = reader.type();
  if (type !== null && reader.atEnd()) return type;
  return { type: { kind: "unknown" }, lossy: `Trino's type ${source} has no counterpart.` };
}

/** The name of a field in an unnamed row, such as `row(1, 'x')`, by its place. */
export const unnamedField = (place: number): string => `field${place}`;

class TrinoTypeReader {
  private at = 0;
  private readonly source: string;
  constructor(source: string) {
    this.source = source;
  }

  atEnd(): boolean {
    return this.source.slice(this.at).trim() === "";
  }

  type(): Mapped<DataType> | null {
    const name = this.take(/^\s*(interval (?:day to second|year to month)|[a-z0-9_]+)/i)?.[1]?.toLowerCase() ?? "";
    switch (name) {
      case "array":
        return this.array();
      case "map":
        return this.map();
      case "row":
        return this.row();
      case "decimal":
        return this.decimal();
      case "varchar":
      case "char":
        return this.characters(name);
      case "time":
      case "timestamp":
        return this.moment(name);
      default:
        return Object.hasOwn(names, name) ? (names[name] ?? null) : null;
    }
  }

  private decimal(): Mapped<DataType> | null {
    const size = this.take(/^\s*\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)/);
    if (size === null) return names.decimal ?? null;
    return { type: { kind: "decimal", precision: Number(size[1]), scale: Number(size[2] ?? 0) } };
  }

  private characters(name: "varchar" | "char"): Mapped<DataType> {
    const size = this.take(/^\s*\(\s*(\d+)\s*\)/);
    if (name === "varchar") return { type: size === null ? text : { kind: "varchar", length: Number(size[1]) } };
    const lossy = "char becomes varchar: it is no longer filled with blanks.";
    return { type: { kind: "varchar", length: Number(size?.[1] ?? 1) }, lossy };
  }

  /** A time or a timestamp; without digits it has milliseconds. */
  private moment(name: "time" | "timestamp"): Mapped<DataType> {
    const digits = Number(this.take(/^\s*\(\s*(\d+)\s*\)/)?.[1] ?? 3);
    const zone = this.take(/^\s+with\s+time\s+zone/i) !== null;
    if (name === "timestamp") return timestamp(digits, zone);
    if (zone) return asText("time with time zone");
    return { type: { kind: "time" }, ...(digits === 6 ? {} : { lossy: `The precision ${digits} becomes 6.` }) };
  }

  private array(): Mapped<DataType> | null {
    if (!this.take(/^\s*\(/)) return null;
    const element = this.type();
    if (element === null || !this.take(/^\s*\)/)) return null;
    return combine<DataType>({ kind: "array", element: element.type }, [element]);
  }

  private map(): Mapped<DataType> | null {
    if (!this.take(/^\s*\(/)) return null;
    const key = this.type();
    if (key === null || !this.take(/^\s*,/)) return null;
    const value = this.type();
    if (value === null || !this.take(/^\s*\)/)) return null;
    return combine<DataType>({ kind: "map", key: key.type, value: value.type }, [key, value]);
  }

  private row(): Mapped<DataType> | null {
    const fields: Field[] = [];
    const parts: Mapped<DataType>[] = [];
    if (!this.take(/^\s*\(/)) return null;
    do {
      const name = this.fieldName();
      const type = this.type();
      if (type === null) return null;
      fields.push({ name: name === "" ? unnamedField(fields.length) : name, type: type.type });
      parts.push(type);
    } while (this.take(/^\s*,/));
    return this.take(/^\s*\)/) ? combine<DataType>({ kind: "struct", fields }, parts) : null;
  }

  /** The name before a field's type; empty in an unnamed row, such as `row(integer, varchar)`. */
  private fieldName(): string {
    const isUnnamed = /^\s*(?:interval (?:day|year) to|time(?:stamp)?(?:\s*\(\d+\))? with time zone)\b/i;
    if (isUnnamed.test(this.source.slice(this.at))) return "";
    const name = this.take(/^\s*(?:"((?:[^"]|"")*)"|([^\s",()]+))(?=\s+[a-z])/i);
    return name?.[1]?.replaceAll('""', '"') ?? name?.[2] ?? "";
  }

  private take(pattern: RegExp): RegExpExecArray | null {
    const match = pattern.exec(this.source.slice(this.at));
    if (match !== null) this.at += match[0].length;
    return match;
  }
}

/** Our precision that holds this number of digits. */
function timestamp(digits: number, zone: boolean): Mapped<DataType> {
  const precision = digits === 0 ? 0 : digits <= 3 ? 3 : digits <= 6 ? 6 : 9;
  const type: DataType = { kind: "timestamp", precision, zone };
  return digits === precision ? { type } : { type, lossy: `The precision ${digits} becomes ${precision}.` };
}
