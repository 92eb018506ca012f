/** The line of a text file on which a record starts. Looked for only after a job failed, so it reads the file from its start. */
import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";
import type { CsvDialect } from "../../../src/model/table.ts";

const lineFeed = 10;
const carriageReturn = 13;

/** The 1-based line of the record with this 1-based number; the header counts as a record. Blank lines hold none. */
export async function lineOfRecord(
  path: string,
  record: number,
  csv: Pick<CsvDialect, "quote" | "compression"> | undefined,
): Promise<number | null> {
  const quote = csv === undefined || csv.quote === "" ? -1 : csv.quote.charCodeAt(0);
  const isPacked = csv === undefined ? path.endsWith(".gz") : csv.compression === "gzip";
  const file = createReadStream(path);
  const bytes: AsyncIterable<Uint8Array> = isPacked ? file.pipe(createGunzip()) : file;
  const state = { line: 1, started: 0, records: 0, isQuoted: false, isInRecord: false };
  try {
    for await (const chunk of bytes) if (scan(chunk, state, quote, record)) return state.started;
    return null;
  } finally {
    file.destroy();
  }
}

interface State {
  line: number;
  /** The line on which the current record started. */
  started: number;
  records: number;
  isQuoted: boolean;
  isInRecord: boolean;
}

/** Reads on; true once the record has started. */
function scan(bytes: Uint8Array, state: State, quote: number, record: number): boolean {
  for (const byte of bytes) {
    const isEnd = byte === lineFeed && !state.isQuoted;
    if (!state.isInRecord && byte !== lineFeed && byte !== carriageReturn) {
      state.isInRecord = true;
      state.started = state.line;
      if (++state.records === record) return true;
    }
    // A doubled quote switches twice.
    if (byte === quote) state.isQuoted = !state.isQuoted;
    if (isEnd) state.isInRecord = false;
    if (byte === lineFeed) state.line++;
  }
  return false;
}
