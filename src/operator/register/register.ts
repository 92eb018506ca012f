/**
 * Updates the catalog from what was read from files, for `table:infer` and `table:refresh`. It owns the rules for changing a table:
 * a declared table keeps its columns, another project's table is left alone, and a table that is right is not written.
 */
import { partitionDifferences, unlistedPartitions } from "../../catalog/partition-differences.ts";
import type { SchemaReading } from "../../catalog/schema/reading.ts";
import type { TableInput } from "../../engine/metastore.ts";
import type { Owner, Partition, Table } from "../../model/table.ts";
import { isProviderError, ProviderError } from "../../provider/error.ts";
import type { DeclaredTable, DeclaredTables } from "../declared/declared-tables.ts";
import type { OperatorContext } from "../operator.ts";
import { counted } from "../output.ts";
import { declaredBy, refuseForeign } from "../owner.ts";
import { engineOf } from "../source/source.ts";
import { qualified, summaryOf } from "../table/table-data.ts";
import { verbOf } from "../verb.ts";
import { changesBetween, differencesFromDeclared, type Shape } from "./differences.ts";

/** A catalogued table, or `null`; a table that is only files counts as absent. */
export async function cataloguedTable(
  { engines }: Pick<OperatorContext, "engines">,
  database: string,
  name: string,
): Promise<Table | null> {
  const metastore = engineOf(engines, "metastore");
  try {
    const table = await metastore.getTable(database, name);
    return table?.catalogued === true ? table : null;
  } catch (error) {
    if (!isProviderError(error, "invalid")) throw error;
    // Unreadable files that happen to have the table's name are not a catalogued table.
    const tables = await metastore.listTables(database, { prefix: name }).catch(() => null);
    if (tables === null || tables.some((table) => table.name === name && table.catalogued)) throw error;
    return null;
  }
}

/** The table as its files describe it. Comments, owner and properties come from the existing table. */
export function wantedTable(
  place: { readonly database: string; readonly name: string },
  found: Shape,
  existing: Table | null,
  ours: Owner | undefined,
): TableInput {
  const owner = existing === null ? ours : existing.owner;
  const comments = new Map(existing?.columns.map((column) => [column.name, column.comment]));
  const properties = existing?.location === found.location ? existing.properties : undefined;
  const columns = found.columns.map((column) => {
    const comment = column.comment ?? comments.get(column.name);
    return comment === undefined ? column : { ...column, comment };
  });
  return {
    ...place,
    format: found.format,
    columns,
    partitions: found.partitions,
    location: found.location,
    ...(found.csv === undefined ? {} : { csv: found.csv }),
    ...(found.settings === undefined ? {} : { settings: found.settings }),
    ...(found.isSampled === undefined || found.format === "parquet" ? {} : { isSampled: found.isSampled }),
    ...(owner === undefined ? {} : { owner }),
    ...(properties === undefined ? {} : { properties }),
  };
}

/** Throws `invalid` when the files can't be one table. */
export function refuseConflict(location: string, { conflict }: SchemaReading): void {
  if (conflict === undefined) return;
  throw new ProviderError("invalid", `The files of "${location}" can't be one table. ${conflict.message}`);
}

/** The table as it is declared: by the project, else by the mark of its owner in the catalogue; `null` when no resource declares it. */
export function declaredTable(
  declared: DeclaredTables,
  { database, name }: { readonly database: string; readonly name: string },
  existing: Table | null,
): DeclaredTable | null {
  const address = declaredBy(existing?.owner);
  return declared.named(database, name) ?? (existing === null || address === null ? null : { ...existing, address });
}

/** Why files don't fit the declared table over them; `null` when they fit. */
export function declaredMismatch(declared: DeclaredTable, found: Shape): string | null {
  const differences = differencesFromDeclared(declared, found);
  if (differences.length === 0) return null;
  return `Table "${qualified(declared)}" is declared as "${declared.address}", but its files differ: ${differences.join("; ")}. Change the declaration, or the files.`;
}

/** Creates or updates the table. Returns a sentence for each change. */
export async function registerTable(
  context: OperatorContext,
  existing: Table | null,
  wanted: TableInput,
): Promise<readonly string[]> {
  const metastore = engineOf(context.engines, "metastore");
  const declared = declaredTable(context.declared, wanted, existing);
  refuseForeign(`Table "${qualified(wanted)}"`, existing?.owner, context.owner);
  const mismatch = declared === null ? null : declaredMismatch(declared, wanted);
  if (mismatch !== null) throw new ProviderError("conflict", mismatch, { retryable: false });
  if (existing === null) {
    await createIn(context, wanted);
    return [`Table "${qualified(wanted)}" was created over "${wanted.location}": ${summaryOf(wanted)}.`];
  }
  if (declared !== null) return [];
  const changes = changesBetween(existing, wanted);
  if (changes.length === 0) return [];
  await metastore.updateTable(wanted, existing.version === undefined ? {} : { ifVersion: existing.version });
  return changes;
}

/** Creates the table, and its database when that is absent. */
async function createIn(context: OperatorContext, wanted: TableInput): Promise<void> {
  const metastore = engineOf(context.engines, "metastore");
  if ((await metastore.getDatabase(wanted.database)) === null) await createDatabase(context, wanted.database);
  try {
    await metastore.createTable(wanted);
  } catch (error) {
    if (!isProviderError(error, "not_found")) throw error;
    // Another step is creating the database, which looked like a directory until now.
    await createDatabase(context, wanted.database);
    await metastore.createTable(wanted);
  }
}

async function createDatabase({ engines, owner }: OperatorContext, name: string): Promise<void> {
  const metastore = engineOf(engines, "metastore");
  try {
    await metastore.createDatabase({ name, ...(owner === undefined ? {} : { owner }) });
  } catch (error) {
    // Another step was faster.
    if (!isProviderError(error, "exists")) throw error;
  }
}

/** Registers partitions that the metastore does not know yet. Returns a sentence when there were any. */
export async function addPartitions(
  { engines }: OperatorContext,
  table: TableInput,
  found: readonly Partition[],
): Promise<readonly string[]> {
  if (table.partitions.length === 0 || found.length === 0) return [];
  const known = await engineOf(engines, "metastore").listPartitions(table.database, table.name);
  const added = unlistedPartitions(known, found);
  if (added.length === 0) return [];
  await verbOf(engines, "metastore", "addPartitions")(table.database, table.name, added);
  return [`${counted(added.length, "partition")} ${were(added)} added.`];
}

/** Removes partitions below the table's location whose folder no longer exists. Returns a sentence when there were any. */
export async function dropGonePartitions(
  { engines }: OperatorContext,
  table: TableInput,
  found: readonly Partition[],
): Promise<readonly string[]> {
  if (table.partitions.length === 0) return [];
  const known = await engineOf(engines, "metastore").listPartitions(table.database, table.name);
  const { gone } = await partitionDifferences(engineOf(engines, "storage"), table, known, found, true);
  if (gone.length === 0) return [];
  const values = gone.map((partition) => partition.values);
  await verbOf(engines, "metastore", "deletePartitions")(table.database, table.name, values);
  return [`${counted(gone.length, "partition")} whose folder no longer exists ${were(gone)} removed.`];
}

const were = (items: readonly unknown[]) => (items.length === 1 ? "was" : "were");
