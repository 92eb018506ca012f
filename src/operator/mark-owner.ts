/** Whose a table is: the mark in the catalogue, which is all that changes of it. */
import type { Metastore } from "../engine/metastore.ts";
import type { Owner, Table } from "../model/table.ts";

/** Gives a table another owner; refused when it was changed since it was read, where the metastore can tell. */
export async function markOwner(metastore: Metastore, table: Table, owner: Owner): Promise<void> {
  const { createdAt: _, catalogued: __, version, ...rest } = table;
  await metastore.updateTable({ ...rest, owner }, version === undefined ? {} : { ifVersion: version });
}
