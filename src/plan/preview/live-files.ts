/** The schema of files that exist, read once and kept by what the files are. */
import { readSchema } from "../../catalog/schema/reader.ts";
import type { Engines } from "../../engine/engines.ts";
import type { FileStat } from "../../engine/storage.ts";
import { digest, type Json, type JsonObject } from "../../json.ts";
import type { Cache } from "../../model/cache.ts";
import { formatDataType, parseDataType, unknown } from "../../model/data-type.ts";
import type { Schema } from "../../model/schema.ts";
import { fileFormats } from "../../model/table.ts";
import type { FileOptions, PreviewContext } from "../../operator/operator.ts";
import { isProviderError } from "../../provider/error.ts";

/** The same for files, but a file that may not be read is a problem of its own, which names it. */
async function readable<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (thrown) {
    if (isProviderError(thrown) && thrown.code !== "denied") return null;
    throw thrown;
  }
}

/** A verb that fails during planning leaves the answer open; the run will report why. */
export async function quietly<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (thrown) {
    if (isProviderError(thrown)) return null;
    throw thrown;
  }
}

export async function liveFiles(engines: Engines, cache: Cache, key: string): Promise<Files | null> {
  const { storage } = engines;
  if (storage === undefined) return null;
  const [pattern, options] = JSON.parse(key) as readonly [string, FileOptions];
  const stats = await readable(() => storage.expand(pattern));
  if (stats === null) return null;
  const known = schemaKey(storage.uri(pattern), options, stats);
  const kept = cache.get(known) as JsonObject | undefined;
  if (kept !== undefined) return filesFrom(kept);
  const reading = await readable(() => readSchema(storage, pattern, options));
  if (reading === null || reading.conflict !== undefined) return null;
  const { columns, partitions, format, fileNotes: notes } = reading;
  cache.put(known, { columns: columnsJson(columns), partitions: columnsJson(partitions), format, notes: [...notes] });
  return { columns, partitions, format, notes };
}

/** Rises when the schema reader would find another schema in the same files. */
const readerRevision = 1;

/** The key of what was read: reading all values again for each plan would cost too much. */
const schemaKey = (place: string, how: FileOptions, stats: readonly FileStat[]): string =>
  digest([
    "schema",
    readerRevision,
    place,
    { ...how } as unknown as JsonObject,
    stats.map((file) => [file.path, file.size, file.etag ?? null, file.modified]),
  ]);

const filesFrom = ({ columns = [], partitions = [], format, notes }: JsonObject): Files => ({
  columns: columnsFrom(columns),
  partitions: columnsFrom(partitions),
  format: fileFormats.find((known) => known === format) ?? "unknown",
  notes: Array.isArray(notes) ? notes.map(String) : [],
});

export const columnsJson = (columns: Schema): Json =>
  columns.map((column) => [column.name, formatDataType(column.type), column.nullable]);

export const columnsFrom = (value: Json): Schema =>
  (value as readonly (readonly [string, string, boolean])[]).map(([name, type, nullable]) => ({
    name,
    type: parseDataType(type) ?? unknown,
    nullable,
  }));

export type Files = NonNullable<Awaited<ReturnType<PreviewContext["files"]>>>;
