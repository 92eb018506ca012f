/** Reads the schema of a Parquet file from its footer. The parser is loaded with the first file. */
import type { FileMetaData, SchemaTree } from "hyparquet/src/types.js";
import type { FileStat, Storage } from "../../../engine/storage.ts";
import { isProviderError } from "../../../provider/error.ts";
import { type FileSchema, unreadable } from "../file.ts";
import { renamedNotes, uniqueNames } from "./names.ts";
import { columnOf } from "./types.ts";

/** Most footers are smaller, so one read is enough. */
const footerSize = 1 << 16;

/** Reads the schema of a Parquet file. Throws `invalid` for a truncated file or one of another format. */
export async function readParquetSchema(storage: Storage, file: FileStat): Promise<FileSchema> {
  const root = await readFooter(storage, file);
  if (root.children.length === 0) throw unreadable(file.path, "is a Parquet file without columns", "Leave it out.");
  const given = root.children.map((child) => child.element.name);
  const names = uniqueNames(given);
  if (names === null) throw unreadable(file.path, "has a column without a name", "Name it, and write the file again.");
  const columns = root.children.map((child, index) => ({
    ...columnOf(child),
    name: names[index] ?? child.element.name,
  }));
  const notes = [...renamedNotes(given, names), ...variantNotes(root, names)];
  return { path: file.path, format: "parquet", columns, widened: [], missing: [], notes };
}

const variantNotes = (root: SchemaTree, names: readonly string[]): readonly string[] =>
  root.children.flatMap((child, index) =>
    hasVariant(child) ? [`Column "${names[index]}" holds VARIANT values; they are read as json.`] : [],
  );

const hasVariant = (node: SchemaTree): boolean =>
  node.element.logical_type?.type === "VARIANT" || node.children.some(hasVariant);

async function readFooter(storage: Storage, file: FileStat): Promise<SchemaTree> {
  const { parquetMetadataAsync, parquetSchema } = await import("hyparquet");
  if (file.size < 12) throw cutOff(file, "it is too short");
  try {
    const buffer = {
      byteLength: file.size,
      slice: async (start: number, end = file.size) => exactly(await storage.read(file.path, { start, end })),
    };
    const metadata: FileMetaData = await parquetMetadataAsync(buffer, {
      initialFetchSize: footerSize,
      geoparquet: false,
    });
    return parquetSchema(metadata);
  } catch (error) {
    // An error of the storage is not about the file.
    if (isProviderError(error)) throw error;
    throw cutOff(file, "its footer can't be read", error);
  }
}

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
