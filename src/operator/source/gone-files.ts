/** Tells a table whose files are gone from one that never had any: the first must not be read as an empty table. */
import type { Table } from "../../model/table.ts";
import type { DeclaredTables } from "../declared/declared-tables.ts";
import type { OperatorContext } from "../operator.ts";
import { counted } from "../output.ts";
import { invalid, oneOf } from "../parameters.ts";

/** Why a table without files must not be read, or `null` for one that never had files. */
export async function goneFiles(
  { filesBefore }: DeclaredTables,
  { database, name, location, owner }: Pick<Table, "database" | "name" | "location" | "owner">,
): Promise<string | null> {
  const before = await filesBefore(database, name);
  // A run creates tables over files only.
  const isOfRun = owner?.address.startsWith("deployment.") === true;
  if (before === 0 && !isOfRun) return null;
  const had = before === 0 ? "it was created over files" : `the last run that read it found ${counted(before, "file")}`;
  return `The files of table "${database}.${name}" are gone: there are none at "${location}", and ${had}. Bring them back, or set "on_empty" to "allow" to read it as an empty table.`;
}

/** Whether the parameters allow reading a table whose files are gone. */
export const mayBeEmpty = (parameters: OperatorContext["parameters"]): boolean =>
  oneOf(parameters, "on_empty", ["fail", "allow"]) === "allow";

/** Throws `invalid` when the files of a table are gone, unless `on_empty` allows that. */
export async function refuseGone(
  { declared, parameters }: Pick<OperatorContext, "declared" | "parameters">,
  { table, files }: { readonly table?: Table; readonly files?: number },
): Promise<void> {
  if (table === undefined || files === undefined || files > 0 || mayBeEmpty(parameters)) return;
  const message = await goneFiles(declared, table);
  if (message !== null) throw invalid(message);
}
