/** The lines of a text file on which records start. Looked for only when values did not fit, so it reads the file from its start. */
import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";
import type { DataSource } from "../../../src/job/job.ts";

const lineFeed = 10;
const carriageReturn = 13;

/** The 1-based lines of the records of a source's file, by their 1-based numbers in ascending order; `null` where there are none. */
export async function linesOf(
  source: DataSource,
  file: string,
  records: readonly number[],
): Promise<readonly (number | null)[]> {
  if (source.format === "jsonl") return linesIn(file, records, { quote: "", isPacked: file.endsWith(".gz"), skip: 0 });
  if (source.format !== "csv") return records.map(() => null);
  const { quote = '"', compression, header = true, skip = 0 } = source.csv ?? {};
  const all = header ? records.map((record) => record + 1) : records;
  return linesIn(file, all, { quote, isPacked: compression === "gzip", skip });
}

interface TextFile {
  /** Empty when nothing is quoted. */
  readonly quote: string;
  readonly isPacked: boolean;
  /** Lines before the first record. */
  readonly skip: number;
}

interface State {
  line: number;
  records: number;
  isQuoted: boolean;
  isInRecord: boolean;
  /** Lines of the wanted records so far. */
  readonly found: number[];
}

/** Blank lines hold no record. */
async function linesIn(
  path: string,
  records: readonly number[],
  { quote, isPacked, skip }: TextFile,
): Promise<readonly (number | null)[]> {
  const file = createReadStream(path);
  const bytes: AsyncIterable<Uint8Array> = isPacked ? file.pipe(createGunzip()) : file;
  const mark = quote === "" ? -1 : quote.charCodeAt(0);
  const state: State = { line: 1, records: 0, isQuoted: false, isInRecord: false, found: [] };
  try {
    for await (const chunk of bytes) if (scan(chunk, state, { mark, skip, records })) break;
  } finally {
    file.destroy();
  }
  return records.map((_, at) => state.found[at] ?? null);
}

/** Reads on; true once all wanted records have started. */
function scan(
  bytes: Uint8Array,
  state: State,
  { mark, skip, records }: { readonly mark: number; readonly skip: number; readonly records: readonly number[] },
): boolean {
  for (const byte of bytes) {
    if (state.line <= skip) {
      if (byte === lineFeed) state.line++;
      continue;
    }
    if (!state.isInRecord && byte !== lineFeed && byte !== carriageReturn) {
      state.isInRecord = true;
      if (++state.records === records[state.found.length]) state.found.push(state.line);
      if (state.found.length === records.length) return true;
    }
    // A doubled quote switches twice.
    if (byte === mark) state.isQuoted = !state.isQuoted;
    if (byte === lineFeed && !state.isQuoted) state.isInRecord = false;
    if (byte === lineFeed) state.line++;
  }
  return false;
}
