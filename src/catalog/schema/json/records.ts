/** Scans the records of a JSON text: the elements of an array, or consecutive documents. */
import { BrokenJson, type Cursor, emptyShape, type Shape, scanValue, skipBlanks, skipComma } from "./scan.ts";

/** How the records of a text are arranged. */
export interface Records {
  readonly isArray: boolean;
  /** The number of whole records that were read. */
  readonly count: number;
  /** True when the text holds documents, each in a line of its own. */
  readonly perLine: boolean;
}

/** Reads all whole records into a shape. Throws {@link BrokenJson}. */
export function scanRecords(text: string, root: Shape, whole: boolean): Records {
  const cursor: Cursor = { text, at: 0, objects: 0, depth: 0 };
  const isArray = skipBlanks(cursor) === 91;
  const found = { isArray, count: 0, perLine: !isArray };
  try {
    if (isArray) scanElements(cursor, root, found);
    else scanDocuments(cursor, root, found);
  } catch (error) {
    if (whole || !(error instanceof BrokenJson) || !error.ended) throw error;
  }
  return found;
}

interface Found {
  count: number;
  perLine: boolean;
}

function scanElements(cursor: Cursor, root: Shape, found: Found): void {
  cursor.at++;
  if (skipBlanks(cursor) === 93) cursor.at++;
  else {
    for (;;) {
      scanRecord(cursor, root, found);
      const code = skipBlanks(cursor);
      if (code !== 44 && code !== 93)
        throw misplaced(cursor, "has neither a comma nor a closing bracket after an element");
      if (code === 44) skipComma(cursor, 93);
      else {
        cursor.at++;
        break;
      }
    }
  }
  if (!Number.isNaN(skipBlanks(cursor))) throw misplaced(cursor, "continues after the end of its array");
}

function scanDocuments(cursor: Cursor, root: Shape, found: Found): void {
  let last = 0;
  while (!Number.isNaN(skipBlanks(cursor))) {
    const start = cursor.at;
    if (found.count > 0 && !cursor.text.slice(last, start).includes("\n")) found.perLine = false;
    scanRecord(cursor, root, found);
    last = cursor.at;
    const lineEnd = cursor.text.indexOf("\n", start);
    if (lineEnd >= 0 && lineEnd < last) found.perLine = false;
  }
}

function scanRecord(cursor: Cursor, root: Shape, found: Found): void {
  const start = cursor.at;
  const isObject = cursor.text.charCodeAt(start) === 123;
  if (!isObject && !cursor.text.startsWith("null", start)) throw noRecord(cursor);
  scanValue(cursor, root);
  found.count++;
}

/** JSON that is no object, such as an element of `[1, 2]`. */
export class NoRecord extends BrokenJson {}

function noRecord(cursor: Cursor): BrokenJson {
  const { at, ended } = misplaced(cursor, "");
  try {
    // A number at the very end of a text may go on after it.
    scanValue({ ...cursor, text: `${cursor.text}\n` }, emptyShape());
  } catch {
    return misplaced(cursor, "has a record that is not an object");
  }
  return new NoRecord("has a record that is not an object", at, ended);
}

function misplaced(cursor: Cursor, problem: string): BrokenJson {
  const isEnd = cursor.at >= cursor.text.length;
  return new BrokenJson(isEnd ? "ends too early" : problem, cursor.at, cursor.text.length - cursor.at < 4);
}
