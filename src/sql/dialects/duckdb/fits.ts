/**
 * Casts that lose nothing. DuckDB's own casts round 1.7 to 2, drop the offset of a time and cut digits without a word; these
 * expressions fail instead, with the text {@link misfit}, so that the executor can look for the value and name its place.
 */

import { isWidening } from "../../../job/widening.ts";
import { type DataType, formatDataType } from "../../../model/data-type.ts";
import { text } from "./names.ts";
import { duckDbType, fromDuckDb } from "./types.ts";

/** The text in DuckDB's error when a value does not fit its type. */
export const misfit = "mason: a value does not fit";

const castTo = (expression: string, type: DataType) => `CAST(${expression} AS ${duckDbType(type)})`;

/**
 * An expression of the type that always fails. `shown` is a text for the message, and keeps DuckDB from folding the failure into the
 * plan. It is a cast, not `error()`: that one is volatile, so DuckDB would open the files of every partition, and TRY refuses it.
 */
export const failing = (shown: string, type: DataType): string =>
  castTo(`CAST(CAST(${text(`${misfit}: `)} || ${shown} AS INTEGER) AS VARCHAR)`, type);

const unless = (condition: string, expression: string, misfitting: string, type: DataType) =>
  `CASE WHEN ${condition} THEN ${failing(misfitting, type)} ELSE ${expression} END`;

/**
 * A value that is null where it fails, or where what it is made of is null. Without CASE, DuckDB's optimizer computes parts of the value
 * that occur twice before TRY, where they fail.
 */
export const tried = (raw: string, value: string): string => `CASE WHEN ${raw} IS NOT NULL THEN TRY(${value}) END`;

/** How values are written as text. */
export interface TextForm {
  /** Numbers are written as inference reads them, so `01234` is not one. */
  readonly isCanonical?: boolean;
  /** Integers of other columns of one union, which a double must not change. */
  readonly isInteger?: boolean;
  /** Every value is known to fit, since inference read them all. */
  readonly isSure?: boolean;
  /** Values of JSON were read as text, and nested ones as JSON. */
  readonly isAllText?: boolean;
  /** The empty text is a null. */
  readonly isEmptyNull?: boolean;
  readonly decimal?: ",";
  /** Formats of `strptime`. */
  readonly dateFormat?: string;
  readonly timestampFormat?: string;
}

/** Text as a type. */
export function textAs(written: string, type: DataType, form: TextForm): string {
  const format = type.kind === "date" ? form.dateFormat : type.kind === "timestamp" ? form.timestampFormat : undefined;
  const empty = form.isEmptyNull === true ? `WHEN ${written} = '' THEN NULL ` : "";
  if (format !== undefined) return unlessEmpty(empty, castTo(`strptime(${written}, ${text(format)})`, type));
  const hasComma = form.decimal === "," && (type.kind === "float" || type.kind === "decimal");
  const expression = hasComma ? `replace(replace(${written}, '.', '?'), ',', '.')` : written;
  const misfits = misfitOf(expression, type, form);
  const cast = type.kind === "string" || type.kind === "varchar" ? expression : castTo(expression, type);
  if (misfits === null || form.isSure === true) return unlessEmpty(empty, cast);
  const fits = surelyFits(expression, cast, type, form);
  return `CASE ${empty}${fits === null ? "" : `WHEN ${fits} THEN ${cast} `}WHEN ${misfits} THEN ${failing(expression, type)} ELSE ${cast} END`;
}

const unlessEmpty = (empty: string, cast: string) => (empty === "" ? cast : `CASE ${empty}ELSE ${cast} END`);

/** A cheap condition that most values meet, under which the cast loses nothing; it saves them the patterns. */
function surelyFits(
  expression: string,
  cast: string,
  type: DataType,
  { isCanonical, isInteger }: TextForm,
): string | null {
  switch (type.kind) {
    case "int":
      return `CAST(${cast} AS VARCHAR) = ${expression}`;
    case "float":
      if (isInteger === true) return `strlen(${expression}) <= 15 AND CAST(${cast} AS VARCHAR) = ${expression} || '.0'`;
      return isCanonical === true
        ? `${expression} >= '1' AND ${expression} < ':' AND NOT contains(${expression}, '_') AND isfinite(${cast}) AND ${cast} <> 0`
        : `isfinite(${cast}) AND ${cast} <> 0`;
    case "date":
      return `strlen(${expression}) = 10`;
    case "timestamp":
      // Up to the second, so neither a fraction nor a zone follows.
      return type.zone ? null : `strlen(${expression}) = 19 AND substring(${expression}, 17, 1) = ':'`;
    default:
      return null;
  }
}

const matches = (expression: string, pattern: string) => `regexp_full_match(${expression}, ${text(pattern)})`;
const holds = (expression: string, pattern: string) => `regexp_matches(${expression}, ${text(pattern)})`;

const canonicalInteger = " *-?(0|[1-9][0-9]*) *";
const plainInteger = " *[+-]?[0-9]+(\\.0*)? *";
const canonicalDouble = " *-?((0|[1-9][0-9]*)(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+)? *|-?(?i:nan|inf|infinity)";
/** A zone or an offset behind a time, and one that is UTC. */
const zoned = ":.*([+-]|[A-Za-z])";
const utc = ":[0-9.]* *([zZ]|UTC|[+-]00(:?00)?) *$";
/** Digits of a second's fraction beyond `count` that are not 0. */
const finer = (count: number) => (count === 0 ? "\\.0*[1-9]" : `\\.[0-9]{${count}}[0-9]*[1-9]`);

