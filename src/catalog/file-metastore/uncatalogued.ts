/** Tables that are only files below a database. They are found by name, read by the schema reader, and never written. */
import type { Storage } from "../../engine/storage.ts";
import { baseName, joinPath } from "../../model/path.ts";
import type { Table } from "../../model/table.ts";
import { isProviderError, ProviderError } from "../../provider/error.ts";
import type { SchemaReading } from "../schema/reading.ts";

/** Reads the schema of the files that a pattern names. */
export type ReadSchema = (pattern: string) => Promise<SchemaReading>;

const dataExtension = /\.(csv|tsv|psv|txt|json|jsonl|ndjson|parquet)(\.gz)?$/i;

/** Names of the files and directories directly in a database that may be tables. */
export async function listPlain(storage: Storage, database: string): Promise<readonly string[]> {
  const entries = await storage.list(database);
  return entries
    .filter((entry) => entry.kind === "directory" || dataExtension.test(entry.path))
    .map((entry) => baseName(entry.path))
    .filter((name) => !/^[._]/.test(name));
}

/** The path of a table that is only files: the path itself, or the one data file with this name and an extension. */
export async function findPlain(storage: Storage, database: string, name: string): Promise<string | null> {
  const path = joinPath(database, name);
  if ((await storage.stat(path)) !== null) return path;
  if (name.includes("/")) return null;
  const named = (await listPlain(storage, database)).filter((file) => file.replace(dataExtension, "") === name);
  if (named.length > 1) {
    throw new ProviderError(
      "invalid",
      `Table "${name}" of database "${database}" could be any of the files ${named.map((file) => `"${file}"`).join(", ")}. Use the file's whole name.`,
    );
  }
  return named[0] === undefined ? null : joinPath(database, named[0]);
}

/** The schema of the files at a path, or `null` when there are none. */
export async function readPlain(read: ReadSchema, path: string): Promise<SchemaReading | null> {
  try {
    return await read(path);
  } catch (error) {
    if (isProviderError(error, "not_found")) return null;
    throw error;
  }
}

/** A table, not in the catalog, for a reading. */
export function plainTable(database: string, name: string, location: string, reading: SchemaReading): Table {
  const { conflict, notes, csv, unreadable } = reading;
  const properties = {
    ...(notes.length === 0 ? {} : { notes: [...notes] }),
    ...(conflict === undefined ? {} : { conflict: conflict.message }),
    ...(unreadable.length === 0 ? {} : { unreadable: unreadable.map((item) => ({ ...item })) }),
  };
  return {
    database,
    name,
    format: conflict === undefined ? reading.format : "mixed",
    columns: reading.columns,
    partitions: reading.partitions,
    location,
    ...(csv === undefined ? {} : { csv }),
    ...(Object.keys(properties).length === 0 ? {} : { properties }),
    catalogued: false,
  };
}
