/** Changes the owner mark of a catalogued table, and nothing else. */
import type { Metastore } from "../engine/metastore.ts";
import type { Owner, Table } from "../model/table.ts";

/** Sets a table's owner. Where the metastore keeps versions, a table that changed since it was read is refused. */
export async function markOwner(metastore: Metastore, table: Table, owner: Owner): Promise<void> {
  const { createdAt: _, catalogued: __, version, ...rest } = table;
  await metastore.updateTable({ ...rest, owner }, version === undefined ? {} : { ifVersion: version });
}
