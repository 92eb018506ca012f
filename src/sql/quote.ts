/** The only place where a value becomes SQL text. User input reaches a statement through it, except for type `sql`. */
import { isObject, type Json } from "../json.ts";
import { isLargeWhole, isLongDecimal } from "../model/whole-number.ts";
import type { Dialect } from "./dialect.ts";
import { isDate, sqlTimestamp } from "./moment.ts";

/** The types of operators' parameters; they decide how a value is written. */
export type ValueType =
  | "string"
  | "integer"
  | "number"
  | "boolean"
  | "date"
  | "timestamp"
  | "list"
  | "map"
  | "size"
  | "table"
  | "column"
  | "path"
  | "sql";

/** A value that doesn't fit its type. The message is a sentence. */
export class QuoteError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "QuoteError";
  }
}

/** A quoted identifier, whatever it contains. */
export function quoteIdentifier(name: string, dialect: Dialect): string {
  if (name === "") throw new QuoteError("A name must not be empty.");
  if (name.includes("\0")) throw new QuoteError("A name must not contain a NUL character.");
  const quote = dialect.identifierQuote;
  return quote + name.replaceAll(quote, quote + quote) + quote;
}

/** Words that are no names without quotes in at least one dialect. */
const reserved = new Set(
  "all alter analyse analyze and anti any array as asc asof asymmetric at authorization between binary both by case cast check collate collation column commit concurrently constraint create cross cube current_date current_time current_timestamp date deallocate default deferrable delete desc describe distinct do drop else end escape except execute exists extract false fetch for foreign freeze from full function glob grant group grouping having if ilike in initially inner insert intersect interval into is isnull join lambda lateral leading left like limit localtime localtimestamp natural normalize not notnull null of offset on only or order outer overlaps partition pivot pivot_longer pivot_wider placing positional prepare primary qualify range recursive references returning right rollup row rows select semi set show similar some start summarize symmetric table tables tablesample then time timestamp to trailing true truncate uescape union unique unnest unpack unpivot update user using values variadic verbose view when where window with".split(
    " ",
  ),
);

/** An identifier as people write it: in quotes only where it needs them. */
export const writeIdentifier = (name: string, dialect: Dialect): string =>
  /^[a-z_][a-z0-9_]*$/.test(name) && !reserved.has(name) ? name : quoteIdentifier(name, dialect);

/** A table's name with each part quoted: `["sales", "orders"]` becomes `"sales"."orders"`. */
export const quoteTable = (parts: readonly string[], dialect: Dialect): string =>
  parts.map((part) => quoteIdentifier(part, dialect)).join(".");

/** The parts of a dotted name. A part in double quotes may contain dots. */
export function splitTableName(name: string): readonly string[] {
  const parts = name.match(/"(?:[^"]|"")*"|[^."]+/g) ?? [];
  const plain = parts.map((part) => (part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part));
  const again = parts.join(".");
  if (again !== name) throw new QuoteError(`"${name}" is not a table name. Write it as "database.table".`);
  return plain;
}

/** A string literal. */
export function quoteString(text: string, dialect: Dialect): string {
  if (text.includes("\0")) throw new QuoteError("A text must not contain a NUL character.");
  const escaped = dialect.backslashEscapes ? text.replaceAll("\\", "\\\\") : text;
  return `'${escaped.replaceAll("'", dialect.quoteInString === "doubled" ? "''" : "\\'")}'`;
}

/** A text within the quotes that a string or a quoted name of SQL begins with. It can't end them. */
export function quoteWithin(value: string, quoted: string, before: string, dialect: Dialect): string {
  if (value.includes("\0")) throw new QuoteError("A text must not contain a NUL character.");
  const tag = /^\$\w*\$/.exec(quoted)?.[0];
  if (tag !== undefined) {
    if (value.includes("$")) throw new QuoteError(`A text within "${tag}" must not contain "$". Use single quotes.`);
    return value;
  }
  const quote = quoted[0] ?? "";
  if (quote === dialect.identifierQuote) return value.replaceAll(quote, quote + quote);
  const isEscape = dialect.backslashEscapes || (dialect.escapeStrings && /(^|[^\w$])e$/i.test(before));
  const escaped = isEscape ? value.replaceAll("\\", "\\\\") : value;
  return escaped.replaceAll(quote, dialect.quoteInString === "doubled" ? quote + quote : `\\${quote}`);
}

