/** Reads schemas of files in memory, for tests that need no disk. */
import { createMemoryStorage } from "../../../providers/memory/storage.ts";
import { readSchema } from "../../../src/catalog/schema/reader.ts";
import type { ReadSchemaOptions, SchemaReading } from "../../../src/catalog/schema/reading.ts";
import type { Storage } from "../../../src/engine/storage.ts";
import { formatDataType } from "../../../src/model/data-type.ts";
import type { Schema } from "../../../src/model/schema.ts";

export type Files = Readonly<Record<string, string | Uint8Array>>;

/** Storage with these files. */
export async function storageOf(files: Files): Promise<Storage> {
  const space = {
    files: new Map(),
    databases: new Map(),
    tables: new Map(),
    registrations: new Map(),
    runs: new Map(),
    jobs: new Map(),
    scripts: [],
    lastNumber: 0,
  };
  const storage = createMemoryStorage({ name: "test", space, now: () => new Date(0), user: "tester" });
  for (const [path, content] of Object.entries(files)) await storage.write(path, content);
  return storage;
}

/** The reading of these files, by default all of them in folder `t`. */
export async function reading(files: Files, options: ReadSchemaOptions = {}, pattern = "t"): Promise<SchemaReading> {
  return readSchema(await storageOf(files), pattern, options);
}

/** Columns as text: `id bigint, name string`. */
export const columnsText = (columns: Schema): string =>
  columns.map((column) => `${column.name} ${formatDataType(column.type)}`).join(", ");

/** The columns of one file, as text. */
export async function columnsOf(name: string, content: string | Uint8Array, options: ReadSchemaOptions = {}) {
  return columnsText((await reading({ [name]: content }, options, name)).columns);
}
