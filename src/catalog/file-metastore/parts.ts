/** What all verbs of the file metastore share: options, live tables, turns and failures. */
import type { Storage } from "../../engine/storage.ts";
import type { JsonObject } from "../../json.ts";
import { baseName } from "../../model/path.ts";
import { ProviderError } from "../../provider/error.ts";
import type { Created } from "./content.ts";
import { type Documents, type Head, readHead, readHeads } from "./document.ts";
import { masonDirectory, tableDocument } from "./names.ts";
import type { ReadSchema } from "./uncatalogued.ts";

/** The options of a file metastore. */
export interface FileMetastoreOptions {
  /** The storage of the documents and of the databases' directories. */
  readonly storage: Storage;
  /** The storage of the catalogued tables' data; default: `storage`. */
  readonly data?: Storage;
  readonly now: () => Date;
  readonly newId: () => string;
  /** The name recorded as the creator. */
  readonly user: string;
  readonly readSchema: ReadSchema;
}

/** A live version of a table's document. */
export interface Live {
  readonly head: Head;
  readonly content: JsonObject;
}

/** The complete options that all verbs of a file metastore share. */
export interface Parts extends FileMetastoreOptions, Documents {
  readonly data: Storage;
  /** Serialises the work on one document within this process. Version numbers serialise other processes. */
  readonly inTurn: <T>(document: string, work: () => Promise<T>) => Promise<T>;
}

/** Creates the queues: one for each document. */
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

/** All tables in a database's catalog, in name order. */
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

/** A table of the catalog, or `null`. A name of several parts is never in the catalog. */
export async function liveTable(parts: Parts, database: string, name: string): Promise<Live | null> {
  if (name.includes("/")) return null;
  const head = await readHead(parts.storage, tableDocument(database, name));
  return head === null || head.content === null ? null : { head, content: head.content };
}

/** Created by this user at this time. */
export const createdNow = (parts: Parts): Created => ({ createdAt: parts.now().toISOString(), createdBy: parts.user });

/** Throws `conflict` unless this is the version that the caller saw. */
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

/** The failure of a verb that creates an object that exists already. */
export const exists = (kind: string, name: string) =>
  new ProviderError("exists", `${kind} "${name}" already exists. Choose another name, or update it.`);

/** The failure of dropping a database that still has tables. */
export const notEmpty = (name: string) =>
  new ProviderError("not_empty", `Database "${name}" still has tables in its catalog. Delete them first.`);
