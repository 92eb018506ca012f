/** Maps our types to DuckDB's and back. A lossy mapping says what it loses. */
import type { DataType, Field } from "../../../model/data-type.ts";
import { combine, type Mapped } from "../../mapped-type.ts";

const timestamps = { 0: "TIMESTAMP_S", 3: "TIMESTAMP_MS", 6: "TIMESTAMP", 9: "TIMESTAMP_NS" } as const;
const integers = { 8: "TINYINT", 16: "SMALLINT", 32: "INTEGER", 64: "BIGINT" } as const;

/** The DuckDB text of a type. */
export function toDuckDb(type: DataType): Mapped<string> {
  switch (type.kind) {
    case "int":
      return { type: integers[type.bits] };
    case "float":
      return { type: type.bits === 32 ? "FLOAT" : "DOUBLE" };
    case "decimal":
      return { type: `DECIMAL(${type.precision},${type.scale})` };
    case "string":
      return { type: "VARCHAR" };
    case "varchar":
      return { type: "VARCHAR", lossy: `The length ${type.length} is not checked.` };
    case "binary":
      return { type: "BLOB" };
    case "timestamp":
      return timestampType(type.precision, type.zone);
    case "array": {
      const element = toDuckDb(type.element);
      return combine(`${element.type}[]`, [element]);
    }
    case "map": {
      const [key, value] = [toDuckDb(type.key), toDuckDb(type.value)];
      return combine(`MAP(${key.type}, ${value.type})`, [key, value]);
    }
    case "struct": {
      const fields = type.fields.map((field) => toDuckDb(field.type));
      const inner = type.fields.map((field, at) => `"${field.name.replaceAll('"', '""')}" ${fields[at]?.type}`);
      return combine(`STRUCT(${inner.join(", ")})`, fields);
    }
    case "unknown":
      return { type: "VARCHAR", lossy: "The type is not known; it becomes text." };
    case "boolean":
    case "date":
    case "time":
    case "interval":
    case "json":
      return { type: type.kind.toUpperCase() };
  }
}

/** The DuckDB text of a type, without the note. */
export const duckDbType = (type: DataType): string => toDuckDb(type).type;

function timestampType(precision: 0 | 3 | 6 | 9, zone: boolean): Mapped<string> {
  if (!zone) return { type: timestamps[precision] };
  const type = "TIMESTAMP WITH TIME ZONE";
  return precision === 6 ? { type } : { type, lossy: `The precision ${precision} becomes 6.` };
}

const decimal = (precision: number): DataType => ({ kind: "decimal", precision, scale: 0 });
const int = (bits: 8 | 16 | 32 | 64): DataType => ({ kind: "int", bits });
const stamp = (precision: 0 | 3 | 6 | 9, zone = false): DataType => ({ kind: "timestamp", precision, zone });
const text: DataType = { kind: "string" };

const names: Readonly<Record<string, Mapped<DataType>>> = {
  BOOLEAN: { type: { kind: "boolean" } },
  TINYINT: { type: int(8) },
  SMALLINT: { type: int(16) },
  INTEGER: { type: int(32) },
  BIGINT: { type: int(64) },
  UTINYINT: { type: int(16) },
  USMALLINT: { type: int(32) },
  UINTEGER: { type: int(64) },
  UBIGINT: { type: decimal(20) },
  HUGEINT: { type: decimal(38), lossy: "HUGEINT holds one digit more than decimal(38,0)." },
  UHUGEINT: { type: decimal(38), lossy: "UHUGEINT holds one digit more than decimal(38,0)." },
  BIGNUM: { type: text, lossy: "BIGNUM becomes text." },
  FLOAT: { type: { kind: "float", bits: 32 } },
  DOUBLE: { type: { kind: "float", bits: 64 } },
  VARCHAR: { type: text },
  JSON: { type: { kind: "json" } },
  VARIANT: { type: { kind: "json" }, lossy: "VARIANT becomes JSON." },
  UUID: { type: text, lossy: "UUID becomes text." },
  BIT: { type: text, lossy: "BIT becomes text." },
  BLOB: { type: { kind: "binary" } },
  GEOMETRY: { type: text, lossy: "GEOMETRY becomes text." },
  DATE: { type: { kind: "date" } },
  TIME: { type: { kind: "time" } },
  TIME_NS: { type: text, lossy: "TIME_NS becomes text." },
  "TIME WITH TIME ZONE": { type: text, lossy: "TIME WITH TIME ZONE becomes text." },
  TIMESTAMP: { type: stamp(6) },
  TIMESTAMP_S: { type: stamp(0) },
  TIMESTAMP_MS: { type: stamp(3) },
  TIMESTAMP_NS: { type: stamp(9) },
  "TIMESTAMP WITH TIME ZONE": { type: stamp(6, true) },
  INTERVAL: { type: { kind: "interval" } },
  '"NULL"': { type: { kind: "unknown" }, lossy: "Only nulls: the type is not known." },
  SQLNULL: { type: { kind: "unknown" }, lossy: "Only nulls: the type is not known." },
};

