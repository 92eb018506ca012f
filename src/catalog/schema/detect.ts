/** Detects the schema of one file: its format, by content and extension, and then its columns, by that format's reader. */
import type { FileStat, Storage } from "../../engine/storage.ts";
import type { FileFormat } from "../../model/table.ts";
import { isProviderError } from "../../provider/error.ts";
import {
  type Content,
  decodeContent,
  headSize,
  isTooLarge,
  mostWhole,
  readContent,
  transcoded,
  wholeSize,
} from "./content.ts";
import { type Layouts, readAlike, rememberLayout } from "./csv/alike.ts";
import { type CsvOptions, readCsvSchema } from "./csv/csv.ts";
import { extensionOf, type FileSchema, type TextSample, unreadable } from "./file.ts";
import { readJsonSchema } from "./json/json.ts";
import { readParquetSchema } from "./parquet/parquet.ts";
import { readPieces } from "./pieces.ts";

/** Options for reading one file. */
export interface DetectOptions extends CsvOptions {
  readonly format?: FileFormat;
  readonly readFooter?: (file: FileStat) => Promise<FileSchema>;
  /** Reads all values of a file, up to 64 MB or with `any` of any size if it can be cut, not only its first and last ones. */
  readonly whole?: boolean | "any";
}

/** How much of a file is read at most to find the end of its first record. */
const largestHead = 16 << 20;

/**
 * The schema of a file, or `null` when it is empty. Throws `invalid` when it can't be read. `layouts` are those of files that were read
 * before with the same options.
 */
export async function detectSchema(
  storage: Storage,
  file: FileStat,
  options: DetectOptions,
  layouts: Layouts,
): Promise<FileSchema | null> {
  const { format, readFooter = (parquet: FileStat) => readParquetSchema(storage, parquet) } = options;
  if (file.size === 0) return null;
  if (format === "parquet" || (format === undefined && extensionOf(file.path) === "parquet")) {
    return readFooter(file);
  }
  const cut = options.whole === "any" && isTooLarge(file) ? await readCut(storage, file, options, layouts) : null;
  if (cut !== null) return cut;
  const most = options.whole === "any" ? mostWhole : wholeSize;
  for (
    let size = options.whole === undefined || options.whole === false ? headSize : most;
    ;
    size = Math.max(size, largestHead)
  ) {
    const content = await readContent(storage, file, size);
    if (format === undefined && isParquet(content.head)) return readFooter(file);
    const schema = readText(file.path, content, options, layouts);
    if (schema === "empty") return null;
    if (schema !== "more") return content.whole ? schema : { ...schema, isSampled: true };
    if (size >= largestHead) {
      throw unreadable(file.path, "has a first record of more than 16 MB", "Write it as smaller records.");
    }
  }
}

/** All values of a file that is too large for one text, or `null` if it can't be cut. */
async function readCut(
  storage: Storage,
  file: FileStat,
  options: DetectOptions,
  layouts: Layouts,
): Promise<FileSchema | null> {
  const content = await readContent(storage, file, headSize);
  if (content.compression !== "none" || !isPlain(options.csv) || isParquet(content.head)) return null;
  const start = readText(file.path, content, options, layouts);
  const read = (piece: Content) => readText(file.path, piece, options, layouts);
  return typeof start === "string" ? null : readPieces(storage, file, start, read);
}

/** Reads text. What begins like a file before, or like its own start, is scanned without decoding it. */
function readText(path: string, content: Content, options: DetectOptions, layouts: Layouts) {
  if (!isPlain(options.csv)) return readEncoded(path, content, options);
  const alike = readAlike(layouts, path, content);
  if (alike !== null) return alike;
  if (content.whole && content.head.length > 2 * headSize && !/json/.test(options.format ?? extensionOf(path))) {
    rememberStart(path, content, options, layouts);
    const found = readAlike(layouts, path, content);
    if (found !== null) return found;
  }
  const schema = readSample(decodeContent(path, content), options);
  if (typeof schema !== "string") rememberLayout(layouts, content, schema);
  return schema;
}

/** Remembers the layout of a large file by its first megabyte. A file that can't be read so gets the full reader and its errors. */
function rememberStart(path: string, content: Content, options: DetectOptions, layouts: Layouts): void {
  const start = { ...content, head: content.head.subarray(0, headSize), whole: false };
  try {
    const schema = readSample(decodeContent(path, start), options);
    if (typeof schema !== "string") rememberLayout(layouts, start, schema);
  } catch (error) {
    if (!isProviderError(error, "invalid")) throw error;
  }
}

function readEncoded(path: string, content: Content, options: DetectOptions) {
  const { encoding } = options.csv;
  const isUtf8 = encoding === undefined || encoding === "utf-8";
  return readSample(decodeContent(path, isUtf8 ? content : transcoded(path, content, encoding)), options);
}

/** True when nothing but the delimiter, the quote and the header are set, so that values mean what they mean without settings. */
const isPlain = ({ delimiter: _, quote: __, header, ...others }: CsvOptions["csv"]): boolean =>
  header !== false && Object.values(others).every((value) => value === undefined);

/** Checks for the format's magic bytes, followed by the binary header of the first page. */
const isParquet = (bytes: Uint8Array) =>
  bytes[0] === 80 && bytes[1] === 65 && bytes[2] === 82 && bytes[3] === 49 && (bytes[4] ?? 0) < 0x20;

function readSample(sample: TextSample, options: DetectOptions): FileSchema | "more" | "empty" {
  if (/^\s*$/.test(sample.text)) return sample.whole ? "empty" : "more";
  if (options.format === undefined ? isJson(sample) : options.format !== "csv") {
    return checkCompression(sample, readJsonSchema(sample, options.format));
  }
  return sample.whole || sample.text.includes("\n") ? readCsvSchema(sample, options) : "more";
}

/** Decides by the extension where it names a format, otherwise by the start of the text. */
function isJson({ path, text }: TextSample): boolean {
  const extension = extensionOf(path);
  if (/^(json|jsonl|ndjson)$/.test(extension)) return true;
  return !/^(csv|tsv|tab|psv|txt)$/.test(extension) && /^\s*(\{|\[\s*[{\]])/.test(text);
}

/** Refuses JSON whose name does not show its compression, because engines decide by the name. */
function checkCompression(sample: TextSample, schema: FileSchema | "more" | "empty"): FileSchema | "more" | "empty" {
  const isNamed = /\.gz$/i.test(sample.path);
  if (typeof schema === "string" || isNamed === (sample.compression === "gzip")) return schema;
  const problem = isNamed ? 'is named ".gz" but is not compressed' : 'is compressed with gzip but not named ".gz"';
  throw unreadable(sample.path, problem, "Rename it.");
}