/** The condition under which DuckDB's cast of a text would succeed and lose something; `null` when there is none. */
function misfitOf(expression: string, type: DataType, form: TextForm): string | null {
  const { isCanonical = false } = form;
  switch (type.kind) {
    case "int":
      return `NOT ${matches(expression, isCanonical ? canonicalInteger : plainInteger)}`;
    case "float":
      return floatMisfit(expression, type, form);
    case "decimal":
      return decimalMisfit(expression, type.scale);
    case "varchar":
      return `length(${expression}) > ${type.length}`;
    case "boolean":
      return isCanonical ? `lower(${expression}) NOT IN ('true', 'false')` : null;
    case "date":
      return holds(expression, "[0-9][ T].*[1-9]");
    case "time":
      return holds(expression, `[+-]|${finer(6)}`);
    case "timestamp":
      return timestampMisfit(expression, type, isCanonical);
    default:
      return null;
  }
}

/** DuckDB makes infinities of numbers beyond the range, and zeros of those too near to zero. */
function floatMisfit(expression: string, type: DataType, { isCanonical, isInteger }: TextForm): string {
  const isBeyond = `(isinf(${castTo(expression, type)}) AND ${holds(expression, "[0-9]")})`;
  const isLost = `${isBeyond} OR (${castTo(expression, type)} = 0 AND ${holds(expression, notZero)})`;
  const isChanged = isInteger === true ? `${isLost} OR ${isChangedInteger(expression, type)}` : isLost;
  return isCanonical === true ? `NOT ${matches(expression, canonicalDouble)} OR ${isChanged}` : isChanged;
}

/** True for an integer that a double would change. */
const isChangedInteger = (expression: string, type: DataType) =>
  `(${matches(expression, " *-?[0-9]{16,} *")} AND TRY_CAST(${castTo(expression, type)} AS HUGEINT) IS DISTINCT FROM TRY_CAST(${expression} AS HUGEINT))`;

/** A digit other than 0 before any exponent. */
const notZero = "^[^eE]*[1-9]";

function decimalMisfit(expression: string, scale: number): string {
  const plain = ` *[+-]?[0-9]*(\\.[0-9]{0,${scale}}0*)? *`;
  return `NOT (${matches(expression, plain)} OR (${holds(expression, "[eE]")} AND ${isExactPower(expression, scale)}))`;
}

/** True for a number with an exponent that has no digits but zeros beyond the scale: DuckDB's cast rounds. */
function isExactPower(expression: string, scale: number): string {
  const part = (pattern: string, of = expression) => `regexp_extract(${of}, ${text(pattern)}, 1)`;
  const digits = `replace(${part("^ *[+-]?([0-9.]*)")}, '.', '')`;
  const zeros = part("(0*)$", digits);
  const exponent = `TRY_CAST(${part("[eE]([+-]?[0-9]+)")} AS INTEGER)`;
  const needed = `strlen(${part("\\.([0-9]*)")}) - strlen(${zeros}) - ${exponent}`;
  return `coalesce(${zeros} = ${digits} OR ${needed} <= ${scale}, false)`;
}

function timestampMisfit(expression: string, type: DataType & { kind: "timestamp" }, isCanonical: boolean): string {
  // DuckDB's instants have microseconds.
  const tooFine = finer(type.zone ? 6 : type.precision);
  if (!type.zone) {
    const isLost = `(${holds(expression, zoned)} AND NOT ${holds(expression, utc)})`;
    return `${holds(expression, tooFine)} OR ${isLost}`;
  }
  const unzoned = isCanonical ? ` OR NOT ${holds(expression, zoned)}` : "";
  return `${holds(expression, tooFine)}${unzoned}`;
}

/** A column of a Parquet file, which DuckDB reads as `stored`, as a type. */
export function storedAs(expression: string, stored: string, type: DataType): string {
  const from = fromDuckDb(stored).type;
  // DuckDB's texts have no length.
  if (type.kind === "unknown" || (type.kind !== "varchar" && duckDbType(type) === stored)) return expression;
  // DuckDB has no cast between these.
  if (stored.startsWith("GEOMETRY") && type.kind === "binary") return `ST_AsWKB(${expression})`;
  if (from.kind === "string" && stored === "VARCHAR") return textAs(expression, type, {});
  const cast = castTo(castable(expression, from, type), type);
  if (isReadWhole(from, type)) return cast;
  const isChanged = `CAST(${cast} AS ${stored}) IS DISTINCT FROM ${expression}`;
  return unless(isChanged, cast, `CAST(${expression} AS VARCHAR)`, type);
}

/** DuckDB can't cast milliseconds to seconds, and nanoseconds to either; microseconds it can. */
export const castable = (expression: string, from: DataType, to: DataType): string =>
  from.kind === "timestamp" && to.kind === "timestamp" && from.precision > to.precision
    ? `CAST(${expression} AS TIMESTAMP)`
    : expression;

/** True when a reader loses nothing: besides what widens, every type has a text, and an instant is shown on the clock of UTC. */
function isReadWhole(from: DataType, to: DataType): boolean {
  if (isWidening(from, to) || to.kind === "string") return true;
  // Text may be no JSON, and what a struct without names was can't be cast back.
  if (to.kind === "json") return from.kind !== "binary" && from.kind !== "string" && from.kind !== "varchar";
  if (from.kind === "timestamp" && to.kind === "timestamp") return from.precision <= to.precision;
  if (from.kind === "array" && to.kind === "array") return isReadWhole(from.element, to.element);
  return from.kind === "date" && to.kind === "timestamp" && !to.zone;
}

/** `a bigint`, `an interval`: the type in a message. */
export function typeWords(type: DataType): string {
  const words = formatDataType(type);
  return `${/^[aeiou]/.test(words) ? "an" : "a"} ${words}`;
}
