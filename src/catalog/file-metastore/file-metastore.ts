/**
 * The file metastore: a metastore over storage verbs alone, the same for every storage. A database is a top directory. A catalogued
 * table is a versioned document `<database>/_mason/<table>/<n>.json`. Any other file or directory of a database can be read as a table
 * and is never written. The file metastore owns the documents and changes no data: dropping a table leaves its files.
 */
import type { Metastore, TableInput } from "../../engine/metastore.ts";
import type { Fingerprint } from "../../engine/storage.ts";
import { digest } from "../../json.ts";
import type { Partition, Table } from "../../model/table.ts";
import { isReadAt } from "../schema/data-files.ts";
import { readCreated, readListed, readSettings, readTable, tableContent } from "./content.ts";
import { createDatabase, deleteDatabase, getDatabase, listDatabases } from "./databases.ts";
import { checkName, checkTablePath } from "./names.ts";
import { discoverPartitions, withoutPartitions, withPartitions } from "./partitions.ts";
import { createdNow, type FileMetastoreOptions, type Live, liveTable, noTable, type Parts, turns } from "./parts.ts";
import { changeTable, createTable, deleteTable, getTable, listTables, renameTable, updateTable } from "./tables.ts";
import { findPlain, readPlain } from "./uncatalogued.ts";

export type { FileMetastoreOptions } from "./parts.ts";

/** A metastore over the verbs of a storage. */
export function createFileMetastore(options: FileMetastoreOptions): Required<Metastore> {
  const parts: Parts = { ...options, data: options.data ?? options.storage, inTurn: turns() };
  // Every verb is `async`, so a refused name rejects the promise like any other failure.
  return {
    listDatabases: async (query) => listDatabases(parts, query?.pattern),
    getDatabase: async (name) => getDatabase(parts, checkName("database", name)),
    createDatabase: async (database) => createDatabase(parts, database),
    deleteDatabase: async (name) => deleteDatabase(parts, checkName("database", name)),
    listTables: async (database, query) => listTables(parts, checkName("database", database), query?.prefix ?? ""),
    getTable: async (database, name) => getTable(parts, checkName("database", database), checkTablePath(name)),
    createTable: async (table) => createTable(parts, named(table)),
    updateTable: async (table, check) => updateTable(parts, named(table), check?.ifVersion),
    renameTable: async (database, name, newName) =>
      renameTable(parts, checkName("database", database), checkName("table", name), checkName("table", newName)),
    deleteTable: async (database, name, check) =>
      deleteTable(parts, checkName("database", database), checkTablePath(name), check?.ifVersion),
    listPartitions: async (database, name) =>
      listPartitions(parts, checkName("database", database), checkTablePath(name)),
    addPartitions: async (database, name, added) =>
      editPartitions(parts, database, name, (table, listed) => withPartitions(table, listed, added)),
    deletePartitions: async (database, name, removed) =>
      editPartitions(parts, database, name, (table, listed) => withoutPartitions(table, listed, removed)),
    fingerprint: async (database, name) => fingerprint(parts, checkName("database", database), checkTablePath(name)),
  };
}

const named = (table: TableInput): TableInput => ({
  ...table,
  database: checkName("database", table.database),
  name: checkName("table", table.name),
});

async function listPartitions(parts: Parts, database: string, name: string): Promise<readonly Partition[]> {
  const live = await liveTable(parts, database, name);
  if (live !== null) return partitionsOf(parts, database, name, live);
  const path = await findPlain(parts.storage, database, name);
  const reading = path === null ? null : await readPlain(parts.readSchema, path);
  if (reading === null) throw noTable(database, name);
  return reading.partitionValues;
}

async function partitionsOf(parts: Parts, database: string, name: string, live: Live): Promise<readonly Partition[]> {
  const listed = readListed(live.content);
  if (listed !== null) return listed;
  const { location, partitions } = readTable(database, name, live.head, live.content);
  return discoverPartitions(
    parts.data,
    location,
    partitions.map((column) => column.name),
  );
}

async function editPartitions(
  parts: Parts,
  databaseName: string,
  tableName: string,
  edit: (table: Table, listed: readonly Partition[]) => readonly Partition[],
): Promise<void> {
  const [database, name] = [checkName("database", databaseName), checkName("table", tableName)];
  const live = await liveTable(parts, database, name);
  if (live === null) throw noTable(database, name);
  // The first edit starts from the folders. Otherwise one added partition would hide all others.
  const found = await partitionsOf(parts, database, name, live);
  await changeTable(parts, database, name, ({ head, content }) => {
    const table = readTable(database, name, head, content);
    const created = { ...createdNow(parts), ...readCreated(content) };
    return tableContent(table, created, edit(table, readListed(content) ?? found));
  });
}

async function fingerprint(parts: Parts, database: string, name: string): Promise<Fingerprint | null> {
  const live = await liveTable(parts, database, name);
  if (live === null) {
    const path = await findPlain(parts.storage, database, name);
    return path === null ? null : ((await parts.storage.fingerprint?.(path, isReadAt(path))) ?? null);
  }
  const listed = readListed(live.content);
  const base = String(live.content.location);
  const isRead = isReadAt(base, readSettings(live.content.settings)?.files);
  if (listed === null) return (await parts.data.fingerprint?.(base, isRead)) ?? null;
  const all: [string, Fingerprint][] = [];
  for (const { values, location } of listed) {
    const part = await parts.data.fingerprint?.(location, isRead);
    if (part === undefined) return null;
    all.push([JSON.stringify(values), part]);
  }
  const digestOf = (of: (part: Fingerprint) => string) => digest(all.map(([values, part]) => [values, of(part)]));
  const isPart = all.some(([, { whole }]) => whole !== undefined);
  return {
    digest: digestOf((part) => part.digest),
    ...(isPart ? { whole: digestOf((part) => part.whole ?? part.digest) } : {}),
    files: all.reduce((sum, [, part]) => sum + part.files, 0),
    bytes: all.reduce((sum, [, part]) => sum + part.bytes, 0),
  };
}
