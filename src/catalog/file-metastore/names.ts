/** Names in a file metastore: which names are allowed, and where their documents are stored. */
import { joinPath } from "../../model/path.ts";
import { ProviderError } from "../../provider/error.ts";

/** The name as the metastore stores it. Throws `invalid` when it could leave its directory or clash with Mason's own names. */
export function checkName(kind: "database" | "table", name: string): string {
  const plain = kind === "table" && name.startsWith("/") ? name.slice(1) : name;
  if (isSafePart(plain)) return plain;
  throw new ProviderError(
    "invalid",
    `"${name}" can't be the name of a ${kind} in a file metastore. Use a name of one part that does not start with "." or "_".`,
  );
}

/** The path that a table name denotes below its database. The name of a table that is only files may have several parts. */
export function checkTablePath(name: string): string {
  const plain = name.startsWith("/") ? name.slice(1) : name;
  if (plain.split("/").every(isSafePart)) return plain;
  throw new ProviderError(
    "invalid",
    `"${name}" can't be a table: it would leave its database, or names a hidden file. Use a path without "..", "." and "_" at the start of a part.`,
  );
}

const isSafePart = (part: string): boolean =>
  part !== "" &&
  !/^[._]/.test(part) &&
  !/[/\\\u0000-\u001f\u007f]/.test(part) &&
  new TextEncoder().encode(part).length <= 200;

/** The directory of Mason's own files about a database. */
export const masonDirectory = (database: string): string => joinPath(database, "_mason");

/** The directory of the versions of a database's document. */
export const databaseDocument = (database: string): string => joinPath(database, "_mason", "_database");

/** The directory of the versions of a table's document. */
export const tableDocument = (database: string, table: string): string => joinPath(database, "_mason", table);
