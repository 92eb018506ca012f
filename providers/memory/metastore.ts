/**
 * A metastore in memory, the reference for authors of metastores. An absent object is `null`, deleting one succeeds, and a conflict
 * has a code. Version numbers are never reused, so a recreated table gets a new one.
 */
import picomatch from "picomatch";
import { isReadAt } from "../../src/catalog/schema/data-files.ts";
import type { Metastore, TableInput } from "../../src/engine/metastore.ts";
import type { Storage } from "../../src/engine/storage.ts";
import { canonical } from "../../src/json.ts";
import type { Partition } from "../../src/model/table.ts";
import { ProviderError } from "../../src/provider/error.ts";
import { type MemoryClient, nextNumber, type Space, type StoredTable } from "./client.ts";

/** A metastore over the tables of the client's space. `storage` holds their data, for fingerprints. */
export function createMemoryMetastore(client: MemoryClient, storage: Storage | null): Required<Metastore> {
  const { space } = client;
  return {
    listDatabases: async (options = {}) => {
      const fits = picomatch(options.pattern ?? "*", { nonegate: true, noextglob: true, windows: false });
      return [...space.databases.values()].filter(({ name }) => fits(name)).sort(byName);
    },
    getDatabase: async (name) => space.databases.get(name) ?? null,
    createDatabase: async (database) => {
      if (space.databases.has(database.name)) throw exists(`Database "${database.name}"`);
      space.databases.set(database.name, { ...database, catalogued: true });
    },
    deleteDatabase: async (name) => {
      if (tablesOf(space, name).length > 0) {
        throw new ProviderError("not_empty", `Database "${name}" still has tables. Delete them first.`);
      }
      space.databases.delete(name);
    },
    listTables: async (database, options = {}) => {
      requireDatabase(space, database);
      return tablesOf(space, database)
        .map(({ table }) => ({ name: table.name, catalogued: true }))
        .filter(({ name }) => name.startsWith(options.prefix ?? ""))
        .sort(byName);
    },
    getTable: async (database, name) => space.tables.get(keyOf(database, name))?.table ?? null,
    createTable: async (table) => {
      requireDatabase(space, table.database);
      if (space.tables.has(keyOf(table.database, table.name))) throw exists(`Table "${table.name}"`);
      putTable(client, table, []);
    },
    updateTable: async (table, options = {}) => {
      const stored = requireTable(space, table.database, table.name);
      requireVersion(stored, options.ifVersion);
      putTable(client, table, stored.partitionList, stored);
    },
    renameTable: async (database, name, newName) => {
      const stored = requireTable(space, database, name);
      if (space.tables.has(keyOf(database, newName))) throw exists(`Table "${newName}"`);
      putTable(client, { ...stored.table, name: newName }, stored.partitionList, stored);
      space.tables.delete(keyOf(database, name));
    },
    deleteTable: async (database, name, options = {}) => {
      const stored = space.tables.get(keyOf(database, name));
      if (stored !== undefined) requireVersion(stored, options.ifVersion);
      space.tables.delete(keyOf(database, name));
    },
    listPartitions: async (database, name) => requireTable(space, database, name).partitionList,
    addPartitions: async (database, name, added) => {
      const stored = requireTable(space, database, name);
      for (const partition of added) checkValues(stored, partition.values);
      const kept = without(
        stored,
        added.map((partition) => partition.values),
      );
      putTable(client, stored.table, [...kept, ...added].sort(byLocation), stored);
    },
    deletePartitions: async (database, name, removed) => {
      const stored = requireTable(space, database, name);
      for (const values of removed) checkValues(stored, values);
      putTable(client, stored.table, without(stored, removed), stored);
    },
    fingerprint: async (database, name) => {
      const stored = space.tables.get(keyOf(database, name));
      if (stored === undefined || storage?.fingerprint === undefined) return null;
      const { location, settings } = stored.table;
      return storage.fingerprint(location, isReadAt(location, settings?.files));
    },
  };
}

type Values = Partition["values"];

/** Stores a definition as a new version. The table keeps its first creator. */
function putTable(
  client: MemoryClient,
  table: TableInput,
  partitionList: readonly Partition[],
  before?: StoredTable,
): void {
  const created = {
    createdAt: before?.table.createdAt ?? client.now().toISOString(),
    createdBy: before?.table.createdBy ?? client.user,
  };
  const version = nextNumber(client.space);
  client.space.tables.set(keyOf(table.database, table.name), {
    table: { ...table, ...created, catalogued: true, version },
    partitionList,
  });
}

const keyOf = (database: string, table: string): string => canonical([database, table]);

const tablesOf = (space: Space, database: string): readonly StoredTable[] =>
  [...space.tables.values()].filter(({ table }) => table.database === database);

function without(stored: StoredTable, removed: readonly Values[]): readonly Partition[] {
  // Canonical text, because the order of the columns means nothing.
  const gone = new Set(removed.map((values) => canonical(values)));
  return stored.partitionList.filter((partition) => !gone.has(canonical(partition.values)));
}

function checkValues({ table }: StoredTable, values: Values): void {
  const names = table.partitions.map((column) => column.name).sort();
  if (canonical(names) === canonical(Object.keys(values).sort())) return;
  throw new ProviderError(
    "invalid",
    `${JSON.stringify(values)} is not a partition of table "${table.name}". Name each partition column once.`,
  );
}

function requireDatabase(space: Space, name: string): void {
  if (space.databases.has(name)) return;
  throw new ProviderError("not_found", `There is no database "${name}". Create it first, or check its name.`);
}

function requireTable(space: Space, database: string, name: string): StoredTable {
  const stored = space.tables.get(keyOf(database, name));
  if (stored !== undefined) return stored;
  throw new ProviderError("not_found", `There is no table "${database}.${name}". Check its name.`);
}

function requireVersion({ table }: StoredTable, ifVersion: string | undefined): void {
  if (ifVersion === undefined || ifVersion === table.version) return;
  throw new ProviderError(
    "conflict",
    `Table "${table.database}.${table.name}" was changed by somebody else. Read it again and repeat the change.`,
  );
}

const exists = (what: string) =>
  new ProviderError("exists", `${what} already exists. Choose another name, or update it.`);

const byName = (a: { readonly name: string }, b: { readonly name: string }) => (a.name < b.name ? -1 : 1);

const byLocation = (a: Partition, b: Partition) => (a.location < b.location ? -1 : 1);
