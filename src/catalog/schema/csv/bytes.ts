/**
 * Scans rows of plain delimited text as bytes, several times faster than as text. It handles only clear cases and reports all others,
 * so that the rules stay in one place (rows.ts).
 */
import { kindOfBytes } from "../infer-bytes.ts";
import { kind } from "../infer-scalar.ts";

/** The separators of plain text, as bytes. Values are enclosed in double quotes or not at all. */
export interface PlainRules {
  readonly delimiter: number;
  readonly isCrlf: boolean;
  /** 1 for each byte that ends a value: the delimiter, line feed and carriage return. */
  readonly ends: Uint8Array;
}

const lineFeed = 10;
const carriageReturn = 13;
const blank = 32;
const doubleQuote = 34;
const singleQuote = 39;
const point = 46;
const zero = 48;
const nine = 57;

/** The rules for a delimiter. */
export function plainRules(delimiter: number, isCrlf: boolean): PlainRules {
  const ends = new Uint8Array(256);
  for (const byte of [delimiter, lineFeed, carriageReturn]) ends[byte] = 1;
  return { delimiter, isCrlf, ends };
}

/**
 * Adds the kinds of the values of all rows from `start` on. True when each row has as many fields as there are kinds, ends as the
 * rules say, and has no ambiguous quote. `bytes` must end in a line end.
 */
export function addPlainRows(bytes: Uint8Array, start: number, rules: PlainRules, kinds: Int32Array): boolean {
  const { delimiter, isCrlf, ends } = rules;
  const { length } = bytes;
  const last = kinds.length - 1;
  let at = start;
  while (at < length) {
    for (let index = 0; index < last; index++) {
      at = addField(bytes, at, ends, kinds, index);
      if (at < 0 || bytes[at] !== delimiter) return false;
      at++;
    }
    at = addField(bytes, at, ends, kinds, last);
    if (at < 0 || (isCrlf && bytes[at++] !== carriageReturn) || bytes[at] !== lineFeed) return false;
    at++;
  }
  return true;
}

/** Adds the kind of the value that starts at `from`. Returns the end of the field, or -1 when it is in doubt. */
function addField(bytes: Uint8Array, from: number, ends: Uint8Array, kinds: Int32Array, index: number): number {
  const first = bytes[from] ?? 0;
  if (first === blank || first === doubleQuote || first === singleQuote)
    return addOther(bytes, from, ends, kinds, index);
  const known = kinds[index] ?? 0;
  if ((known & kind.string) !== 0) return endOfField(bytes, from, ends);
  let at = endOfDigits(bytes, from);
  let found: number = kind.integer;
  if (bytes[at] === point && at > from) {
    at = endOfDigits(bytes, at + 1);
    found = kind.double;
  }
  if (ends[bytes[at] ?? 0] === 0 || at - from > 15 || (first === zero && at - from > 1 && bytes[from + 1] !== point)) {
    at = endOfField(bytes, at, ends);
    found = kindOfBytes(bytes, from, at);
  }
  if (at > from) kinds[index] = known | found;
  return at;
}

function endOfDigits(bytes: Uint8Array, from: number): number {
  let at = from;
  let code = bytes[at] ?? 0;
  while (code >= zero && code <= nine) code = bytes[++at] ?? 0;
  return at;
}

/** The end of the field; a line end always follows. */
function endOfField(bytes: Uint8Array, from: number, ends: Uint8Array): number {
  let at = from;
  while (ends[bytes[at] ?? lineFeed] === 0) at++;
  return at;
}

function addOther(bytes: Uint8Array, from: number, ends: Uint8Array, kinds: Int32Array, index: number): number {
  const opening = bytes[from] === blank ? from + 1 : from;
  if (bytes[opening] === singleQuote) return -1;
  const isQuoted = bytes[opening] === doubleQuote;
  const start = isQuoted ? opening + 1 : from;
  const end = isQuoted ? closingQuote(bytes, start) : endOfField(bytes, from, ends);
  if (end < 0) return -1;
  const known = kinds[index] ?? 0;
  if ((known & kind.string) === 0) {
    // A blank field starts before its end, so an empty one is in quotes.
    kinds[index] = known | (start === end ? kind.empty : kindOfBytes(bytes, start, end));
  }
  return isQuoted ? endBehind(bytes, end + 1, ends) : end;
}

function closingQuote(bytes: Uint8Array, from: number): number {
  for (let at = from; at < bytes.length; at++) {
    if (bytes[at] !== doubleQuote) continue;
    if (bytes[at + 1] !== doubleQuote) return at;
    at++;
  }
  return -1;
}

function endBehind(bytes: Uint8Array, from: number, ends: Uint8Array): number {
  let at = from;
  while (bytes[at] === blank) at++;
  return ends[bytes[at] ?? 0] === 1 ? at : -1;
}
