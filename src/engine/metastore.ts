/** The metastore role: databases, tables, partitions. Types only. Absent gives `null`; deleting what is absent succeeds. */
import type { Database, Partition, Table } from "../model/table.ts";
import type { Fingerprint } from "./storage.ts";

/** What a caller gives to make or replace a table. */
export type TableInput = Omit<Table, "createdAt" | "catalogued" | "version">;

export interface Metastore {
  listDatabases(options?: { readonly pattern?: string }): Promise<readonly Database[]>;
  getDatabase(name: string): Promise<Database | null>;
  /** Fails with `exists` when it is there. */
  createDatabase(database: Database): Promise<void>;
  /** Fails with `not_empty` while it has tables. */
  deleteDatabase(name: string): Promise<void>;
  /** Names, sorted; tables that are only files are in it too where the metastore can tell. */
  listTables(
    database: string,
    options?: { readonly prefix?: string },
  ): Promise<readonly { readonly name: string; readonly catalogued: boolean }[]>;
  getTable(database: string, name: string): Promise<Table | null>;
  /** Fails with `exists`, or with `not_found` when the database is absent. */
  createTable(table: TableInput): Promise<void>;
  /** Replaces the definition; fails with `not_found`, or with `conflict` when `ifVersion` is not the current one. */
  updateTable(table: TableInput, options?: { readonly ifVersion?: string }): Promise<void>;
  renameTable?(database: string, name: string, newName: string): Promise<void>;
  /** Drops the definition; the data stays. */
  deleteTable(database: string, name: string, options?: { readonly ifVersion?: string }): Promise<void>;
  listPartitions(database: string, name: string): Promise<readonly Partition[]>;
  addPartitions?(database: string, name: string, partitions: readonly Partition[]): Promise<void>;
  deletePartitions?(
    database: string,
    name: string,
    values: readonly Readonly<Record<string, string | null>>[],
  ): Promise<void>;
  /** Fingerprint of the table's data, or `null` where none can be had. */
  fingerprint?(database: string, name: string): Promise<Fingerprint | null>;
}
