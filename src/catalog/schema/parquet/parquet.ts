/** Reads the schema of a Parquet file from its footer. The parser is loaded with the first file. */
import type { FileMetaData, SchemaTree } from "hyparquet/src/types.js";
import type { FileStat, Storage } from "../../../engine/storage.ts";
import { isProviderError } from "../../../provider/error.ts";
import { type FileSchema, unreadable } from "../file.ts";
import { renamedNotes, uniqueNames } from "./names.ts";
import { lossNotes, partNotes } from "./notes.ts";
import { hasUnknownWords, unreadableColumns } from "./readable.ts";
import { columnOf } from "./types.ts";

/** Most footers are smaller, so one read is enough. */
const footerSize = 1 << 16;

/** Reads the schema of a Parquet file. Throws `invalid` for a file that can't be opened: truncated, encrypted, of another format. */
export async function readParquetSchema(storage: Storage, file: FileStat): Promise<FileSchema> {
  const { metadata, root } = await readFooter(storage, file);
  if (root.children.length === 0) throw unreadable(file.path, "is a Parquet file without columns", "Leave it out.");
  const given = root.children.map((child) => child.element.name);
  const names = uniqueNames(given);
  if (names === null) throw unreadable(file.path, "has a column without a name", "Name it, and write the file again.");
  const columns = root.children.map((child, index) => ({
    ...columnOf(child),
    name: names[index] ?? child.element.name,
  }));
  const cannotRead = unreadableColumns(metadata, root.children.map(leavesOf), names);
  const losses = lossNotes(root.children, names);
  return {
    path: file.path,
    format: "parquet",
    columns,
    widened: [],
    missing: [],
    notes: [...renamedNotes(given, names), ...partNotes(root.children, names)],
    ...(losses.length === 0 ? {} : { losses }),
    ...(cannotRead.length === 0 ? {} : { unreadable: cannotRead }),
  };
}

/** How many columns of values a part has in the file. */
const leavesOf = (node: SchemaTree): number =>
  node.children.length === 0 ? 1 : node.children.reduce((sum, child) => sum + leavesOf(child), 0);

interface Footer {
  readonly metadata: FileMetaData;
  readonly root: SchemaTree;
}

async function readFooter(storage: Storage, file: FileStat): Promise<Footer> {
  const { parquetMetadataAsync, parquetSchema } = await import("hyparquet");
  if (file.size < 12) throw cutOff(file, "it is too short");
  let isEncrypted = false;
  try {
    const buffer = {
      byteLength: file.size,
      slice: async (start: number, end = file.size) => {
        const bytes = await storage.read(file.path, { start, end });
        isEncrypted ||= end === file.size && endsIn(bytes, "PARE");
        return exactly(bytes);
      },
    };
    const metadata: FileMetaData = await parquetMetadataAsync(buffer, {
      initialFetchSize: footerSize,
      geoparquet: false,
    });
    if (hasUnknownWords(metadata)) throw unknownWords(file);
    return { metadata, root: parquetSchema(metadata) };
  } catch (error) {
    // An error of the storage is not about the file.
    if (isProviderError(error)) throw error;
    if (isEncrypted)
      throw unreadable(file.path, "is an encrypted Parquet file", "Write it without encryption, or leave it out.");
    throw cutOff(file, "its footer can't be read", error);
  }
}

const endsIn = (bytes: Uint8Array, mark: string): boolean => new TextDecoder().decode(bytes.subarray(-4)) === mark;

/** Copies bytes into a buffer of their own. The parser takes whole buffers, and storage may return a view of a larger one. */
function exactly(bytes: Uint8Array): ArrayBuffer {
  const copy = new ArrayBuffer(bytes.length);
  new Uint8Array(copy).set(bytes);
  return copy;
}

const cutOff = (file: FileStat, why: string, cause?: unknown) =>
  unreadable(
    file.path,
    `is not a complete Parquet file: ${why}`,
    "It may be truncated. Write it again, or leave it out.",
    cause,
  );

const unknownWords = (file: FileStat) =>
  unreadable(
    file.path,
    "uses a codec or an encoding that DuckDB does not know",
    "Write it with another one, or leave it out.",
  );
