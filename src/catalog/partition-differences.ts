/** How the partitions that a catalogue lists differ from those that were found on storage. */
import type { Storage } from "../engine/storage.ts";
import { canonical } from "../json.ts";
import { isWithin } from "../model/path.ts";
import type { Partition, Table } from "../model/table.ts";

/** Partitions that only storage has, and those below the table's location that only the catalogue has. */
export async function partitionDifferences(
  storage: Pick<Storage, "stat">,
  table: Pick<Table, "location">,
  known: readonly Partition[],
  found: readonly Partition[],
): Promise<{ readonly unlisted: readonly Partition[]; readonly gone: readonly Partition[] }> {
  const places = new Set(found.map((partition) => partition.location));
  const gone: Partition[] = [];
  for (const partition of known) {
    if (!isWithin(partition.location, table.location) || places.has(partition.location)) continue;
    // A folder without data is still a partition.
    if ((await storage.stat(partition.location)) === null) gone.push(partition);
  }
  return { unlisted: unlistedPartitions(known, found), gone };
}

/** Partitions that were found and that the catalogue does not list. */
export function unlistedPartitions(known: readonly Partition[], found: readonly Partition[]): readonly Partition[] {
  const keys = new Set(known.map((partition) => canonical(partition.values)));
  return found.filter((partition) => !keys.has(canonical(partition.values)));
}
