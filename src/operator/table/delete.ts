/** `table:delete`: drops a table from the catalog, and deletes its data only on request. */
import type { Storage } from "../../engine/storage.ts";
import { isGlob, joinPath } from "../../model/path.ts";
import type { Table } from "../../model/table.ts";
import { isProviderError, ProviderError } from "../../provider/error.ts";
import type { DeclaredTable, DeclaredTables } from "../declared/declared-tables.ts";
import {
  type BuiltinOperator,
  type OperatorContext,
  type OperatorResult,
  type Preview,
  type PreviewContext,
  result,
} from "../operator.ts";
import { tableOutputs } from "../output.ts";
import { declaredBy, refuseForeign } from "../owner.ts";
import { databaseName, flag, invalid, requiredText, tableName } from "../parameters.ts";
import { lineOnly, shown } from "../preview.ts";
import { cataloguedTable } from "../register/register.ts";
import { orNull } from "../source/preview-source.ts";
import { engineOf } from "../source/source.ts";
import { qualified } from "./table-data.ts";

export const deleteTable: BuiltinOperator = {
  definition: {
    namespace: "table",
    command: "delete",
    description: "Removes a table from the metastore, and its data only on request",
    parameters: {
      required: [databaseName, tableName],
      optional: [{ name: "delete_data", type: "boolean", default: false, description: "Delete the table's files too" }],
    },
    supportedConfigurations: [],
    // Storage is needed only with delete_data, and is requested then.
    needs: ["metastore.getTable", "metastore.deleteTable"],
    reads: [],
    writes: [{ table: "${database_name}.${table_name}" }],
    drops: [{ table: "${database_name}.${table_name}", dataIf: "delete_data" }],
    outputs: tableOutputs,
    repeatable: true,
    work: { kind: "builtin", revision: 1 },
  },
  run,
  preview,
};

async function run({ parameters, engines, owner, declared }: OperatorContext): Promise<OperatorResult> {
  const [database, name] = [requiredText(parameters, "database_name"), requiredText(parameters, "table_name")];
  const table = await cataloguedTable({ engines }, database, name);
  const outputs = { database_name: database, table_name: name };
  if (table === null) {
    return result({ outputs, info: [`There was no table "${database}.${name}" in the catalog. Nothing was deleted.`] });
  }
  const label = qualified(table);
  refuseForeign(`Table "${label}"`, table.owner, owner);
  const storage = flag(parameters, "delete_data", false) ? engineOf(engines, "storage") : null;
  if (storage !== null) await refuseShared(storage, table);
  if (storage !== null) refuseOthers(declared, table);
  const check = table.version === undefined ? {} : { ifVersion: table.version };
  // Dropped first: when that is refused, no data is lost.
  await engineOf(engines, "metastore").deleteTable(database, name, check);
  if (storage !== null) await deleteData(storage, table);
  const owned = declaredBy(table.owner);
  return result({
    outputs,
    info: [
      `Table "${label}" was dropped.`,
      storage === null ? `Its data stays at "${table.location}".` : `Its data at "${table.location}" was deleted.`,
    ],
    warnings:
      owned === null
        ? []
        : [`Table "${label}" is declared as "${owned}": the next apply creates it again. Remove the declaration too.`],
  });
}

/** Refuses to delete a place that holds more than this table. */
async function refuseShared(storage: Storage, { location, ...table }: Table): Promise<void> {
  const name = qualified(table);
  if (location === "") {
    throw invalid(
      `The location of table "${name}" is the root of the storage, which Mason does not delete. Set "delete_data" to false, and delete files by hand.`,
    );
  }
  if ((await storage.stat(joinPath(location, "_mason"))) === null) return;
  throw invalid(
    `The location "${location}" of table "${name}" also holds the catalog of a database, so Mason does not delete it. Set "delete_data" to false, and delete files by hand.`,
  );
}

function refuseOthers(declared: DeclaredTables, table: Table): void {
  const problem = othersAt(declared, table);
  if (problem !== null) throw invalid(problem);
}

/** Why the files at the table's location may not be deleted: they are, or hold, those of a declared table. */
function othersAt(declared: DeclaredTables, { location, ...table }: Table): string | null {
  const isOther = (other: DeclaredTable) => other.database !== table.database || other.name !== table.name;
  const [other] = declared.around(location).filter(isOther);
  if (other === undefined) return null;
  return `The location "${location}" of table "${qualified(table)}" shares files with "${other.address}", whose files are at "${other.location}". Set "delete_data" to false, and delete files by hand.`;
}

async function deleteData(storage: Storage, { location, ...table }: Table): Promise<void> {
  try {
    if (!isGlob(location) || (await storage.stat(location)) !== null) return await storage.delete(location);
    for (const file of await storage.expand(location)) await storage.delete(file.path);
  } catch (error) {
    if (!isProviderError(error)) throw error;
    const message = `Table "${qualified(table)}" was dropped, but not all of its data at "${location}" could be deleted. ${error.message}`;
    throw new ProviderError(error.code, message, { retryable: false, cause: error });
  }
}

async function preview(context: PreviewContext): Promise<Preview> {
  const { parameters, unknown } = context;
  const label = `${shown(context, "database_name")}.${shown(context, "table_name")}`;
  if (unknown.has("database_name") || unknown.has("table_name")) return lineOnly(`drops ${label}`);
  const [database, name] = [String(parameters.database_name), String(parameters.table_name)];
  const table = await orNull(context.table(database, name));
  if (table === null || !table.catalogued) return lineOnly(`drops ${label} (not there)`);
  const data = parameters.delete_data === true ? ` and its data at ${table.location}` : "";
  const shared = data === "" ? null : othersAt(context.declared, table);
  return {
    summary: `drops ${label}${data}`,
    certainty: "checked",
    statements: [],
    makes: [{ dropped: { database, table: name }, ...(data === "" ? {} : { data: table.location }) }],
    problems: shared === null ? [] : [{ parameter: "delete_data", message: shared }],
  };
}
