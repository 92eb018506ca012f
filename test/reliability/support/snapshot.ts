/** Everything that an apply made, as one text: the lockfile, the catalogue, the registrations and the files. */
import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { prettyJson } from "../../../src/json.ts";
import { localMetastoreIn } from "../../support/local-metastore.ts";

/**
 * The text. It leaves out the number of a document's version (a repeated step writes one more version with the same content),
 * `.mason` (runs, caches, history), and files whose names start with a dot: so unfinished
 * writes are named, and no reader sees them. It also leaves out empty directories, which a kill in the last call of dropping a
 * database leaves.
 */
export async function snapshot(directory: string): Promise<string> {
  const files = (await readdir(directory, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
    .filter((path) => !/(^|\/)(\.|_mason\/)/.test(path))
    .sort();
  const texts = await Promise.all(files.map((path) => readFile(join(directory, path), "utf8")));
  return prettyJson({
    files: Object.fromEntries(files.map((path, at) => [path, texts[at]])),
    catalogue: await catalogue(directory),
  });
}

async function catalogue(directory: string) {
  const metastore = localMetastoreIn(directory, "tester");
  const databases = await metastore.listDatabases();
  const tables = await Promise.all(
    databases.map(async (database) => {
      const names = await metastore.listTables(database.name);
      const found = await Promise.all(names.map((item) => metastore.getTable(database.name, item.name)));
      return found.map((table) => JSON.parse(JSON.stringify({ ...table, version: undefined })));
    }),
  );
  return databases.flatMap((database, at) =>
    database.catalogued === false && tables[at]?.length === 0
      ? []
      : [{ database: JSON.parse(JSON.stringify(database)), tables: tables[at] ?? [] }],
  );
}

/** The names of unfinished writes that a killed process left. */
export async function leftovers(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /mason-tmp|^\.mason-/.test(entry.name))
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)));
}
