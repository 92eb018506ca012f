/**
 * The data types that all engines share. Every dialect maps them both ways. People write the text form in YAML and read it in
 * plans: `bigint`, `decimal(18,2)`, `array<string>`, `struct<id: bigint, tags: array<string>>`.
 */

/** The data type of a column, or of a part of one. */
export type DataType =
  | { readonly kind: "boolean" }
  | { readonly kind: "int"; readonly bits: 8 | 16 | 32 | 64 }
  | { readonly kind: "float"; readonly bits: 32 | 64 }
  | { readonly kind: "decimal"; readonly precision: number; readonly scale: number }
  | { readonly kind: "string" }
  | { readonly kind: "varchar"; readonly length: number }
  | { readonly kind: "binary" }
  | { readonly kind: "date" }
  | { readonly kind: "time" }
  /** `precision`: fractional digits of the second; `zone`: an instant instead of a wall-clock time. */
  | { readonly kind: "timestamp"; readonly precision: 0 | 3 | 6 | 9; readonly zone: boolean }
  | { readonly kind: "interval" }
  | { readonly kind: "array"; readonly element: DataType }
  | { readonly kind: "map"; readonly key: DataType; readonly value: DataType }
  | { readonly kind: "struct"; readonly fields: readonly Field[] }
  | { readonly kind: "json" }
  | { readonly kind: "unknown" };

/** A named part of a struct. */
export interface Field {
  readonly name: string;
  readonly type: DataType;
}

export const boolean: DataType = { kind: "boolean" };
export const bigint: DataType = { kind: "int", bits: 64 };
export const double: DataType = { kind: "float", bits: 64 };
export const string: DataType = { kind: "string" };
export const date: DataType = { kind: "date" };
export const timestamp: DataType = { kind: "timestamp", precision: 6, zone: false };
export const unknown: DataType = { kind: "unknown" };

const intNames = { 8: "tinyint", 16: "smallint", 32: "int", 64: "bigint" } as const;

/** The text form of a type; {@link parseDataType} reads it back to the same type. */
export function formatDataType(type: DataType): string {
  switch (type.kind) {
    case "int":
      return intNames[type.bits];
    case "float":
      return type.bits === 32 ? "float" : "double";
    case "decimal":
      return `decimal(${type.precision},${type.scale})`;
    case "varchar":
      return `varchar(${type.length})`;
    case "timestamp":
      return `timestamp${type.precision === 6 ? "" : `(${type.precision})`}${type.zone ? " with time zone" : ""}`;
    case "array":
      return `array<${formatDataType(type.element)}>`;
    case "map":
      return `map<${formatDataType(type.key)}, ${formatDataType(type.value)}>`;
    case "struct":
      return `struct<${type.fields.map((field) => `${fieldName(field.name)}: ${formatDataType(field.type)}`).join(", ")}>`;
    default:
      return type.kind;
  }
}

