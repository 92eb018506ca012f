/** Databases of the file metastore: top directories, with a document when Mason created them. */
import picomatch from "picomatch";
import { baseName } from "../../model/path.ts";
import type { Database } from "../../model/table.ts";
import { ProviderError } from "../../provider/error.ts";
import { databaseContent, readDatabase } from "./content.ts";
import { changeDocument, type Head, readHead, readHeads } from "./document.ts";
import { checkName, databaseDocument, masonDirectory } from "./names.ts";
import { createdNow, exists, liveTables, notEmpty, type Parts } from "./parts.ts";

/** All databases whose name matches the pattern. */
export async function listDatabases(parts: Parts, pattern: string | undefined): Promise<readonly Database[]> {
  const fits =
    pattern === undefined ? () => true : picomatch(pattern, { nonegate: true, noextglob: true, windows: false });
  const entries = await parts.storage.list("");
  const names = entries
    .filter((entry) => entry.kind === "directory")
    .map((entry) => baseName(entry.path))
    .filter((name) => !/^[._]/.test(name) && fits(name));
  const heads = await readHeads(parts.storage, names.map(databaseDocument));
  const found = await Promise.all(names.map((name, index) => databaseAt(parts, name, heads[index] ?? null)));
  return found.filter((database) => database !== null);
}

/** The database, or `null`. */
export async function getDatabase(parts: Parts, name: string): Promise<Database | null> {
  if ((await parts.storage.stat(name))?.kind !== "directory") return null;
  return databaseAt(parts, name, await readHead(parts.storage, databaseDocument(name)));
}

/** The database of a directory, or `null`. A directory without a document is a database unless it holds only remains of a dropped one. */
async function databaseAt(parts: Parts, name: string, head: Head | null): Promise<Database | null> {
  const mason = masonDirectory(name);
  if (head !== null && head.content !== null) return readDatabase(name, head.content);
  const plain: Database = { name, catalogued: false };
  if (head === null && (await parts.storage.stat(mason)) === null) return plain;
  const entries = await parts.storage.list(name);
  if (entries.some((entry) => entry.path !== mason)) return plain;
  // A directory without a document may hold catalogued tables.
  return head === null && (await liveTables(parts, name)).length > 0 ? plain : null;
}

/** The database; throws `not_found`. */
export async function requireDatabase(parts: Parts, name: string): Promise<Database> {
  const database = await getDatabase(parts, name);
  if (database !== null) return database;
  throw new ProviderError("not_found", `There is no database "${name}". Create it first, or check its name.`);
}

/** Creates a database's document. Its directory may exist already. */
export async function createDatabase(parts: Parts, database: Database): Promise<void> {
  const name = checkName("database", database.name);
  const document = databaseDocument(name);
  await parts.inTurn(document, () =>
    changeDocument(parts, document, (head) => {
      if (head !== null && head.content !== null) throw exists("Database", name);
      return databaseContent(database, createdNow(parts));
    }),
  );
}

/** Deletes everything that Mason created for a database. Other files are left unchanged. */
export async function deleteDatabase(parts: Parts, name: string): Promise<void> {
  const mason = masonDirectory(name);
  // An interrupted deletion may have left the empty directory.
  if ((await parts.storage.stat(mason)) === null) return parts.storage.delete(name, { ifEmpty: true });
  if ((await liveTables(parts, name)).length > 0) throw notEmpty(name);
  const document = databaseDocument(name);
  const before = await readHead(parts.storage, document);
  await changeDocument(parts, document, (head) => (head !== null && head.content === null ? undefined : null));
  // A writer that creates a table checks the database afterwards. Either we see its table here, or it sees the drop.
  if ((await liveTables(parts, name)).length > 0) {
    const content = before?.content ?? null;
    if (content !== null) await changeDocument(parts, document, () => content);
    else await parts.storage.delete(document);
    throw notEmpty(name);
  }
  // The database's own document is deleted last, so an interrupted deletion leaves a database that is known to be dropped.
  for (const { path } of await parts.storage.list(mason)) if (path !== document) await parts.storage.delete(path);
  await parts.storage.delete(mason);
  if (before !== null) await parts.storage.delete(name, { ifEmpty: true });
}
