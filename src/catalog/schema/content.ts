/** The content of a file that its schema is read from: its first and last bytes, decompressed and decoded. */
import type { FileStat, Storage } from "../../engine/storage.ts";
import type { CsvEncoding } from "../../model/read-settings.ts";
import type { ProviderError } from "../../provider/error.ts";
import { lineAt } from "./csv/rows.ts";
import { type TextSample, unreadable } from "./file.ts";

/** How many bytes are read from the start and from the end of a large file. */
export const headSize = 1 << 20;
export const tailSize = 1 << 18;

/** How many bytes of a file are read when all of its values count. */
export const wholeSize = 1 << 26;

/** How many bytes are read of a file that has no others beside it in memory. */
export const mostWhole = 4 * wholeSize;

/** Whether a file is larger than what is read of it at once. A compressed one may turn out so when it is read. */
export const isTooLarge = ({ size }: Pick<FileStat, "size">): boolean => size > mostWhole + tailSize;

/** The largest compressed file that is decompressed completely. */
const largestWhole = 8 << 20;
/** The number of decompressed bytes at which decompression stops. */
const mostDecompressed = 1 << 28;

/** The start of a file and, for a longer file, its end. */
export interface Content {
  readonly head: Uint8Array;
  readonly whole: boolean;
  readonly tail: Uint8Array;
  readonly compression: "none" | "gzip";
}

/** Reads the first `size` bytes and the end of a file. */
export async function readContent(storage: Storage, file: FileStat, size: number): Promise<Content> {
  const isSmall = file.size <= size + tailSize;
  const head = isSmall ? await storage.read(file.path) : await storage.read(file.path, { start: 0, end: size });
  if (head[0] === 0x1f && head[1] === 0x8b) return decompressed(storage, file, head, isSmall, size);
  const none = { compression: "none" as const };
  if (isSmall) return { head, whole: true, tail: new Uint8Array(), ...none };
  const tail = await storage.read(file.path, { start: file.size - tailSize, end: file.size });
  return { head, whole: false, tail, ...none };
}

async function decompressed(
  storage: Storage,
  file: FileStat,
  head: Uint8Array,
  isSmall: boolean,
  size: number,
): Promise<Content> {
  const toEnd = isSmall || file.size <= largestWhole;
  const bytes = isSmall || !toEnd ? head : await storage.read(file.path);
  try {
    return await inflate(bytes, toEnd, size);
  } catch (error) {
    throw unreadable(file.path, "can't be decompressed as gzip", "It may be truncated. Write it again.", error);
  }
}

/** Keeps the start and the end of the decompressed bytes. A file that was read in part has no end. */
async function inflate(bytes: Uint8Array, toEnd: boolean, size: number): Promise<Content> {
  const kept: Uint8Array[] = [];
  const last: Uint8Array[] = [];
  let [keptSize, lastSize, total] = [0, 0, 0];
  let isEnd = toEnd;
  try {
    for await (const chunk of gunzip(bytes)) {
      total += chunk.length;
      if (keptSize < size + tailSize) {
        kept.push(chunk);
        keptSize += chunk.length;
      } else if (!toEnd || total > mostDecompressed) {
        isEnd = false;
        break;
      } else {
        last.push(chunk);
        lastSize += chunk.length;
        while (lastSize - (last[0]?.length ?? 0) >= tailSize) lastSize -= last.shift()?.length ?? 0;
      }
    }
  } catch (error) {
    if (toEnd || keptSize === 0) throw error;
    isEnd = false;
  }
  const head = joined(kept);
  const compression = "gzip";
  if (isEnd && last.length === 0) return { head, whole: true, tail: new Uint8Array(), compression };
  return { head, whole: false, tail: isEnd ? joined(last) : new Uint8Array(), compression };
}

function gunzip(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  const source = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });
  return source.pipeThrough(new DecompressionStream("gzip"));
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

/** The content of a file in another encoding, as UTF-8. Its end is left out when it was not read whole. */
export function transcoded(path: string, { head, whole, compression }: Content, encoding: CsvEncoding): Content {
  const even = encoding === "utf-16" && !whole ? head.subarray(0, head.length & ~1) : head;
  const isBigEndian = even[0] === 0xfe && even[1] === 0xff;
  const label = encoding === "utf-16" ? (isBigEndian ? "utf-16be" : "utf-16le") : "latin1";
  try {
    const text = new TextDecoder(label, { fatal: true }).decode(even, { stream: !whole });
    return { head: new TextEncoder().encode(text), whole, tail: new Uint8Array(), compression };
  } catch (error) {
    throw unreadable(path, `is not ${encoding} text`, "Change csv.encoding, or write the file as UTF-8.", error);
  }
}

/** The text of some content. Throws `invalid` when it is not UTF-8. */
export function decodeContent(path: string, content: Content): TextSample {
  const { head, whole, compression } = content;
  const mark = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf;
  const text = decode(path, head, !whole);
  const nul = text.indexOf("\0");
  if (nul >= 0) throw notText(path, head, `holds a NUL character in line ${lineAt(text, nul)}`);
  const firstLine = content.tail.indexOf(10) + 1;
  const tail = firstLine === 0 ? "" : decode(path, content.tail.subarray(firstLine), false);
  const closing = /\S(?=\s*$)/.exec((whole ? text : lastText(content.tail)).slice(-200))?.[0] ?? "";
  return { path, text, whole, tail, closing, compression, mark };
}

const lastText = (bytes: Uint8Array) => new TextDecoder().decode(bytes.subarray(-200));

function decode(path: string, bytes: Uint8Array, isCut: boolean): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: isCut });
  } catch {
    const before = validStart(bytes);
    const place = `byte ${new TextEncoder().encode(before).length + 1}, in line ${lineAt(before, before.length)}`;
    throw notText(path, bytes, `is not UTF-8 text: ${place} of the part that was read, is invalid`);
  }
}

/** The text before the first byte that belongs to no character, found by bisection. */
function validStart(bytes: Uint8Array): string {
  let [valid, invalid] = [0, bytes.length];
  while (valid < invalid) {
    const middle = (valid + invalid + 1) >> 1;
    if (decodeStart(bytes, middle) === null) invalid = middle - 1;
    else valid = middle;
  }
  return decodeStart(bytes, valid) ?? "";
}

function decodeStart(bytes: Uint8Array, end: number): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, end), { stream: true });
  } catch {
    return null;
  }
}

const binaries: readonly (readonly [string, string])[] = [
  ["PK", "a zip archive or an Excel workbook"],
  ["ORC", "ORC"],
  ["Obj\u0001", "Avro"],
  ["\u0028\u00b5\u002f\u00fd", "compressed with zstd"],
  ["BZh", "compressed with bzip2"],
  ["\u00ff\u00fe", "UTF-16"],
  ["\u00fe\u00ff", "UTF-16"],
];

function notText(path: string, bytes: Uint8Array, problem: string): ProviderError {
  const start = String.fromCharCode(...bytes.subarray(0, 4));
  const looks = binaries.find(([magic]) => start.startsWith(magic))?.[1];
  const guess = looks === undefined ? "" : ` (it looks like ${looks})`;
  const advice = "Write it as UTF-8 text or as Parquet, set csv.encoding if it is delimited text, or leave it out.";
  return unreadable(path, `${problem}${guess}`, advice);
}
