/**
 * The schema reader. It finds the schema of the files at a path or glob with storage verbs alone. It owns formats, dialects, types,
 * sampling, and the union of several schemas. It refuses to guess about files that it can't read, and it never changes a file.
 */
import type { FileStat, Storage } from "../../engine/storage.ts";
import { isProviderError, ProviderError } from "../../provider/error.ts";
import { partitionConflict } from "./conflict.ts";
import { wholeSize } from "./content.ts";
import type { Layouts } from "./csv/alike.ts";
import { dataFiles, leftOutNotes } from "./data-files.ts";
import { type DetectOptions, detectSchema } from "./detect.ts";
import { extensionOf, type FileSchema } from "./file.ts";
import { groupFiles } from "./groups.ts";
import { lackingColumns } from "./lacking.ts";
import { findPartitions, withoutPartitions } from "./partitions.ts";
import type { Layout, ReadSchemaOptions, SchemaReading, Unreadable } from "./reading.ts";
import { defaultSampleSize, forEachFile, kindOfName, sampleFiles } from "./sampling.ts";
import { uniteSchemas } from "./unite.ts";

/**
 * Reads the schema of the files that a pattern names: a file, a directory or a glob. Throws ProviderError `not_found` when there is
 * no file, or only empty ones of columns that are known, and `invalid`, with the file's name, when a file can't be read.
 */
export async function readSchema(
  storage: Storage,
  pattern: string,
  options: ReadSchemaOptions = {},
): Promise<SchemaReading> {
  const { files: all, leftOut } = dataFiles(await storage.expand(pattern), pattern, options.files);
  if (all.length === 0) throw nothing(pattern, leftOut);
  const { schemas, files, empty } = await readFiles(storage, all, options);
  if (schemas.length === 0) throw options.names === undefined ? onlyEmpty(pattern, all) : nothing(pattern, leftOut);
  const partitions = findPartitions(pattern, files);
  const own = schemas.map((schema) => withoutPartitions(schema, partitions.columns));
  const united = uniteSchemas(own, options.foldsCase ?? true);
  const conflict = partitions.differing.length > 0 ? partitionConflict(own, partitions.differing) : united.conflict;
  const csv = united.schemas[0]?.csv;
  const unreadable = unreadableOf(schemas);
  const unread = unreadable.map(({ message }) => message);
  const predicted = options.values === "ends" && options.names !== undefined ? [] : sampledValues(schemas, options);
  const samplingNotes = [...sampledFiles(schemas, files), ...predicted];
  const about = [...leftOutNotes(leftOut), ...samplingNotes, ...skipped(empty), ...unread];
  return {
    format: united.format,
    columns: united.columns,
    partitions: partitions.columns,
    partitionValues: partitions.values,
    ...(csv === undefined ? {} : { csv }),
    files,
    groups: groupFiles(files, united.schemas, united.columns),
    isSampled: schemas.length < files.length || schemas.some((schema) => schema.isSampled === true),
    kinds: united.kinds,
    lacking: lackingColumns(
      options.names ?? [],
      united.schemas,
      partitions.columns.map(({ name }) => name),
    ),
    layouts: layoutsOf(united.schemas),
    notes: [...about, ...united.notes],
    unreadable,
    samplingNotes,
    fileNotes: [...about, ...(united.conflict === undefined ? fileNotes(united.schemas) : [])],
    ...(conflict === undefined ? {} : { conflict }),
  };
}

interface ReadFiles {
  readonly schemas: readonly FileSchema[];
  /** All files except those known to be empty. */
  readonly files: readonly FileStat[];
  readonly empty: readonly string[];
}

/** Reads a sample. If all files of the sample turn out to be empty, reads another sample of the remaining files. */
async function readFiles(storage: Storage, all: readonly FileStat[], options: ReadSchemaOptions): Promise<ReadFiles> {
  const detect = {
    csv: options.csv ?? {},
    nullPadding: options.nullPadding ?? false,
    ...(options.readFooter === undefined ? {} : { readFooter: options.readFooter }),
    ...(options.format === undefined ? {} : { format: options.format }),
    ...(options.names === undefined ? {} : { names: options.names }),
  };
  const empty = new Set(all.filter((file) => file.size === 0));
  const layouts: Layouts = [];
  for (;;) {
    const files = all.filter((file) => !empty.has(file));
    const sample = sampleFiles(files, options.sampleSize ?? (textSize(files) <= wholeSize ? "all" : defaultSampleSize));
    const whole = options.values === "all" ? "any" : options.values !== "ends" && textSize(sample) <= wholeSize;
    const readAll = (some: readonly FileStat[]) =>
      forEachFile(
        some,
        (file) => readFile(storage, file, { ...detect, whole }, layouts),
        options.signal,
        // Large files that are read whole would fill the memory together.
        whole === "any" && some.some((file) => textSize([file]) > wholeSize / 8) ? 1 : 8,
      );
    const found = new Map(zip(sample, await readAll(sample)));
    const others = options.footers === "sample" ? [] : otherFooters(files, found);
    for (const [file, schema] of zip(others, await readAll(others))) found.set(file, schema);
    for (const [file, schema] of found) if (schema === null) empty.add(file);
    const schemas = files.flatMap((file) => found.get(file) ?? []);
    if (schemas.length === 0 && sample.length > 0) continue;
    return {
      schemas,
      files: all.filter((file) => !empty.has(file)),
      empty: all.filter((file) => empty.has(file)).map((file) => file.path),
    };
  }
}

