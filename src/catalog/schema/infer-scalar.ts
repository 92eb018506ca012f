/**
 * Infers the types of single values written as text. A value has one kind. A column has the set of kinds of its values, as bits of a
 * number. Only forms that every engine casts without a format count. A form that a cast would change (`007`, `+1`) is text.
 */
import { bigint, boolean, type DataType, date, double, string, unknown } from "../../model/data-type.ts";

/** The kinds of values. A null has none. */
export const kind = {
  boolean: 1,
  integer: 2,
  double: 4,
  /** `NaN` and infinities: numbers in a column of nothing else than numbers. */
  notFinite: 8,
  /** An integer that does not fit into 64 bits. */
  large: 16,
  date: 32,
  timestamp: 64,
  /** A timestamp with `Z` or an offset. */
  instant: 128,
  /** Accompanies `timestamp` and `instant` when the fraction has more than six digits. */
  nanoseconds: 256,
  string: 512,
  /** Accompanies `integer` and `large` when a double would change the digits. */
  inexact: 1024,
  /** Accompanies `double` when the number has more digits than a double holds. */
  long: 2048,
  /** A number beyond the range of a double. */
  overflow: 4096,
  /** Accompanies `timestamp` and `instant` when digits of the fraction beyond the sixth are not 0. */
  finer: 8192,
  /** Accompanies `instant` when its offset is not that of UTC. */
  offset: 16384,
  /** Accompanies `date` and `timestamp` in years that nanoseconds do not reach. */
  far: 32768,
  /** A text that is a time of day, exactly as engines write it. */
  time: 65536,
  /** Accompanies all others: an empty text in quotes, which is a null in a column that is no text. */
  empty: 131072,
  /** `infinity` in full: a number beside numbers, but also how engines write dates and times without an end. */
  endless: 262144,
} as const;

/** The kinds of values that are text. */
export const texts = kind.string | kind.time;
const numbers = kind.integer | kind.double | kind.notFinite | kind.large | kind.endless;
const notFinite = kind.notFinite | kind.endless;
const remarks = kind.nanoseconds | kind.inexact | kind.long | kind.finer | kind.offset | kind.far | kind.empty;

/** The type that holds all kinds of a set: boolean, bigint, double, date, timestamp or string; `unknown` for the empty set. */
export function typeOfKinds(kinds: number): DataType {
  const set = kinds & ~remarks;
  if (set === 0) return unknown;
  if (set === kind.boolean) return boolean;
  if (set === kind.integer) return bigint;
  if ((set & ~numbers) === 0) return isDouble(set) && (kinds & kind.inexact) === 0 ? double : string;
  if (set === kind.date) return date;
  if ((set & ~(kind.date | kind.timestamp)) === 0) return typeOfTimes(kinds);
  // Instants of engines have microseconds.
  if (set === kind.instant)
    return (kinds & kind.finer) === 0 ? { kind: "timestamp", precision: 6, zone: true } : string;
  return string;
}

function typeOfTimes(kinds: number): DataType {
  if (areTooFar(kinds)) return string;
  const isFine = (kinds & kind.nanoseconds) !== 0 && (kinds & kind.far) === 0;
  return { kind: "timestamp", precision: isFine ? 9 : 6, zone: false };
}

/** True when some values have nanoseconds and others are of years that nanoseconds do not reach. */
export const areTooFar = (kinds: number): boolean => (kinds & kind.finer) !== 0 && (kinds & kind.far) !== 0;

// A double would change the digits of large integers, which are ids more often than measures.
const isDouble = (set: number) =>
  (set & kind.double) !== 0 || (set !== kind.endless && (set & ~kind.integer & notFinite) === (set & ~kind.integer));

/** The names of the kinds of a set, for messages. */
export function namesOfKinds(kinds: number): readonly string[] {
  const names: readonly (readonly [number, string])[] = [
    [kind.boolean, "boolean"],
    [kind.integer, "bigint"],
    [kind.double | notFinite, "double"],
    [kind.large, "integers over 64 bits"],
    [kind.inexact, "integers that a double would change"],
    [kind.overflow, "numbers beyond the range of a double"],
    [kind.date, "date"],
    [kind.timestamp, "timestamp"],
    [kind.instant, "timestamp with time zone"],
    [kind.finer, "fractions of a second finer than microseconds"],
    [kind.far, "years before 1678 or after 2261"],
    [texts, "string"],
  ];
  const isMixed = (kinds & (kind.double | notFinite)) !== 0;
  const untold =
    (isMixed ? 0 : kind.inexact) |
    (areTooFar(kinds) ? 0 : kind.far) |
    (areTooFar(kinds) || (kinds & kind.instant) !== 0 ? 0 : kind.finer);
  return names.flatMap(([bits, name]) => ((kinds & bits & ~untold) === 0 ? [] : [name]));
}

/** A sentence about a column of doubles whose values lose digits, or none. */
export const lossNote = (path: string, kinds: number): readonly string[] =>
  (kinds & kind.long) !== 0 && typeOfKinds(kinds).kind === "float"
    ? [
        `"${path}" holds numbers of more than 17 digits; as double they keep about 16. Declare it as decimal to keep all.`,
      ]
    : [];

