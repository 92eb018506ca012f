/** Tables of the file metastore: documents in the catalog, and files that can be read as tables. */
import type { TableInput } from "../../engine/metastore.ts";
import type { JsonObject } from "../../json.ts";
import { isWithin, normalPath } from "../../model/path.ts";
import type { Table } from "../../model/table.ts";
import { ProviderError } from "../../provider/error.ts";
import { readCreated, readListed, readTable, tableContent } from "./content.ts";
import { requireDatabase } from "./databases.ts";
import { changeDocument, readHead } from "./document.ts";
import { databaseDocument, masonDirectory, tableDocument } from "./names.ts";
import { createdNow, exists, type Live, liveTable, liveTables, noTable, type Parts, requireVersion } from "./parts.ts";
import { findPlain, listPlain, plainTable, readPlain } from "./uncatalogued.ts";

/** The names of the tables in the catalog and of the files that can be read as tables. */
export async function listTables(parts: Parts, database: string, prefix: string) {
  await requireDatabase(parts, database);
  const live = await liveTables(parts, database);
  const taken = new Set(live.map((table) => table.name));
  const places = live.map((table) => normalPath(String(table.content.location)) ?? "");
  const plain = (await listPlain(parts.storage, database)).filter(
    (name) => !taken.has(name) && !places.some((place) => isWithin(place, `${database}/${name}`)),
  );
  return [
    ...live.map(({ name }) => ({ name, catalogued: true })),
    ...plain.map((name) => ({ name, catalogued: false })),
  ]
    .filter((table) => table.name.startsWith(prefix))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The table in the catalog, otherwise the files of this name, otherwise `null`. */
export async function getTable(parts: Parts, database: string, name: string): Promise<Table | null> {
  const live = await liveTable(parts, database, name);
  if (live !== null) return readTable(database, name, live.head, live.content);
  const path = await findPlain(parts.storage, database, name);
  const reading = path === null ? null : await readPlain(parts.readSchema, path);
  return path === null || reading === null ? null : plainTable(database, name, path, reading);
}

/** Adds a table to the catalog. */
export async function createTable(parts: Parts, table: TableInput): Promise<void> {
  const content = tableContent(table, createdNow(parts), null);
  await putNew(parts, table.database, table.name, content);
}

/** Writes a table's first version, or the first one after a drop. */
async function putNew(parts: Parts, database: string, name: string, content: JsonObject): Promise<void> {
  const before = await requireDatabase(parts, database);
  const document = tableDocument(database, name);
  await parts.inTurn(document, () =>
    changeDocument(parts, document, (head) => {
      if (head !== null && head.content !== null) throw exists(`Table of database "${database}",`, name);
      return content;
    }),
  );
  const after = await readHead(parts.storage, databaseDocument(database));
  // A database without a document is only a directory and can't be dropped in the meantime.
  if (before.catalogued !== true || (after !== null && after.content !== null)) return;
  await parts.storage.delete(document);
  for (const directory of [masonDirectory(database), database])
    await parts.storage.delete(directory, { ifEmpty: true });
  throw new ProviderError("not_found", `Database "${database}" was deleted in the meantime. Create it again first.`);
}

/** Replaces a table's definition. Keeps its creator and, if its location is unchanged, its listed partitions. */
export async function updateTable(parts: Parts, table: TableInput, ifVersion: string | undefined): Promise<void> {
  const { database, name } = table;
  await changeTable(parts, database, name, ({ head, content }) => {
    requireVersion(database, name, head, ifVersion);
    const before = readTable(database, name, head, content);
    const names = (columns: TableInput["partitions"]) => columns.map((column) => column.name).join("\0");
    const isSamePlace = before.location === table.location && names(before.partitions) === names(table.partitions);
    const created = { ...createdNow(parts), ...readCreated(content) };
    return tableContent(table, created, isSamePlace ? readListed(content) : null);
  });
}

/** Writes the next version of a table in the catalog. */
export async function changeTable(
  parts: Parts,
  database: string,
  name: string,
  next: (live: Live) => JsonObject,
): Promise<void> {
  const document = tableDocument(database, name);
  await parts.inTurn(document, () =>
    changeDocument(parts, document, (head) => {
      if (head === null || head.content === null) throw noTable(database, name);
      return next({ head, content: head.content });
    }),
  );
}

/** Renames a table. The new name appears before the old one disappears. */
export async function renameTable(parts: Parts, database: string, name: string, newName: string): Promise<void> {
  const live = await liveTable(parts, database, name);
  if (live === null) throw noTable(database, name);
  await putNew(parts, database, newName, live.content);
  try {
    await deleteTable(parts, database, name, String(live.head.number));
  } catch (error) {
    await deleteTable(parts, database, newName, undefined);
    throw error;
  }
}

/** Drops a table from the catalog. */
export async function deleteTable(
  parts: Parts,
  database: string,
  name: string,
  ifVersion: string | undefined,
): Promise<void> {
  if ((await liveTable(parts, database, name)) === null) return;
  const document = tableDocument(database, name);
  await parts.inTurn(document, () =>
    changeDocument(parts, document, (head) => {
      if (head === null || head.content === null) return undefined;
      requireVersion(database, name, head, ifVersion);
      return null;
    }),
  );
}