/** The SQL text of a parameter's value. Type `sql` is raw; all others are safe in any place of a value. */
export function quoteValue(value: Json, type: ValueType, dialect: Dialect): string {
  if (value === null) return "NULL";
  switch (type) {
    case "table":
      return quoteTable(splitTableName(text(value, type)), dialect);
    case "column":
      return quoteIdentifier(text(value, type), dialect);
    case "sql":
      return text(value, type);
    case "date":
      return `DATE ${quoteString(date(text(value, type)), dialect)}`;
    case "timestamp":
      return `TIMESTAMP ${quoteString(timestamp(text(value, type)), dialect)}`;
    case "integer":
    case "number":
      return number(value, type);
    case "boolean":
      if (typeof value !== "boolean") throw new QuoteError(`${JSON.stringify(value)} is not a boolean.`);
      return value ? "TRUE" : "FALSE";
    case "size":
    case "list":
    case "map":
      return quoteJson(value, dialect);
    case "string":
    case "path":
      return quoteString(text(value, type), dialect);
  }
}

/** The literal of a JSON value: a scalar, a list, or a map for an object. */
export function quoteJson(value: Json, dialect: Dialect): string {
  if (value === null) return "NULL";
  if (typeof value === "string") return quoteString(value, dialect);
  if (typeof value === "number") return number(value, "number");
  if (typeof value === "boolean") return value ? "TRUE" : "FALSE";
  if (dialect.collections === "json") return `JSON_PARSE(${quoteString(JSON.stringify(value), dialect)})`;
  if (!isObject(value))
    return list(
      (value as readonly Json[]).map((item) => quoteJson(item, dialect)),
      dialect,
    );
  const entries = Object.entries(value).flatMap(([key, item]) => (item === undefined ? [] : [[key, item] as const]));
  const keys = entries.map(([key]) => quoteString(key, dialect));
  const values = entries.map(([, item]) => quoteJson(item, dialect));
  if (dialect.collections === "array[]") return `MAP(${list(keys, dialect)}, ${list(values, dialect)})`;
  if (dialect.collections === "functions") return `map(${keys.flatMap((key, at) => [key, values[at]]).join(", ")})`;
  return `MAP {${keys.map((key, at) => `${key}: ${values[at]}`).join(", ")}}`;
}

function list(items: readonly string[], dialect: Dialect): string {
  const inner = items.join(", ");
  return dialect.collections === "brackets"
    ? `[${inner}]`
    : dialect.collections === "array[]"
      ? `ARRAY[${inner}]`
      : `array(${inner})`;
}

function text(value: Json, type: ValueType): string {
  if (typeof value === "string") return value;
  if (type === "string" && (typeof value === "number" || typeof value === "boolean")) return String(value);
  throw new QuoteError(`${JSON.stringify(value)} is not a text, as the type "${type}" requires.`);
}

function date(value: string): string {
  if (!isDate(value)) throw new QuoteError(`"${value}" is not a date. Write a day of the calendar like 2026-01-31.`);
  return value;
}

function timestamp(value: string): string {
  const written = sqlTimestamp(value);
  if (written !== null) return written;
  throw new QuoteError(
    `"${value}" is not a timestamp. Write it like 2026-01-31T02:00:00Z, with at most six digits of a second.`,
  );
}

/** A negative number gets parentheses, so that `a -$x` doesn't become a comment. */
function number(value: Json, type: ValueType): string {
  if (isLargeWhole(value) || (type === "number" && isLongDecimal(value)))
    return value.startsWith("-") ? `(${value})` : value;
  if (typeof value !== "number" || !Number.isFinite(value)) {
    throw new QuoteError(`${JSON.stringify(value)} is not a number.`);
  }
  if (type === "integer" && !Number.isInteger(value)) throw new QuoteError(`${value} is not an integer.`);
  const digits = Number.isInteger(value) && Math.abs(value) < 1e21 ? BigInt(value).toString() : String(value);
  return value < 0 ? `(${digits})` : digits;
}