const zip = <A, B>(keys: readonly A[], values: readonly B[]): readonly (readonly [A, B])[] =>
  keys.flatMap((key, at) => (at < values.length ? [[key, values[at] as B] as const] : []));

/**
 * The files beside the sample that are named like a Parquet file in it. Each of them has types of its own, which DuckDB would cast to
 * those of the first file without a word.
 */
function otherFooters(
  files: readonly FileStat[],
  found: ReadonlyMap<FileStat, FileSchema | null>,
): readonly FileStat[] {
  if (found.size === files.length) return [];
  const kinds = new Set(
    [...found].flatMap(([{ path }, schema]) => (schema?.format === "parquet" ? kindOfName(path) : [])),
  );
  return files.filter((file) => !found.has(file) && kinds.has(kindOfName(file.path)));
}

function layoutsOf(schemas: readonly FileSchema[]): SchemaReading["layouts"] {
  const first = new Map<string, Layout>();
  for (const { path, columns } of schemas) {
    const names = columns.map(({ name }) => name);
    const key = JSON.stringify([...names].sort());
    if (!first.has(key)) first.set(key, { file: path, names });
  }
  return first.size < 2 ? [] : [...first.values()];
}

function unreadableOf(schemas: readonly FileSchema[]): readonly Unreadable[] {
  const first = new Map<string, { readonly path: string; readonly why: string; readonly files: number }>();
  for (const { path, unreadable = [] } of schemas) {
    for (const { column, why } of unreadable) {
      const known = first.get(column) ?? { path, why, files: 0 };
      first.set(column, { ...known, files: known.files + 1 });
    }
  }
  return [...first].map(([column, { path, why, files }]) => {
    const more = files === 1 ? "" : ` and ${files - 1} more`;
    return {
      column,
      message: `Column "${column}" of "${path}"${more} can't be read: ${why}. Write the file again in another way, or leave the column out.`,
    };
  });
}

/** The size of the files whose values are read. Of a Parquet file only the footer is. */
const textSize = (files: readonly FileStat[]): number =>
  files.reduce((sum, file) => sum + (extensionOf(file.path) === "parquet" ? 0 : file.size), 0);

/** Reads one file. A file that disappeared after it was listed does not make the table absent. */
async function readFile(
  storage: Storage,
  file: FileStat,
  options: DetectOptions,
  layouts: Layouts,
): Promise<FileSchema | null> {
  try {
    return await detectSchema(storage, file, options, layouts);
  } catch (error) {
    if (!isProviderError(error, "not_found")) throw error;
    const message = `"${file.path}" vanished while its schema was read. Try again.`;
    throw new ProviderError("failed", message, { retryable: true, cause: error });
  }
}

function sampledFiles(schemas: readonly FileSchema[], files: readonly FileStat[]): readonly string[] {
  if (schemas.length === files.length) return [];
  return [
    `The schema was read from ${schemas.length} of ${files.length} files. Set sample_size to "all" to read each one.`,
  ];
}

function sampledValues(schemas: readonly FileSchema[], { values }: ReadSchemaOptions): readonly string[] {
  const inPart = schemas.filter((schema) => schema.isSampled === true).length;
  if (inPart === 0) return [];
  const advice = values === "all" ? "Declare the table to fix its types." : 'Set sample_size to "all" to read more.';
  return [
    `The schema is predicted from a sample: only the first and last values of ${inPart === 1 ? "a large file" : `${inPart} large files`} were read. ${advice}`,
  ];
}

const fileNotes = (schemas: readonly FileSchema[]) => new Set(schemas.flatMap((schema) => schema.notes));

function skipped(empty: readonly string[]): readonly string[] {
  if (empty.length === 0) return [];
  const shown = empty.slice(0, 3).map((path) => `"${path}"`);
  const rest = empty.length > shown.length ? ` and ${empty.length - shown.length} more` : "";
  return [
    `${empty.length === 1 ? "An empty file was" : `${empty.length} empty files were`} left out: ${shown.join(", ")}${rest}.`,
  ];
}

function nothing(pattern: string, leftOut: readonly string[]): ProviderError {
  const [only] = leftOut;
  const why = only === undefined ? "" : ` "${only}" is not data; name it in files.include to read it.`;
  return new ProviderError("not_found", `There is no file at "${pattern}". Check the path.${why}`);
}

const withColumns = "Use a file with data, or read it through a declared table, which knows its columns.";

const onlyEmpty = (pattern: string, all: readonly FileStat[]) =>
  new ProviderError(
    "invalid",
    all.length === 1
      ? `"${all[0]?.path}" holds no rows and no names of columns, so it has no schema. ${withColumns}`
      : `All ${all.length} files at "${pattern}" hold no rows and no names of columns, so they have no schema. ${withColumns}`,
  );