/** Other names that DuckDB accepts for these types. */
const synonyms: Readonly<Record<string, string>> = {
  BOOL: "BOOLEAN",
  INT1: "TINYINT",
  INT2: "SMALLINT",
  INT: "INTEGER",
  INT4: "INTEGER",
  INT8: "BIGINT",
  LONG: "BIGINT",
  REAL: "FLOAT",
  FLOAT4: "FLOAT",
  FLOAT8: "DOUBLE",
  TEXT: "VARCHAR",
  STRING: "VARCHAR",
  CHAR: "VARCHAR",
  BYTEA: "BLOB",
  BINARY: "BLOB",
  DATETIME: "TIMESTAMP",
  TIMESTAMPTZ: "TIMESTAMP WITH TIME ZONE",
  TIMETZ: "TIME WITH TIME ZONE",
};

/** Reads DuckDB's text of a type. Any other text gives `unknown` with a note. */
export function fromDuckDb(source: string): Mapped<DataType> {
  const reader = new TypeReader(source);
  const type = reader.type();
  if (type !== null && reader.atEnd()) return type;
  return { type: { kind: "unknown" }, lossy: `DuckDB's type ${source} has no counterpart.` };
}

/** The name of a field in an unnamed struct, such as `row(1, 'x')`, by its place. */
export const unnamedField = (place: number): string => `col${place + 1}`;

class TypeReader {
  private at = 0;
  private readonly source: string;
  constructor(source: string) {
    this.source = source;
  }

  atEnd(): boolean {
    return this.source.slice(this.at).trim() === "";
  }

  /** A type and the `[]` or `[3]` after it. */
  type(): Mapped<DataType> | null {
    let type = this.base();
    for (let size = this.take(/^\s*\[(\d*)\]/); type !== null && size !== null; size = this.take(/^\s*\[(\d*)\]/)) {
      const lossy = size[1] === "" ? [] : [{ lossy: `The length ${size[1]} of a list is not kept.`, type: null }];
      type = combine<DataType>({ kind: "array", element: type.type }, [type, ...lossy]);
    }
    return type;
  }

  private base(): Mapped<DataType> | null {
    const match = this.take(/^\s*("NULL"|TIME(?:STAMP)? WITH TIME ZONE|[A-Za-z_][A-Za-z0-9_]*)/i);
    const name = match?.[1]?.toUpperCase() ?? "";
    switch (name) {
      case "DECIMAL":
      case "NUMERIC":
        return this.decimal();
      case "STRUCT":
        return this.struct();
      case "MAP":
        return this.map();
      case "ENUM":
        return this.take(/^\s*\((?:\s*'(?:[^']|'')*'\s*,?)*\)/) ? { type: text, lossy: "ENUM becomes text." } : null;
      case "UNION":
        return this.struct() ? { type: { kind: "json" }, lossy: "UNION becomes JSON." } : null;
      default: {
        const known = Object.hasOwn(synonyms, name) ? (synonyms[name] ?? name) : name;
        this.take(known === "VARCHAR" || known === "GEOMETRY" ? /^\s*\([^()]*\)/ : /^(?!)/);
        return Object.hasOwn(names, known) ? (names[known] ?? null) : null;
      }
    }
  }

  private decimal(): Mapped<DataType> | null {
    const size = this.take(/^\s*\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)/);
    if (size === null) return { type: { kind: "decimal", precision: 18, scale: 3 } };
    return { type: { kind: "decimal", precision: Number(size[1]), scale: Number(size[2] ?? 0) } };
  }

  private struct(): Mapped<DataType> | null {
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

  /** The name before a field's type; empty in an unnamed struct, such as `STRUCT(INTEGER, VARCHAR)`. */
  private fieldName(): string {
    const name = this.take(/^\s*(?:"((?:[^"]|"")*)"|([^\s",()]+))(?=\s+[A-Za-z"])/);
    return name?.[1]?.replaceAll('""', '"') ?? name?.[2] ?? "";
  }

  private map(): Mapped<DataType> | null {
    if (!this.take(/^\s*\(/)) return null;
    const key = this.type();
    if (key === null || !this.take(/^\s*,/)) return null;
    const value = this.type();
    if (value === null || !this.take(/^\s*\)/)) return null;
    return combine<DataType>({ kind: "map", key: key.type, value: value.type }, [key, value]);
  }

  private take(pattern: RegExp): RegExpExecArray | null {
    const match = pattern.exec(this.source.slice(this.at));
    if (match !== null) this.at += match[0].length;
    return match;
  }
}
