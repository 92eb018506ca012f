/** Compares the partitions that a catalogue lists with those on storage. */
import type { FileStat, Storage } from "../engine/storage.ts";
import { canonical } from "../json.ts";
import { partitionFolder } from "../model/partition-folder.ts";
import { isWithin, normalPath, parentPath } from "../model/path.ts";
import type { Partition, Table } from "../model/table.ts";
import { forEachFile } from "./schema/sampling.ts";

/** The partitions that differ. */
export interface PartitionDifferences {
  /** Partitions on storage that the catalogue does not list, or lists at a place that no longer exists. */
  readonly unlisted: readonly Partition[];
  /** Partitions in the catalogue that do not exist on storage. */
  readonly gone: readonly Partition[];
}

const keyOf = ({ values }: Partition): string => canonical(values);

/** The differences. With `below`, partitions that the catalogue lists outside the table's location are ignored. */
export async function partitionDifferences(
  storage: Pick<Storage, "stat">,
  table: Pick<Table, "location">,
  known: readonly Partition[],
  found: readonly Partition[],
  below: boolean,
): Promise<PartitionDifferences> {
  const places = new Set(found.map((partition) => partition.location));
  const doubtful = known.filter(
    ({ location }) => !places.has(location) && (!below || isWithin(location, table.location)),
  );
  // A folder without data is a partition too.
  const stats = await forEachFile(doubtful, ({ location }) => storage.stat(location), undefined);
  const absent = new Set(doubtful.filter((_, index) => stats[index] === null).map(keyOf));
  const wanted = new Map(found.map((partition) => [keyOf(partition), partition]));
  const listed = new Set(known.map(keyOf));
  return {
    unlisted: [...wanted].flatMap(([key, partition]) => (!listed.has(key) || absent.has(key) ? [partition] : [])),
    gone: known.filter((partition) => absent.has(keyOf(partition)) && !wanted.has(keyOf(partition))),
  };
}

/** The found partitions that the catalogue does not list. */
export function unlistedPartitions(known: readonly Partition[], found: readonly Partition[]): readonly Partition[] {
  const listed = new Set(known.map(keyOf));
  return found.filter((partition) => !listed.has(keyOf(partition)));
}

/** The partitions of a table's files, with one folder per column, and the files outside any partition. */
export function partitionsOfFiles(
  files: readonly FileStat[],
  location: string,
  columns: readonly string[],
): { readonly partitions: readonly Partition[]; readonly stray: readonly string[] } {
  const base = normalPath(location) ?? location;
  const found = new Map<string, Partition | null>();
  const stray: string[] = [];
  for (const { path } of files) {
    const folder = parentPath(path);
    if (!found.has(folder)) found.set(folder, partitionAt(folder, base, columns));
    if (found.get(folder) === null) stray.push(path);
  }
  return { partitions: [...found.values()].filter((partition) => partition !== null), stray };
}

function partitionAt(folder: string, base: string, columns: readonly string[]): Partition | null {
  const below = base === "" ? folder : folder.slice(base.length + 1);
  const parts = isWithin(folder, base) && below !== "" ? below.split("/") : [];
  if (parts.length !== columns.length) return null;
  const values: Record<string, string | null> = {};
  for (const [index, part] of parts.entries()) {
    const one = partitionFolder(part);
    if (one === null || one.column !== columns[index]) return null;
    values[one.column] = one.value;
  }
  return { values, location: folder };
}
