/** The schema of files that exist, read once and kept by what the files are. */
import type { Lacking } from "../../catalog/schema/lacking.ts";
import { keptFooters } from "../../catalog/schema/parquet/kept.ts";
import { readSchema } from "../../catalog/schema/reader.ts";
import type { Layout, Unreadable } from "../../catalog/schema/reading.ts";
import type { Engines } from "../../engine/engines.ts";
import type { FileStat } from "../../engine/storage.ts";
import { digest, type Json, type JsonObject } from "../../json.ts";
import type { Cache } from "../../model/cache.ts";
import { formatDataType, parseDataType, unknown } from "../../model/data-type.ts";
import type { Schema } from "../../model/schema.ts";
import { fileFormats } from "../../model/table.ts";
import type { FileOptions, PreviewContext } from "../../operator/operator.ts";
import { isProviderError, ProviderError } from "../../provider/error.ts";

/** What the files of a path say. That they may not be read, or can't be, is a failure of its own, which names the file. */
async function readable<T>(work: () => Promise<T>, ...loud: readonly ProviderError["code"][]): Promise<T | null> {
  try {
    return await work();
  } catch (thrown) {
    if (isProviderError(thrown) && !loud.includes(thrown.code)) return null;
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
  const stats = await readable(() => storage.expand(pattern), "denied");
  if (stats === null) return null;
  const known = schemaKey(storage.uri(pattern), options, stats);
  const before = cache.get(known) as JsonObject | undefined;
  if (before !== undefined) return filesFrom(before);
  const kept = stats.length <= mostKept ? { readFooter: keptFooters(storage, cache) } : {};
  const reading = await readable(() => readSchema(storage, pattern, { ...options, ...kept }), "denied", "invalid");
  if (reading === null) return null;
  if (reading.conflict !== undefined) throw notOneTable(pattern, reading.conflict.message);
  const {
    columns,
    partitions,
    format,
    fileNotes: notes,
    samplingNotes,
    unreadable,
    kinds,
    lacking,
    layouts,
    csv,
  } = reading;
  const header = csv === undefined ? {} : { hasHeader: csv.header };
  cache.put(known, {
    columns: columnsJson(columns),
    partitions: columnsJson(partitions),
    format,
    notes: [...notes],
    ...(samplingNotes.length === 0 ? {} : { samplingNotes: [...samplingNotes] }),
    ...header,
    ...(lacking.length === 0 ? {} : { lacking: lacking.map((item) => ({ ...item, files: [...item.files] })) }),
    ...(layouts.length === 0 ? {} : { layouts: layouts.map(({ file, names }) => ({ file, names: [...names] })) }),
    ...(kinds.size === 0 ? {} : { kinds: [...kinds].map((entry) => [...entry]) }),
    ...(unreadable.length === 0 ? {} : { unreadable: unreadable.map((item) => ({ ...item })) }),
  });
  return { columns, partitions, format, notes, samplingNotes, unreadable, kinds, lacking, layouts, ...header };
}

const notOneTable = (pattern: string, why: string) =>
  new ProviderError("conflict", `The files of "${pattern}" can't be read as one table. ${why}`, { retryable: false });

/** The cache keeps the whole schema of more files only, not every footer too. */
const mostKept = 100;

/** Rises when the schema reader would find another schema in the same files. */
const readerRevision = 6;

/** The key of what was read: reading all values again for each plan would cost too much. */
const schemaKey = (place: string, how: FileOptions, stats: readonly FileStat[]): string =>
  digest([
    "schema",
    readerRevision,
    place,
    { ...how } as unknown as JsonObject,
    stats.map((file) => [file.path, file.size, file.etag ?? null, file.modified]),
  ]);

const filesFrom = ({
  columns = [],
  partitions = [],
  format,
  notes,
  samplingNotes = [],
  unreadable = [],
  kinds,
  lacking = [],
  layouts = [],
  hasHeader,
}: JsonObject): Files => ({
  columns: columnsFrom(columns),
  partitions: columnsFrom(partitions),
  format: fileFormats.find((known) => known === format) ?? "unknown",
  notes: Array.isArray(notes) ? notes.map(String) : [],
  samplingNotes: samplingNotes as readonly string[],
  unreadable: unreadable as unknown as readonly Unreadable[],
  lacking: lacking as unknown as readonly Lacking[],
  layouts: layouts as unknown as readonly Layout[],
  ...(kinds === undefined ? {} : { kinds: new Map(kinds as unknown as readonly (readonly [string, number])[]) }),
  ...(typeof hasHeader === "boolean" ? { hasHeader } : {}),
});

export const columnsJson = (columns: Schema): Json =>
  columns.map((column) => [
    column.name,
    formatDataType(column.type),
    column.nullable,
    ...(column.isUntyped ? [true] : column.partlyUntyped ? [formatDataType(column.partlyUntyped)] : []),
  ]);

export const columnsFrom = (value: Json): Schema =>
  (value as readonly (readonly [string, string, boolean, (true | string)?])[]).map(
    ([name, type, nullable, untyped]) => ({
      name,
      type: parseDataType(type) ?? unknown,
      nullable,
      ...(untyped === true ? { isUntyped: true } : {}),
      ...(typeof untyped === "string" ? { partlyUntyped: parseDataType(untyped) ?? unknown } : {}),
    }),
  );

export type Files = NonNullable<Awaited<ReturnType<PreviewContext["files"]>>>;
