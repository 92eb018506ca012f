/**
 * Records of JSON with all digits of their numbers. DuckDB makes a double of every number with a fraction before any cast, so numbers that a
 * double may change are put in quotes first, in the text of the record.
 */
import type { DataType } from "../../../model/data-type.ts";
import { failing } from "./fits.ts";
import { pathOf } from "./json-values.ts";
import { name, text } from "./names.ts";
import { someType } from "./some-type.ts";
import { duckDbType } from "./types.ts";

/** The digits that a double keeps of any decimal number. */
const keptDigits = 15;

/** True when the type holds numbers with more digits than a double keeps, at any depth. */
export const isBeyondDouble = (type: DataType): boolean =>
  someType(type, (part) => part.kind === "decimal" && part.precision > keptDigits);

/** A column of the records, and the type in which it is read: a text, or JSON for what is nested. */
export interface DigitColumn {
  readonly name: string;
  readonly shown: DataType;
  readonly read: DataType;
}

/** A SELECT of these columns and `filename` from records, each in a column `json`. */
export function selectDigits(records: string, columns: readonly DigitColumn[], filename: string): string {
  const values = columns.map((column) => `${readValue(column)} AS ${name(column.name)}`);
  const parsed = `json_transform(${quotedNumbers}, ${text(structureOf(columns))}) AS mason_fields`;
  const rows = `SELECT json, ${parsed}, ${name(filename)} FROM ${records}`;
  return `(SELECT ${[...values, name(filename)].join(", ")} FROM (${rows}))`;
}

/** Nothing tells a number in quotes from a text, so values without a type are left as DuckDB reads them. */
function readValue({ name: own, shown, read }: DigitColumn): string {
  if (someType(shown, (part) => part.kind === "json")) return `json_extract(json, ${text(pathOf(own))})`;
  const value = `struct_extract(mason_fields, ${text(own)})`;
  return read.kind === "string" || read.kind === "json" ? value : `CAST(${value} AS ${duckDbType(read)})`;
}

const structureOf = (columns: readonly DigitColumn[]) =>
  JSON.stringify(
    Object.fromEntries(columns.map(({ name: own, read }) => [own, read.kind === "json" ? "JSON" : "VARCHAR"])),
  );

const short = `-?[0-9][0-9.]{0,${keptDigits - 1}}(?:[eE][+-]?[0-9]{1,2})?[^0-9.eE+"-]`;
/** Strings, other text and short numbers up to the next long number, or up to the end, which gets an empty string. */
const upToLong = `((?:"(?:[^"\\\\]|\\\\.)*"|[^"0-9-]|${short})*)(-?[0-9][0-9.eE+-]*|$)`;
/** A cheap condition that every record with a long number meets. */
const mayBeLong = `[0-9][0-9.]{${keptDigits}}|[eE][+-]?[0-9]{3}`;

/** As in DuckDB's own reader, a record is a null, or an object without two fields of one name. */
const isRecord =
  "json_type(json) = 'NULL' OR json_type(json) = 'OBJECT' AND len(json_keys(json)) = len(list_distinct(json_keys(json)))";
const quotedNumbers = `CASE WHEN NOT (${isRecord}) THEN ${failing("CAST(json AS VARCHAR)", { kind: "json" })} WHEN regexp_matches(json, ${text(mayBeLong)}) THEN CAST(regexp_replace(json, ${text(upToLong)}, '\\1"\\2"', 'g')[:-3] AS JSON) ELSE json END`;
