/** The metastore role: databases, tables, partitions. Types only. An absent object is `null`; deleting one succeeds. */
import type { Database, Partition, Table } from "../model/table.ts";
import type { Fingerprint } from "./storage.ts";

/** The input for creating or replacing a table. */
export type TableInput = Omit<Table, "createdAt" | "catalogued" | "version">;

export interface Metastore {
  listDatabases(options?: { readonly pattern?: string }): Promise<readonly Database[]>;
  getDatabase(name: string): Promise<Database | null>;
  /** Fails with `exists` when it exists. */
  createDatabase(database: Database): Promise<void>;
  /** Fails with `not_empty` while it has tables. */
  deleteDatabase(name: string): Promise<void>;
  /** Sorted names, including tables that are only files where the metastore knows them. */
  listTables(
    database: string,
    options?: { readonly prefix?: string },
  ): Promise<readonly { readonly name: string; readonly catalogued: boolean }[]>;
  getTable(database: string, name: string): Promise<Table | null>;
  /** Fails with `exists`, or with `not_found` when there is no such database. */
  createTable(table: TableInput): Promise<void>;
  /** Replaces the definition; fails with `not_found`, or with `conflict` when `ifVersion` is not the current one. */
  updateTable(table: TableInput, options?: { readonly ifVersion?: string }): Promise<void>;
  renameTable?(database: string, name: string, newName: string): Promise<void>;
  /** Drops the definition and keeps the data. */
  deleteTable(database: string, name: string, options?: { readonly ifVersion?: string }): Promise<void>;
  listPartitions(database: string, name: string): Promise<readonly Partition[]>;
  addPartitions?(database: string, name: string, partitions: readonly Partition[]): Promise<void>;
  deletePartitions?(
    database: string,
    name: string,
    values: readonly Readonly<Record<string, string | null>>[],
  ): Promise<void>;
  /** The fingerprint of the table's data, or `null` when there is none. */
  fingerprint?(database: string, name: string): Promise<Fingerprint | null>;
}