const fieldName = (name: string) => (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`);

/** True when two types are the same. */
export function sameType(a: DataType, b: DataType): boolean {
  return formatDataType(a) === formatDataType(b);
}

const simple: Readonly<Record<string, DataType>> = {
  boolean,
  bool: boolean,
  tinyint: { kind: "int", bits: 8 },
  smallint: { kind: "int", bits: 16 },
  int: { kind: "int", bits: 32 },
  integer: { kind: "int", bits: 32 },
  bigint,
  long: bigint,
  float: { kind: "float", bits: 32 },
  real: { kind: "float", bits: 32 },
  double,
  string,
  text: string,
  binary: { kind: "binary" },
  date,
  time: { kind: "time" },
  timestamp,
  datetime: timestamp,
  timestamptz: { kind: "timestamp", precision: 6, zone: true },
  interval: { kind: "interval" },
  json: { kind: "json" },
  unknown,
};

/** The names that {@link parseDataType} knows, for "Did you mean". */
export const typeNames: readonly string[] = [...Object.keys(simple), "decimal", "varchar", "array", "map", "struct"];

/** Reads the text form, or returns `null`. Also accepts upper case, `numeric`, `varchar` without a length, and `list`. */
export function parseDataType(text: string): DataType | null {
  const reader = new TypeReader(text);
  const type = reader.type();
  return type !== null && reader.atEnd() ? type : null;
}

class TypeReader {
  private at = 0;
  private readonly text: string;
  constructor(text: string) {
    this.text = text;
  }

  atEnd(): boolean {
    this.blanks();
    return this.at === this.text.length;
  }

  type(): DataType | null {
    const name = this.word()?.toLowerCase();
    if (name === undefined) return null;
    if (name === "decimal" || name === "numeric") return this.decimal();
    if (name === "varchar" || name === "char") {
      const size = this.numbers();
      return size === null ? string : size.length === 1 ? { kind: "varchar", length: size[0] ?? 0 } : null;
    }
    if (name === "array" || name === "list") return this.array();
    if (name === "map") return this.map();
    if (name === "struct") return this.struct();
    if (name === "timestamp") return this.timestamp();
    return Object.hasOwn(simple, name) ? (simple[name] ?? null) : null;
  }

  private decimal(): DataType | null {
    const [precision = 18, scale = 0] = this.numbers() ?? [18, 3];
    return precision >= 1 && precision <= 38 && scale <= precision ? { kind: "decimal", precision, scale } : null;
  }

  private timestamp(): DataType | null {
    const precision = this.numbers()?.[0] ?? 6;
    if (precision !== 0 && precision !== 3 && precision !== 6 && precision !== 9) return null;
    const zone = /^\s+with\s+time\s+zone/i.exec(this.text.slice(this.at));
    this.at += zone?.[0].length ?? 0;
    return { kind: "timestamp", precision, zone: zone !== null };
  }

  private array(): DataType | null {
    if (!this.take("<")) return null;
    const element = this.type();
    return element !== null && this.take(">") ? { kind: "array", element } : null;
  }

  private map(): DataType | null {
    if (!this.take("<")) return null;
    const key = this.type();
    if (key === null || !this.take(",")) return null;
    const value = this.type();
    return value !== null && this.take(">") ? { kind: "map", key, value } : null;
  }

  private struct(): DataType | null {
    if (!this.take("<")) return null;
    const fields: Field[] = [];
    do {
      const name = this.word();
      if (name === undefined || !this.take(":")) return null;
      const type = this.type();
      if (type === null) return null;
      fields.push({ name, type });
    } while (this.take(","));
    return this.take(">") ? { kind: "struct", fields } : null;
  }

  private numbers(): number[] | null {
    if (!this.take("(")) return null;
    const end = this.text.indexOf(")", this.at);
    const numbers = this.text.slice(this.at, end < 0 ? undefined : end).split(",");
    this.at = end < 0 ? this.text.length + 1 : end + 1;
    return numbers.map((part) => (/^\s*\d+\s*$/.test(part) ? Number(part) : Number.NaN));
  }

  private word(): string | undefined {
    this.blanks();
    const quoted = /^"((?:[^"]|"")*)"/.exec(this.text.slice(this.at));
    const match = quoted ?? /^[A-Za-z_][A-Za-z0-9_]*/.exec(this.text.slice(this.at));
    if (match === null) return undefined;
    this.at += match[0].length;
    return quoted === null ? match[0] : (quoted[1] ?? "").replaceAll('""', '"');
  }

  /** Reads one character after blanks; when another character comes next, it reads nothing. */
  private take(character: string): boolean {
    const start = this.at;
    this.blanks();
    const found = this.text[this.at] === character;
    this.at = found ? this.at + 1 : start;
    return found;
  }

  private blanks(): void {
    while (/\s/.test(this.text[this.at] ?? "")) this.at++;
  }
}
