/** Partitions of a file metastore's tables. They are found in `key=value` folders, or listed and edited in the table's document. */
import type { Storage } from "../../engine/storage.ts";
import { canonical } from "../../json.ts";
import { partitionFolder } from "../../model/partition-folder.ts";
import { baseName } from "../../model/path.ts";
import type { Partition, Table } from "../../model/table.ts";
import { ProviderError } from "../../provider/error.ts";

/** A partition's values by column name. */
export type PartitionValues = Partition["values"];

/** The partitions in the folders below `location`, with one level per column, sorted by location. */
export async function discoverPartitions(
  storage: Storage,
  location: string,
  columns: readonly string[],
): Promise<readonly Partition[]> {
  let found: readonly Partition[] = columns.length === 0 ? [] : [{ values: {}, location }];
  for (const column of columns) {
    const next: Partition[] = [];
    for (let start = 0; start < found.length; start += 16) {
      const chunk = found.slice(start, start + 16);
      const below = await Promise.all(chunk.map((parent) => foldersOf(storage, parent, column)));
      next.push(...below.flat());
    }
    found = next;
  }
  return sorted(found);
}

async function foldersOf(storage: Storage, parent: Partition, column: string): Promise<readonly Partition[]> {
  const entries = await storage.list(parent.location);
  return entries.flatMap((entry) => {
    const value = entry.kind === "directory" ? valueIn(baseName(entry.path), column) : undefined;
    return value === undefined ? [] : [{ values: { ...parent.values, [column]: value }, location: entry.path }];
  });
}

function valueIn(folder: string, column: string): string | null | undefined {
  const part = partitionFolder(folder);
  return part?.column === column ? part.value : undefined;
}

/** The list with these partitions added. A known partition gets the new location. Throws `invalid` when values don't fit the table. */
export function withPartitions(
  table: Pick<Table, "name" | "partitions">,
  listed: readonly Partition[],
  added: readonly Partition[],
): readonly Partition[] {
  const byValues = new Map(listed.map((item) => [keyOf(item.values), item]));
  for (const item of added) {
    checkValues(table, item.values);
    byValues.set(keyOf(item.values), item);
  }
  return sorted([...byValues.values()]);
}

/** The list without these partitions. Unknown ones are ignored. */
export function withoutPartitions(
  table: Pick<Table, "name" | "partitions">,
  listed: readonly Partition[],
  removed: readonly PartitionValues[],
): readonly Partition[] {
  for (const values of removed) checkValues(table, values);
  const gone = new Set(removed.map(keyOf));
  return listed.filter((item) => !gone.has(keyOf(item.values)));
}

const keyOf = (values: PartitionValues): string => canonical(values);

function checkValues(table: Pick<Table, "name" | "partitions">, values: PartitionValues): void {
  const names = table.partitions.map((column) => column.name);
  if (canonical([...names].sort()) === canonical(Object.keys(values).sort())) return;
  throw new ProviderError(
    "invalid",
    `A partition of table "${table.name}" needs values for ${names.map((name) => `"${name}"`).join(", ") || "no column"}, but ${JSON.stringify(values)} was given. Name each partition column once.`,
  );
}

const sorted = (items: readonly Partition[]): readonly Partition[] =>
  [...items].sort((a, b) => (a.location < b.location ? -1 : a.location > b.location ? 1 : 0));
