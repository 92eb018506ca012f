/** Infers the types of single values from UTF-8 bytes. It recognises the common forms without decoding them and leaves all others to `kindOf`. */
import { kind, kindOf } from "./infer-scalar.ts";

const zero = 48;
const nine = 57;
const minus = 45;
const point = 46;
const colon = 58;
/** Numbers of more digits may not fit into a double. */
const mostDigits = 15;

/** The kind of the non-empty value in `bytes` from `from` to `to`, equal to {@link kindOf} of its text. */
export function kindOfBytes(bytes: Uint8Array, from: number, to: number): number {
  const plain = kindOfPlain(bytes, from, to);
  return plain === 0 ? kindOfOther(bytes, from, to) : plain;
}

function kindOfOther(bytes: Uint8Array, from: number, to: number): number {
  const text = new TextDecoder().decode(bytes.subarray(from, to));
  return kindOf(text, 0, text.length);
}

/** The kind, or 0 when the value needs a closer look. */
function kindOfPlain(bytes: Uint8Array, from: number, to: number): number {
  const first = bytes[from] ?? 0;
  if (first > nine) return kindOfWord(bytes, from, to, first);
  const digits = first === minus ? from + 1 : from;
  const at = endOfDigits(bytes, digits, to);
  const count = at - digits;
  if (count === 0 || count > mostDigits || (count > 1 && bytes[digits] === zero)) return 0;
  if (at === to) return count === 1 && bytes[digits] === zero && first === minus ? 0 : kind.integer;
  const next = bytes[at];
  if (next === minus && count === 4) return digits === from ? kindOfTime(bytes, from, to) : 0;
  return next === point && to - digits <= mostDigits && endOfDigits(bytes, at + 1, to) === to ? kind.double : 0;
}

function endOfDigits(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  for (; at < to; at++) {
    const code = bytes[at] ?? 0;
    if (code < zero || code > nine) break;
  }
  return at;
}

// The words with a meaning begin with t, f, n or i: true, false, nan, inf.
const t = 116;
const f = 102;
const n = 110;
const i = 105;

function kindOfWord(bytes: Uint8Array, from: number, to: number, first: number): number {
  const letter = first | 0x20;
  const length = to - from;
  if (letter === t && length === 4) return isWord(bytes, from, "true") ? kind.boolean : kind.string;
  if (letter === f && length === 5) return isWord(bytes, from, "false") ? kind.boolean : kind.string;
  return letter === n || letter === i ? 0 : kind.string;
}

/** Compares letters without regard to case, which is the bit of value 32. */
function isWord(bytes: Uint8Array, from: number, word: string): boolean {
  for (let at = 0; at < word.length; at++) {
    if (((bytes[from + at] ?? 0) | 0x20) !== word.charCodeAt(at)) return false;
  }
  return true;
}

/** Recognises `2024-01-31`, optionally followed by ` 10:20:30` or `T10:20:30`, a fraction of up to six digits, and `Z`. */
function kindOfTime(bytes: Uint8Array, from: number, to: number): number {
  if (to - from < 10 || bytes[from + 7] !== minus) return 0;
  // Years that nanoseconds may not reach need a closer look.
  const century = twoDigits(bytes, from);
  if (century < 17 || century > 21) return 0;
  // The last days of a month need a calendar.
  const month = twoDigits(bytes, from + 5);
  const day = twoDigits(bytes, from + 8);
  if (month < 1 || month > 12 || day < 1 || (day > 28 && !hasDay(month, day))) return 0;
  return to - from === 10 ? kind.date : kindOfClock(bytes, from + 10, to);
}

const hasDay = (month: number, day: number) =>
  month !== 2 && (day <= 30 || (day === 31 && month !== 4 && month !== 6 && month !== 9 && month !== 11));

function kindOfClock(bytes: Uint8Array, from: number, to: number): number {
  const gap = bytes[from];
  if (to - from < 9 || (gap !== 32 && gap !== 84) || bytes[from + 3] !== colon || bytes[from + 6] !== colon) return 0;
  const hour = twoDigits(bytes, from + 1);
  const minute = twoDigits(bytes, from + 4);
  const second = twoDigits(bytes, from + 7);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return 0;
  let at = from + 9;
  if (bytes[at] === point && at < to) {
    const end = endOfDigits(bytes, at + 1, to);
    if (end === at + 1 || end > at + 7) return 0;
    at = end;
  }
  if (at === to) return kind.timestamp;
  return at + 1 === to && bytes[at] === 90 ? kind.instant : 0;
}

/** The number of two digits, or -1. */
function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = (bytes[at] ?? 0) - zero;
  const ones = (bytes[at + 1] ?? 0) - zero;
  return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -1 : tens * 10 + ones;
}
