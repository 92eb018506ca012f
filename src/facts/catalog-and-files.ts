/**
 * Whether the catalogue and the files of a table agree: partitions on storage that the catalogue does not know, partitions of the catalogue
 * without files, and columns that the footers of Parquet files have otherwise. It only looks; what follows is decided in src/plan.
 */
import type { Address } from "../address.ts";
import { partitionDifferences, partitionsOfFiles } from "../catalog/partition-differences.ts";
import { readParquetSchema } from "../catalog/schema/parquet/parquet.ts";
import type { Metastore } from "../engine/metastore.ts";
import type { FileStat, Storage } from "../engine/storage.ts";
import { digest } from "../json.ts";
import type { Cache } from "../model/cache.ts";
import { formatDataType, parseDataType, unknown } from "../model/data-type.ts";
import type { Schema } from "../model/schema.ts";
import type { Partition, Table } from "../model/table.ts";
import { fitsDeclared } from "../operator/register/fits.ts";
import { isProviderError } from "../provider/error.ts";
import { eachOf } from "./each-of.ts";

/** A table whose files are to be looked at. */
export interface WantedFiles {
  readonly address: Address;
  /** One text for one client system. */
  readonly client: string;
  readonly storage: () => Promise<Storage>;
  readonly metastore: () => Promise<Metastore>;
  /** As the catalogue has it, with the columns that it is to have. */
  readonly table: Table;
}

/** A column that the files have otherwise than the catalogue; types as text, `null` on the side that lacks it. */
export interface ColumnDrift {
  readonly name: string;
  readonly catalog: string | null;
  readonly file: string | null;
  /** The file that says so. */
  readonly path: string;
}

/** How the catalogue and the files of a table disagree; nothing is in it when they agree. */
export interface FileDrift {
  /** On storage, and not in the catalogue. */
  readonly unlisted: readonly Partition[];
  /** In the catalogue, with nothing on storage. */
  readonly gone: readonly Partition[];
  readonly columns: readonly ColumnDrift[];
  /** Files of a partitioned table that are in no partition: engines don't see them. */
  readonly stray: readonly string[];
  /** Why files could not be looked at. */
  readonly unread?: string;
}

/** True for tables whose files say something that the catalogue says too. */
export const hasFileFacts = (table: Table): boolean => table.format === "parquet" || table.partitions.length > 0;

/** Looks at the files of all tables; those that agree with their catalogue are not in the result. */
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
    const files = await storage.expand(item.table.location);
    drift = { ...drift, ...(await partitionDrift(item, storage, files)) };
    return { ...drift, columns: await columnDrift(item, storage, files, cache) };
  } catch (thrown) {
    // What can't be looked at says nothing of the table; a plan must not fail for it.
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

/** The first and the last file in the order of names: of partitions by date the oldest and the newest. */
async function columnDrift(
  { table, client }: WantedFiles,
  storage: Storage,
  files: readonly FileStat[],
  cache: Cache,
): Promise<readonly ColumnDrift[]> {
  if (table.format !== "parquet") return [];
  const data = files.filter((file) => file.size > 0);
  const drift = new Map<string, ColumnDrift>();
  for (const file of new Set([data[0], data.at(-1)])) {
    if (file === undefined) continue;
    const columns = await footer(storage, file, client, cache);
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
  // A column that may be null was added to the table later than the file was written.
  const lacking = table.columns
    .filter((column) => !column.nullable && !inFile.has(column.name))
    .map((column): ColumnDrift => ({ name: column.name, catalog: formatDataType(column.type), file: null, path }));
  return [...others, ...lacking];
}

/** The columns of a footer, read once for each content of a file. */
async function footer(storage: Storage, file: FileStat, client: string, cache: Cache): Promise<Schema> {
  const key = digest(["footer", client, file.path, file.size, file.etag ?? null, file.modified]);
  const known = cache.get(key) as readonly (readonly [string, string])[] | undefined;
  if (known !== undefined)
    return known.map(([name, type]) => ({ name, type: parseDataType(type) ?? unknown, nullable: true }));
  const { columns } = await readParquetSchema(storage, file);
  cache.put(
    key,
    columns.map((column) => [column.name, formatDataType(column.type)]),
  );
  return columns;
}
