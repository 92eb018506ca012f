/**
 * A shortcut for delimited files that begin with the same line as a file that was read before. Their dialect, header and order of
 * columns are the same, so only their values are read. Every doubtful file is left to the full reader (csv.ts), which must always
 * find the same schema.
 */
import { type Content, decodeContent } from "../content.ts";
import type { FileSchema } from "../file.ts";
import { kind, kindOf } from "../infer-scalar.ts";
import { kindOfName } from "../sampling.ts";
import { addPlainRows, type PlainRules, plainRules } from "./bytes.ts";
import { columnsOfKinds } from "./csv.ts";
import { readHeader } from "./header.ts";
import { emptyRow, rowRules, scanRow } from "./rows.ts";

/** The common properties of files that begin with the same line. */
export interface Layout extends PlainRules {
  /** The first line, with its line end and any byte order mark. */
  readonly header: Uint8Array;
  readonly first: FileSchema;
  /** The notes that follow from the first line alone. */
  readonly notes: readonly string[];
  /** Column types by the kinds of their values, which many files share. */
  readonly types: Map<string, Pick<FileSchema, "columns" | "widened" | "notes" | "losses" | "kinds">>;
}

/** The layouts of the files that were read so far. */
export type Layouts = Layout[];

// Each file is compared with all layouts.
const mostLayouts = 32;

const lineFeed = 10;
const carriageReturn = 13;

/** Remembers the layout of a file when its first line leaves no doubt. */
export function rememberLayout(layouts: Layouts, content: Content, schema: FileSchema): void {
  if (layouts.length >= mostLayouts) return;
  const layout = layoutOf(content.head, schema);
  if (layout !== null && !layouts.some((known) => isOf(known, content, schema.path))) layouts.push(layout);
}

function layoutOf(bytes: Uint8Array, schema: FileSchema): Layout | null {
  const end = bytes.indexOf(lineFeed);
  if (end < 0 || schema.csv?.header !== true || schema.csv.quote !== '"' || schema.csv.skip !== undefined) return null;
  const header = bytes.slice(0, end + 1);
  const delimiter = schema.csv.delimiter.charCodeAt(0);
  if (!isClear(header, delimiter, schema.columns.length) || !areNames(header, delimiter)) return null;
  const notes = headerNotes(header, schema.csv.delimiter);
  return { header, first: schema, notes, types: new Map(), ...plainRules(delimiter, schema.csv.newline === "\r\n") };
}

function headerNotes(header: Uint8Array, delimiter: string): readonly string[] {
  const [text, rules, row] = [new TextDecoder().decode(header), rowRules(delimiter, ""), emptyRow()];
  scanRow(text, 0, rules, row);
  return readHeader(text, row, rules).notes;
}

const delimiters = [..."\t|;,"].map((delimiter) => delimiter.charCodeAt(0));

/** True when no other delimiter makes as many columns of the line, and no quote or bracket is in it. */
function isClear(header: Uint8Array, delimiter: number, columns: number): boolean {
  const count = (byte: number) => header.reduce((sum, code) => (code === byte ? sum + 1 : sum), 0);
  const others = delimiters.filter((other) => other !== delimiter);
  const crlf = header[header.length - 2] === carriageReturn ? 1 : 0;
  return (
    columns > 1 &&
    count(delimiter) === columns - 1 &&
    others.every((other) => count(other) < columns - 1) &&
    count(carriageReturn) === crlf &&
    [..."\"'[{"].every((character) => count(character.charCodeAt(0)) === 0) &&
    (header[0] ?? 0) > 32
  );
}

/** True when each field is text, so that the line is a header whatever the values below it are. */
function areNames(header: Uint8Array, delimiter: number): boolean {
  const fields = new TextDecoder().decode(header).trim().split(String.fromCharCode(delimiter));
  return fields.every((field) => field !== "" && kindOf(field, 0, field.length) === kind.string);
}

/** The schema of a file with one of these layouts, or `null` when it needs the full reader. */
export function readAlike(layouts: Layouts, path: string, content: Content): FileSchema | null {
  const layout = layouts.find((known) => isOf(known, content, path));
  if (layout === undefined || !content.whole) return null;
  const kinds = new Int32Array(layout.first.columns.length);
  if (!addPlainRows(endedIn(content.head, layout), layout.header.length, layout, kinds)) return null;
  // Fails as the full reader does when the file is not text.
  if (!isPlainAscii(content.head)) decodeContent(path, content);
  return { ...layout.first, path, ...typesOf(layout, kinds) };
}

function isOf({ header, first }: Layout, { head, compression }: Content, path: string): boolean {
  if (head.length < header.length || first.csv?.compression !== compression) return false;
  for (let at = 0; at < header.length; at++) if (head[at] !== header[at]) return false;
  return kindOfName(first.path) === kindOfName(path);
}

/** The bytes with a line end after the last row, which may lack one. */
function endedIn(bytes: Uint8Array, { isCrlf }: Layout): Uint8Array {
  if (bytes[bytes.length - 1] === lineFeed) return bytes;
  const end = isCrlf ? [carriageReturn, lineFeed] : [lineFeed];
  const ended = new Uint8Array(bytes.length + end.length);
  ended.set(bytes);
  ended.set(end, bytes.length);
  return ended;
}

const lowBits = 0x01010101;
const highBits = 0x80808080;

/** True when no byte is 0 or above 127. Checks four bytes at a time, which is cheaper than decoding them. */
function isPlainAscii(bytes: Uint8Array): boolean {
  const words = bytes.byteOffset % 4 === 0 ? new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2) : null;
  let found = 0;
  for (let at = 0; words !== null && at < words.length; at++) {
    const word = words[at] ?? 0;
    // Subtracting 1 from a byte of 0 sets its high bit.
    found |= word | (word - lowBits);
  }
  for (let at = words === null ? 0 : words.length * 4; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    found |= byte | (byte - 1);
  }
  return (found & highBits) === 0;
}

function typesOf(layout: Layout, kinds: Int32Array) {
  const key = kinds.join();
  const known = layout.types.get(key);
  if (known !== undefined) return known;
  const names = layout.first.columns.map((column) => column.name);
  const found = columnsOfKinds(names, [...kinds]);
  const types = { ...found, notes: layout.notes };
  layout.types.set(key, types);
  return types;
}
