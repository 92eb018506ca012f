/** Reads all values of a text file that is too large for one text, in pieces that end with a record. */
import type { FileStat, Storage } from "../../engine/storage.ts";
import { isProviderError } from "../../provider/error.ts";
import { type Content, wholeSize } from "./content.ts";
import type { FileSchema } from "./file.ts";
import { uniteSchemas } from "./unite.ts";

/** Reads the schema of one piece as if it were a file. */
export type ReadPiece = (content: Content) => FileSchema | "more" | "empty";

/**
 * The schema of all values, or `null` for a file that can't be cut: it has lines above its header, or is not made of JSON lines, or its
 * pieces are not read alike. `start` is the schema of its start.
 */
export async function readPieces(
  storage: Storage,
  file: FileStat,
  start: FileSchema,
  read: ReadPiece,
): Promise<FileSchema | null> {
  const isCsv = start.format === "csv";
  if (isCsv ? start.csv === undefined || start.csv.skip !== undefined : start.format !== "jsonl") return null;
  const quote = isCsv ? (start.csv?.quote ?? "").charCodeAt(0) : Number.NaN;
  const schemas: FileSchema[] = [];
  let header = new Uint8Array();
  for (let at = 0; at < file.size; ) {
    const isLast = at + wholeSize >= file.size;
    const bytes = await storage.read(file.path, { start: at, end: Math.min(at + wholeSize, file.size) });
    const end = isLast ? bytes.length : endOfRecords(bytes, quote);
    if (end === 0) return null;
    const schema = readable(read, joined(header, bytes.subarray(0, end)));
    if (schema === null || !isLike(schema, start)) return null;
    schemas.push(schema);
    if (start.csv?.header === true && at === 0) header = bytes.slice(0, bytes.indexOf(lineFeed) + 1);
    at += end;
  }
  const { columns, kinds, conflict } = uniteSchemas(schemas, false);
  if (conflict !== undefined) return null;
  const [missing, losses, notes, widened] = [
    [...new Set(schemas.flatMap((schema) => schema.missing))],
    [...new Set(schemas.flatMap((schema) => schema.losses ?? []))],
    [...new Set(schemas.flatMap((schema) => schema.notes))],
    schemas.flatMap((schema) => schema.widened),
  ];
  return { ...start, isSampled: false, columns, kinds, missing, losses, notes, widened };
}

const lineFeed = 10;

/** The end of the last line that ends outside of quotes, or 0. In JSON no line ends inside of them. */
function endOfRecords(bytes: Uint8Array, quote: number): number {
  let quotes = 0;
  for (let at = 0; at < bytes.length; at++) if (bytes[at] === quote) quotes++;
  for (let at = bytes.length - 1; at >= 0; at--) {
    if (bytes[at] === quote) quotes--;
    else if (bytes[at] === lineFeed && quotes % 2 === 0) return at + 1;
  }
  return 0;
}

function joined(header: Uint8Array, bytes: Uint8Array): Uint8Array {
  if (header.length === 0) return bytes;
  const all = new Uint8Array(header.length + bytes.length);
  all.set(header);
  all.set(bytes, header.length);
  return all;
}

function readable(read: ReadPiece, head: Uint8Array): FileSchema | null {
  try {
    const schema = read({ head, whole: true, tail: new Uint8Array(), compression: "none" });
    return typeof schema === "string" ? null : schema;
  } catch (error) {
    if (isProviderError(error, "invalid")) return null;
    throw error;
  }
}

/** Whether a piece is read as the start is: columns of delimited text have the same places, and records are lines. */
function isLike(piece: FileSchema, start: FileSchema): boolean {
  if (start.format !== "csv") return piece.format === "jsonl" || piece.alsoLines === true;
  const dialect = ({ csv }: FileSchema) => JSON.stringify([csv?.delimiter, csv?.quote, csv?.header, csv?.skip]);
  const names = ({ columns }: FileSchema) => JSON.stringify(columns.map(({ name }) => name));
  return piece.format === "csv" && dialect(piece) === dialect(start) && names(piece) === names(start);
}
