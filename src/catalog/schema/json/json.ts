/** Reads the schema of a JSON file: one document, an array of documents, or one document per line. */
import { type DataType, type Field, formatDataType } from "../../../model/data-type.ts";
import { column } from "../../../model/schema.ts";
import type { FileFormat } from "../../../model/table.ts";
import type { ProviderError } from "../../../provider/error.ts";
import { lineAt } from "../csv/rows.ts";
import { extensionOf, type FileSchema, type TextSample, unreadable, type Widened } from "../file.ts";
import { lossNote, namesOfKinds, typeOfKinds } from "../infer-scalar.ts";
import { structOrMap, widen } from "../widen.ts";
import { NoRecord, type Records, scanRecords } from "./records.ts";
import { BrokenJson, emptyShape, type Shape } from "./scan.ts";

/**
 * Reads the schema of a sample. Returns `"more"` when the sample holds no whole record, and `"empty"` when the file holds no record.
 * Throws `invalid`, with the line, for text that is not JSON.
 */
export function readJsonSchema(sample: TextSample, format: FileFormat | undefined): FileSchema | "more" | "empty" {
  const root = emptyShape();
  const records = scan(sample, sample.text, root, sample.whole);
  if (!sample.whole && records.count === 0) return "more";
  if (records.count === 0) return "empty";
  if (!sample.whole) readEnd(sample, records, root);
  const found = formatOf(sample, records, format);
  const notes: string[] = [];
  const columns = columnsOf(sample, root, notes);
  if (sample.mark && found === "json" && records.perLine && records.count > 1) notes.push(markedLines);
  return {
    path: sample.path,
    format: found,
    columns: columns.fields.map((field) => column(field.name, field.type)),
    alsoLines: found === "json" && records.count === 1 && records.perLine && !sample.mark,
    widened: columns.widened,
    missing: columns.missing,
    losses: columns.losses,
    kinds: columns.kinds,
    notes,
  };
}

const markedLines =
  "JSON lines after a byte order mark are read as JSON documents, which engines can't split between threads.";

function scan(sample: TextSample, text: string, root: Shape, whole: boolean): Records {
  try {
    return scanRecords(text, root, whole);
  } catch (error) {
    if (!(error instanceof BrokenJson)) throw error;
    throw broken(sample.path, error, placeOf(text, error.at));
  }
}

const fixIt = "Fix the file, or write it again.";

const broken = (path: string, error: BrokenJson, place: string): ProviderError =>
  error instanceof NoRecord
    ? unreadable(
        path,
        `can't be read as rows: it ${error.message}, ${place}`,
        'Write each row as an object, like {"id": 1}.',
      )
    : unreadable(path, `is not valid JSON: it ${error.message}, ${place}`, fixIt);

function placeOf(text: string, at: number): string {
  return `in line ${lineAt(text, at)} at character ${at - text.lastIndexOf("\n", Math.max(0, at - 1))}`;
}

/** Reads the end of a file that is longer than the sample: its last lines, or at least the closing bracket of its array. */
function readEnd(sample: TextSample, records: Records, root: Shape): void {
  if (records.isArray && sample.closing !== "" && sample.closing !== "]") {
    throw unreadable(sample.path, "is not valid JSON: its array is not closed at the end of the file", fixIt);
  }
  if (records.isArray || !records.perLine || sample.tail === "") return;
  try {
    scanRecords(sample.tail, root, true);
  } catch (error) {
    if (!(error instanceof BrokenJson)) throw error;
    const left = new TextEncoder().encode(sample.tail.slice(error.at)).length;
    throw broken(sample.path, error, `${left} bytes before its end`);
  }
}

function formatOf(sample: TextSample, records: Records, wanted: FileFormat | undefined): FileFormat {
  const isLines = !records.isArray && records.perLine;
  if (sample.mark && (records.isArray || wanted === "jsonl")) throw marked(sample);
  if (wanted === "jsonl" && !isLines) {
    throw unreadable(sample.path, "does not hold one JSON object per line", 'Read it as "json".');
  }
  if (wanted === "json" || wanted === "jsonl") return wanted;
  if (!isLines || sample.mark) return "json";
  if (records.count > 1 || !sample.whole) return "jsonl";
  return /^(jsonl|ndjson)$/.test(extensionOf(sample.path)) ? "jsonl" : "json";
}

const marked = (sample: TextSample): ProviderError =>
  unreadable(sample.path, "starts with a byte order mark, which JSON must not have", "Save it as UTF-8 without one.");

interface Found {
  readonly widened: Widened[];
  readonly missing: string[];
  readonly losses: string[];
  readonly kinds: Map<string, number>;
}

function columnsOf(sample: TextSample, root: Shape, notes: string[]): Found & { readonly fields: readonly Field[] } {
  const found: Found = { widened: [], missing: [], losses: [], kinds: new Map() };
  const fields = fieldsOf(root, "", found).filter((field) => field.name !== "");
  if (root.fields.has("")) notes.push("A field without a name is left out.");
  if (fields.length > 0) return { fields, ...found };
  throw unreadable(sample.path, "holds no JSON objects with fields", "Leave it out, or write records as objects.");
}

function fieldsOf(shape: Shape, path: string, found: Found): readonly Field[] {
  return [...shape.fields].map(([name, field]) => {
    const inner = path === "" ? name : `${path}.${name}`;
    if (field.seen < shape.objects) found.missing.push(inner);
    return { name, type: typeOf(field, inner, found) };
  });
}

/** The type that holds all values of a shape. */
function typeOf(shape: Shape, path: string, found: Found): DataType {
  const scalar = typeOfKinds(shape.kinds);
  found.kinds.set(path, (found.kinds.get(path) ?? 0) | shape.kinds);
  const types = [
    ...(shape.objects > 0 || shape.fields.size > 0 ? [objectType(shape, path, found)] : []),
    ...(shape.element === null ? [] : [listType(shape.element, path, found)]),
  ];
  const type = types.reduce((known, next) => widen(known, next, true) ?? known, scalar);
  found.losses.push(...lossNote(path, shape.kinds));
  const from = [...namesOfKinds(shape.kinds), ...types.map((part) => (part.kind === "array" ? "list" : "object"))];
  if (from.length > 1) found.widened.push({ path, from, to: formatDataType(type) });
  return type;
}

function objectType(shape: Shape, path: string, found: Found): DataType {
  const inner: Found = { widened: [], missing: [], losses: found.losses, kinds: found.kinds };
  const type = structOrMap(fieldsOf(shape, path, inner));
  // The keys of a map are data, so missing ones are not worth a note.
  if (type.kind === "struct") {
    found.widened.push(...inner.widened);
    found.missing.push(...inner.missing);
  }
  return type;
}

const listType = (element: Shape, path: string, found: Found): DataType => ({
  kind: "array",
  element: typeOf(element, `${path}[]`, found),
});
