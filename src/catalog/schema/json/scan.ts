/**
 * Finds the shapes of JSON values without building the values. Numbers keep their written form, and a truncated text can be read up
 * to its end.
 */
import { kind, kindOfDecimal, kindOfDigits, kindOfTime } from "../infer-scalar.ts";

/** What was seen at one path of the records: kinds of scalars, fields of objects, elements of lists. */
export interface Shape {
  kinds: number;
  /** The number of values, including nulls. */
  seen: number;
  objects: number;
  lists: number;
  readonly fields: Map<string, Shape>;
  element: Shape | null;
  /** The last object with this field, which reveals an object that has it twice. */
  lastIn: number;
}

/** An error at a place where the text is not JSON, or holds no records. `ended` is true when the text stops there. */
export class BrokenJson extends Error {
  readonly at: number;
  readonly ended: boolean;
  constructor(problem: string, at: number, ended: boolean) {
    super(problem);
    this.name = "BrokenJson";
    this.at = at;
    this.ended = ended;
  }
}

/** A text and the position up to which it was read. */
export interface Cursor {
  readonly text: string;
  at: number;
  /** The number of objects so far. */
  objects: number;
  depth: number;
}

/** A shape before anything was seen. */
export const emptyShape = (): Shape => ({
  kinds: 0,
  seen: 0,
  objects: 0,
  lists: 0,
  fields: new Map(),
  element: null,
  lastIn: 0,
});

/** The problem of a text in which an object has a key twice. */
export const repeatedKey = "has a field twice in one object";

const deepest = 200;

/** Reads the value at the cursor into a shape. Throws {@link BrokenJson}. */
export function scanValue(cursor: Cursor, shape: Shape): void {
  shape.seen++;
  const code = cursor.text.charCodeAt(cursor.at);
  if (code === 34) shape.kinds |= scanString(cursor, (shape.kinds & kind.string) !== 0);
  else if (code === 123 || code === 91) scanNested(cursor, shape, code === 123);
  else if (code === 45 || (code >= 48 && code <= 57)) shape.kinds |= scanNumber(cursor);
  else shape.kinds |= scanWord(cursor);
}

function scanNested(cursor: Cursor, shape: Shape, isObject: boolean): void {
  if (++cursor.depth > deepest) throw new BrokenJson(`is nested deeper than ${deepest} levels`, cursor.at, false);
  if (isObject) scanObject(cursor, shape);
  else scanList(cursor, shape);
  cursor.depth--;
}

function scanObject(cursor: Cursor, shape: Shape): void {
  const id = ++cursor.objects;
  cursor.at++;
  if (skipBlanks(cursor) === 125) {
    cursor.at++;
    shape.objects++;
    return;
  }
  for (;;) {
    const start = cursor.at;
    if (skipBlanks(cursor) !== 34) throw broken(cursor, "has no name in quotes where a field should start");
    const field = fieldOf(shape, scanKey(cursor));
    if (field.lastIn === id) throw new BrokenJson(repeatedKey, start, false);
    field.lastIn = id;
    expect(cursor, 58, "has no colon after the name of a field");
    skipBlanks(cursor);
    scanValue(cursor, field);
    if (isLast(cursor, 125)) break;
  }
  shape.objects++;
}

function scanList(cursor: Cursor, shape: Shape): void {
  cursor.at++;
  shape.lists++;
  shape.element ??= emptyShape();
  if (skipBlanks(cursor) === 93) {
    cursor.at++;
    return;
  }
  do scanValue(cursor, shape.element);
  while (!isLast(cursor, 93));
}

function fieldOf(shape: Shape, name: string): Shape {
  const known = shape.fields.get(name);
  if (known !== undefined) return known;
  const field = emptyShape();
  shape.fields.set(name, field);
  return field;
}

/** Skips a comma, to the value after it, or the closing bracket. */
function isLast(cursor: Cursor, closing: number): boolean {
  const code = skipBlanks(cursor);
  if (code !== 44 && code !== closing) throw broken(cursor, "has neither a comma nor a closing bracket after a value");
  if (code === 44) skipComma(cursor, closing);
  else cursor.at++;
  return code === closing;
}