const blank = 32;
const zero = 48;
const colon = 58;
const isDigit = (code: number) => code >= zero && code <= 57;

/** The kind of the non-empty value in `text` from `start` to `end`. Blanks around numbers and times are ignored. */
export function kindOf(text: string, start: number, end: number): number {
  let from = start;
  let to = end;
  while (from < to && text.charCodeAt(from) === blank) from++;
  while (to > from && text.charCodeAt(to - 1) === blank) to--;
  if (from === to) return kind.string;
  const first = text.charCodeAt(from);
  if (isDigit(first) || first === 45 || first === 46) return numberOrTime(text, from, to);
  // Engines accept no blanks around a boolean.
  return kindOfWord(text.slice(start, end));
}

function kindOfWord(word: string): number {
  if (word.length > 9) return kind.string;
  if (/^(true|false)$/i.test(word)) return kind.boolean;
  if (/^infinity$/i.test(word)) return kind.endless;
  return /^(nan|inf)$/i.test(word) ? kind.notFinite : kind.string;
}

function numberOrTime(text: string, from: number, to: number): number {
  const digits = text.charCodeAt(from) === 45 ? from + 1 : from;
  let at = digits;
  while (at < to && isDigit(text.charCodeAt(at))) at++;
  const count = at - digits;
  const padded = count > 1 && text.charCodeAt(digits) === zero;
  if (at === to) return count === 0 || padded ? kind.string : kindOfInteger(text, from, to, count);
  if (count === 4 && digits === from && text.charCodeAt(at) === 45) return kindOfTime(text, from, to);
  if (text.charCodeAt(at) === colon) return kindOfTime(text, from, to);
  return padded ? kind.string : kindOfFraction(text.slice(from, to));
}

function kindOfInteger(text: string, from: number, to: number, digits: number): number {
  // A bigint has no negative zero.
  if (digits === 1 && to - from === 2 && text.charCodeAt(from + 1) === zero) return kind.double;
  return digits <= 15 ? kind.integer : kindOfDigits(text.slice(from, to));
}

/** The kind of an integer, with `inexact` when a double would change its digits. */
export function kindOfDigits(digits: string): number {
  if (digits.length > 310) return kind.overflow;
  const value = BigInt(digits);
  const size = value === BigInt.asIntN(64, value) ? kind.integer : kind.large;
  const near = Number(digits);
  if (!Number.isFinite(near)) return kind.overflow;
  return BigInt(near) === value ? size : size | kind.inexact;
}

function kindOfFraction(value: string): number {
  if (/^-?infinity$/i.test(value)) return kind.endless;
  if (/^-?inf$/i.test(value)) return kind.notFinite;
  return /^-?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(value) ? kindOfDecimal(value) : kind.string;
}

/** The kind of a number with a point or an exponent. */
export function kindOfDecimal(value: string): number {
  if (value.length <= 17 && !/e/i.test(value)) return kind.double;
  const near = Number(value);
  const digits = value.replace(/e.*$/i, "").replace(/[-.]/g, "").replace(/^0+/, "").replace(/0+$/, "");
  if (!Number.isFinite(near) || (near === 0 && digits !== "")) return kind.overflow;
  return digits.length > 17 ? kind.double | kind.long : kind.double;
}

// Engines read an offset only after seconds.
const clock = /^[ T]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(?:\.(\d{1,9}))?(Z|[+-]\d\d(?::?\d\d)?)?)?$/;
const timeOfDay = /^([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{0,5}[1-9])?$/;

/** The kind of a date, a timestamp or a time of day in ISO form; `string` for any other text. */
export function kindOfTime(text: string, from: number, to: number): number {
  const length = to - from;
  if (length >= 8 && length <= 15 && text.charCodeAt(from + 2) === colon)
    return timeOfDay.test(text.slice(from, to)) ? kind.time : kind.string;
  if (length < 10 || length > 36 || !isDate(text.slice(from, from + 10))) return kind.string;
  const year = Number(text.slice(from, from + 4));
  const far = year < 1678 || year > 2261 ? kind.far : 0;
  if (length === 10) return far | kind.date;
  const match = clock.exec(text.slice(from + 10, to));
  return match === null ? kind.string : far | kindOfFractionAndZone(match[3] ?? "", match[4]);
}

function kindOfFractionAndZone(fraction: string, zone: string | undefined): number {
  const fine = fraction.length > 6 ? kind.nanoseconds | (/[1-9]/.test(fraction.slice(6)) ? kind.finer : 0) : 0;
  if (zone === undefined) return fine | kind.timestamp;
  return fine | kind.instant | (/[1-9]/.test(zone) ? kind.offset : 0);
}

function isDate(text: string): boolean {
  if (!/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/.test(text)) return false;
  const day = Number(text.slice(8));
  return day <= 28 || day <= daysOf(Number(text.slice(0, 4)), Number(text.slice(5, 7)));
}

function daysOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}
