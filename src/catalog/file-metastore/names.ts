/** Names in a file metastore: which ones are allowed, and where on storage the documents behind them lie. */
import { joinPath } from "../../model/path.ts";
import { ProviderError } from "../../provider/error.ts";

/** The name as the metastore keeps it; throws `invalid` when it could leave its directory or be taken for one of Mason's. */
export function checkName(kind: "database" | "table", name: string): string {
  const plain = kind === "table" && name.startsWith("/") ? name.slice(1) : name;
  if (isSafePart(plain)) return plain;
  throw new ProviderError(
    "invalid",
    `"${name}" can't be the name of a ${kind} that is kept in files. Use a name of one part that does not start with "." or "_".`,
  );
}

/** The path below its database that a table name means, which may have several parts when it is no more than a path. */
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

/** Where everything of Mason's about a database is. */
export const masonDirectory = (database: string): string => joinPath(database, "_mason");

/** Where the versions of a database's own document are. */
export const databaseDocument = (database: string): string => joinPath(database, "_mason", "_database");

/** Where the versions of a table's document are. */
export const tableDocument = (database: string, table: string): string => joinPath(database, "_mason", table);
