/**
 * Compares the catalogue of a table with its files: partitions on storage that the catalogue lacks, partitions without files, and columns
 * that differ in the footers of Parquet files. This file only looks; src/plan decides what follows.
 */
import type { Address } from "../address.ts";
import { partitionDifferences, partitionsOfFiles } from "../catalog/partition-differences.ts";
import { dataFiles } from "../catalog/schema/data-files.ts";
import { keptFooters } from "../catalog/schema/parquet/kept.ts";
import type { Metastore } from "../engine/metastore.ts";
import type { FileStat, Storage } from "../engine/storage.ts";
import type { Cache } from "../model/cache.ts";
import { formatDataType } from "../model/data-type.ts";
import type { Schema } from "../model/schema.ts";
import type { Partition, Table } from "../model/table.ts";
import { fitsDeclared } from "../operator/register/fits.ts";
import { isProviderError } from "../provider/error.ts";
import { eachOf } from "./each-of.ts";

/** A table whose files the plan looks at. */
export interface WantedFiles {
  readonly address: Address;
  readonly storage: () => Promise<Storage>;
  readonly metastore: () => Promise<Metastore>;
  /** The table of the catalogue, with its declared columns. */
  readonly table: Table;
}

/** A column that differs between catalogue and files. Types are text; `null` stands for the side that lacks the column. */
export interface ColumnDrift {
  readonly name: string;
  readonly catalog: string | null;
  readonly file: string | null;
  /** The file that differs. */
  readonly path: string;
}

/** How the catalogue and the files of a table differ. All lists are empty when they agree. */
export interface FileDrift {
  /** Partitions on storage that the catalogue lacks. */
  readonly unlisted: readonly Partition[];
  /** Partitions of the catalogue without files. */
  readonly gone: readonly Partition[];
  readonly columns: readonly ColumnDrift[];
  /** Files of a partitioned table outside of all partitions: engines don't see them. */
  readonly stray: readonly string[];
  /** Why the files could not be read. */
  readonly unread?: string;
}

/** True for tables whose files can be compared with the catalogue. */
export const hasFileFacts = (table: Table): boolean => table.format === "parquet" || table.partitions.length > 0;

/** The tables whose files and catalogue differ. Tables that agree are left out. */
export async function fileDrift(
  wanted: readonly WantedFiles[],
  cache: Cache,
): Promise<ReadonlyMap<Address, FileDrift>> {
  const found = new Map<Address, FileDrift>();
  await eachOf(wanted, async (item) => {
    const drift = await look(item, cache);
    const { unlisted, gone, columns, stray, unread } = drift;
    if (unlisted.length + gone.length + columns.length + stray.length > 0 || unread !== undefined)
      found.set(item.address, drift);
  });
  return found;
}

const nothing: FileDrift = { unlisted: [], gone: [], columns: [], stray: [] };

async function look(item: WantedFiles, cache: Cache): Promise<FileDrift> {
  let drift = nothing;
  try {
    const storage = await item.storage();
    const { location, settings } = item.table;
    const { files } = dataFiles(await storage.expand(location), location, settings?.files);
    drift = { ...drift, ...(await partitionDrift(item, storage, files)) };
    return { ...drift, columns: await columnDrift(item, storage, files, cache) };
  } catch (thrown) {
    // Unreadable files say nothing about the table, so they must not fail the plan.
    if (isProviderError(thrown)) return { ...drift, unread: thrown.message };
    throw thrown;
  }
}

async function partitionDrift({ table, metastore }: WantedFiles, storage: Storage, files: readonly FileStat[]) {
  if (table.partitions.length === 0) return nothing;
  const columns = table.partitions.map((column) => column.name);
  const { partitions, stray } = partitionsOfFiles(files, table.location, columns);
  const known = await (await metastore()).listPartitions(table.database, table.name);
  return { ...(await partitionDifferences(storage, table, known, partitions, false)), stray };
}

/** Compares the first and the last file by name: with partitions by date, the oldest and the newest. */
async function columnDrift(
  { table }: WantedFiles,
  storage: Storage,
  files: readonly FileStat[],
  cache: Cache,
): Promise<readonly ColumnDrift[]> {
  if (table.format !== "parquet") return [];
  const data = files.filter((file) => file.size > 0);
  const drift = new Map<string, ColumnDrift>();
  const footer = keptFooters(storage, cache);
  for (const file of new Set([data[0], data.at(-1)])) {
    if (file === undefined) continue;
    const { columns } = await footer(file);
    for (const one of differences(table, columns, file.path)) if (!drift.has(one.name)) drift.set(one.name, one);
  }
  return [...drift.values()];
}

function differences(table: Table, columns: Schema, path: string): readonly ColumnDrift[] {
  const partitions = new Set(table.partitions.map((column) => column.name));
  const own = new Map(table.columns.map((column) => [column.name, column]));
  const inFile = new Set(columns.map((column) => column.name));
  const others = columns.flatMap((column): readonly ColumnDrift[] => {
    const known = own.get(column.name);
    const file = formatDataType(column.type);
    if (partitions.has(column.name)) return [];
    if (known === undefined) return [{ name: column.name, catalog: null, file, path }];
    if (fitsDeclared(column.type, known.type, true)) return [];
    return [{ name: column.name, catalog: formatDataType(known.type), file, path }];
  });
  // A nullable column may have been added after the file was written.
  const lacking = table.columns
    .filter((column) => !column.nullable && !inFile.has(column.name))
    .map((column): ColumnDrift => ({ name: column.name, catalog: formatDataType(column.type), file: null, path }));
  return [...others, ...lacking];
}