/** Skips a comma, to the value after it, which must not be the closing bracket. */
export function skipComma(cursor: Cursor, closing: number): void {
  const comma = cursor.at++;
  if (skipBlanks(cursor) === closing)
    throw new BrokenJson("has a trailing comma, which JSON does not allow", comma, false);
}

function expect(cursor: Cursor, code: number, problem: string): void {
  if (skipBlanks(cursor) !== code) throw broken(cursor, problem);
  cursor.at++;
}

/** Skips white space. Returns the code of the next character, or `NaN` at the end. */
export function skipBlanks(cursor: Cursor): number {
  for (;;) {
    const code = cursor.text.charCodeAt(cursor.at);
    if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return code;
    cursor.at++;
  }
}

function scanKey(cursor: Cursor): string {
  const start = cursor.at;
  const escaped = endString(cursor);
  const text = cursor.text.slice(start, cursor.at);
  return escaped ? String(parsed(text, start)) : text.slice(1, -1);
}

function scanString(cursor: Cursor, isKnown: boolean): number {
  const start = cursor.at;
  const escaped = endString(cursor);
  if (escaped && isUnpaired(parsed(cursor.text.slice(start, cursor.at), start))) {
    throw new BrokenJson("has an escape that is half a character", start, false);
  }
  if (isKnown || escaped) return kind.string;
  return cursor.at - start <= 6
    ? kindOfShort(cursor.text.slice(start + 1, cursor.at - 1))
    : kindOfTime(cursor.text, start + 1, cursor.at - 1);
}

/** JSON has no infinities and no NaN, so engines write them as texts. */
function kindOfShort(text: string): number {
  return text === "inf" || text === "-inf" || text === "nan" ? kind.notFinite : kind.string;
}

const isUnpaired = (text: string) => /\p{Surrogate}/u.test(text);

function parsed(text: string, at: number): string {
  try {
    return String(JSON.parse(text));
  } catch {
    throw new BrokenJson("has an invalid escape in a text", at, false);
  }
}

/** Skips a quoted text. True when it has escapes. */
function endString(cursor: Cursor): boolean {
  const { text } = cursor;
  let escaped = false;
  for (let at = cursor.at + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 34) {
      cursor.at = at + 1;
      return escaped;
    }
    if (code < 32) throw new BrokenJson("has a control character in a text", at, false);
    if (code !== 92) continue;
    escaped = true;
    at++;
  }
  throw new BrokenJson("ends within a text", cursor.at, true);
}

const number = /-?(?:Infinity|(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?)/y;

function scanNumber(cursor: Cursor): number {
  number.lastIndex = cursor.at;
  const match = number.exec(cursor.text);
  const next = cursor.at + (match?.[0].length ?? 0);
  // A number at the end of a truncated text may continue.
  if (match === null || next === cursor.text.length || /[\w.]/.test(cursor.text.charAt(next))) {
    throw new BrokenJson("has an invalid number", cursor.at, match === null || next === cursor.text.length);
  }
  cursor.at = next;
  if (match[1] !== undefined || match[2] !== undefined) return kindOfDecimal(match[0]);
  if (match[0].endsWith("y")) return kind.notFinite;
  if (match[0] === "-0") return kind.double;
  return match[0].length <= 15 ? kind.integer : kindOfDigits(match[0]);
}

const word = /true|false|null|NaN|Infinity/y;

function scanWord(cursor: Cursor): number {
  word.lastIndex = cursor.at;
  const found = word.exec(cursor.text)?.[0];
  if (found === undefined) throw broken(cursor, "has an invalid value");
  cursor.at += found.length;
  if (found === "null") return 0;
  return found === "true" || found === "false" ? kind.boolean : kind.notFinite;
}

function broken(cursor: Cursor, problem: string): BrokenJson {
  const isEnd = cursor.text.length - cursor.at < 8;
  return new BrokenJson(cursor.at >= cursor.text.length ? "ends too early" : problem, cursor.at, isEnd);
}
