/** What all verbs of the file metastore share: its options, its live tables, its turns and its failures. */
import type { Storage } from "../../engine/storage.ts";
import type { JsonObject } from "../../json.ts";
import { baseName } from "../../model/path.ts";
import { ProviderError } from "../../provider/error.ts";
import type { Created } from "./content.ts";
import { type Documents, type Head, readHead, readHeads } from "./document.ts";
import { masonDirectory, tableDocument } from "./names.ts";
import type { ReadSchema } from "./uncatalogued.ts";

/** What a file metastore is made of. */
export interface FileMetastoreOptions {
  /** Where the documents and the directories of databases are. */
  readonly storage: Storage;
  /** Where the locations of catalogued tables are; default: `storage`. */
  readonly data?: Storage;
  readonly now: () => Date;
  readonly newId: () => string;
  /** Who creates things. */
  readonly user: string;
  readonly readSchema: ReadSchema;
}

/** A live version of a table's document. */
export interface Live {
  readonly head: Head;
  readonly content: JsonObject;
}

/** The options made whole: what all verbs of a file metastore share. */
export interface Parts extends FileMetastoreOptions, Documents {
  readonly data: Storage;
  /** Runs work on one document after the other within this process; other processes are met by version numbers. */
  readonly inTurn: <T>(document: string, work: () => Promise<T>) => Promise<T>;
}

/** A fresh queue for each document. */
export function turns(): Parts["inTurn"] {
  const last = new Map<string, Promise<unknown>>();
  return (document, work) => {
    const result = (last.get(document) ?? Promise.resolve()).then(work);
    const done = result
      .catch(() => undefined)
      .then(() => {
        if (last.get(document) === done) last.delete(document);
      });
    last.set(document, done);
    return result;
  };
}

/** All tables in a database's catalog, sorted by name. */
export async function liveTables(
  parts: Parts,
  database: string,
): Promise<readonly (Live & { readonly name: string })[]> {
  const entries = await parts.storage.list(masonDirectory(database));
  const names = entries.map((entry) => baseName(entry.path)).filter((name) => name !== "_database");
  const heads = await readHeads(
    parts.storage,
    names.map((name) => tableDocument(database, name)),
  );
  return names.flatMap((name, index) => {
    const head = heads[index] ?? null;
    return head === null || head.content === null ? [] : [{ name, head, content: head.content }];
  });
}

/** A table of the catalog, or `null`; a name of several parts is never in it. */
export async function liveTable(parts: Parts, database: string, name: string): Promise<Live | null> {
  if (name.includes("/")) return null;
  const head = await readHead(parts.storage, tableDocument(database, name));
  return head === null || head.content === null ? null : { head, content: head.content };
}

/** Made by this user at this time. */
export const createdNow = (parts: Parts): Created => ({ createdAt: parts.now().toISOString(), createdBy: parts.user });

/** Throws `conflict` unless the version is the one that the caller saw. */
export function requireVersion(database: string, name: string, head: Head, ifVersion: string | undefined): void {
  if (ifVersion === undefined || ifVersion === String(head.number)) return;
  throw new ProviderError(
    "conflict",
    `Table "${database}.${name}" is at version ${head.number}, not ${ifVersion}: somebody else changed it. Read it again and repeat the change.`,
  );
}

/** The failure of a verb that needs a table of the catalog. */
export const noTable = (database: string, name: string) =>
  new ProviderError(
    "not_found",
    `There is no table "${name}" in the catalog of database "${database}". Check its name.`,
  );

/** The failure of a verb that makes something. */
export const exists = (kind: string, name: string) =>
  new ProviderError("exists", `${kind} "${name}" is there already. Choose another name, or update it.`);

/** The failure of dropping a database that is in use. */
export const notEmpty = (name: string) =>
  new ProviderError("not_empty", `Database "${name}" still has tables in its catalog. Delete them first.`);
