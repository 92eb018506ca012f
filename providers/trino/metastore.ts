/**
 * The databases and tables of a catalog of Trino. The connector hive keeps formats, locations and partitions; what others keep is no
 * files. Databases keep no comment and no owner, since the connectors have no place for them.
 */
import picomatch from "picomatch";
import type { Metastore, TableInput } from "../../src/engine/metastore.ts";
import type { Storage } from "../../src/engine/storage.ts";
import { canonical } from "../../src/json.ts";
import { sameType } from "../../src/model/data-type.ts";
import { nullPartition } from "../../src/model/partition-folder.ts";
import type { Column } from "../../src/model/schema.ts";
import type { Partition, Table } from "../../src/model/table.ts";
import type { ProviderContext } from "../../src/provider/contract.ts";
import { isProviderError, ProviderError } from "../../src/provider/error.ts";
import { dialects } from "../../src/sql/dialect.ts";
import { readShownTable, type ShownTable } from "../../src/sql/dialects/trino/show-create.ts";
import * as tables from "../../src/sql/dialects/trino/tables.ts";
import { quoteIdentifier, quoteString } from "../../src/sql/quote.ts";
import { createTrino, type Trino } from "../support/trino/client.ts";

/** What the functions below share. */
interface Setting {
  readonly trino: Trino;
  readonly catalog: () => Promise<tables.Catalog>;
}

/** The metastore of the settings. Does no I/O. */
export function createTrinoMetastore(context: ProviderContext, storage: Storage | null): Metastore {
  const trino = createTrino(context);
  const root = trino.location ?? storage?.uri("") ?? null;
  const catalog = async () => ({ name: trino.catalog, hasFiles: (await trino.connector()) === "hive", root });
  const setting: Setting = { trino, catalog };
  return {
    ...databasesOf(setting),
    listTables: async (database, { prefix = "" } = {}) => {
      const { rows } = await trino.ask(
        `SHOW TABLES FROM ${tables.nameIn(await catalog(), database)}`,
        `list the tables of database "${database}"`,
      );
      const names = rows.map(([name]) => String(name)).filter((name) => name.startsWith(prefix));
      return names.sort().map((name) => ({ name, catalogued: true }));
    },
    getTable: async (database, name) => (await shownTable(setting, database, name))?.table ?? null,
    createTable: async (table) => {
      const action = `create table "${table.database}.${table.name}"`;
      await trino.ask(tables.createTable(await catalog(), table), action).catch((error) => {
        // One of several who created it at once was faster.
        throw isProviderError(error, "conflict") ? new ProviderError("exists", error.message) : error;
      });
    },
    updateTable: (table) => updateTable(setting, table),
    renameTable: async (database, name, newName) => {
      tables.refuseUpperCase(newName);
      const known = await catalog();
      await trino.ask(
        `ALTER TABLE ${tables.nameIn(known, database, name)} RENAME TO ${tables.nameIn(known, database, newName)}`,
        `rename table "${database}.${name}"`,
      );
    },
    deleteTable: (database, name) => deleteTable(setting, database, name),
    listPartitions: (database, name) => partitionsOf(setting, database, name),
    addPartitions: async (database, name, added) => {
      for (const partition of added)
        await addPartition(setting, await requireTable(setting, database, name), partition);
    },
    deletePartitions: async (database, name, removed) => {
      const { table } = await requireTable(setting, database, name);
      for (const values of removed) {
        const call = tables.partitionCall(await catalog(), "unregister_partition", table, inOrder(table, values));
        await trino.ask(call, `delete a partition of "${database}.${name}"`).catch(unless("not_found"));
      }
    },
  };
}

function databasesOf({
  trino,
  catalog,
}: Setting): Pick<Metastore, "listDatabases" | "getDatabase" | "createDatabase" | "deleteDatabase"> {
  const names = async (): Promise<readonly string[]> => {
    const { rows } = await trino.ask("SELECT schema_name FROM information_schema.schemata", "list the databases");
    return rows.map(([name]) => String(name)).filter((name) => name !== "information_schema");
  };
  return {
    listDatabases: async ({ pattern = "*" } = {}) => {
      const fits = picomatch(pattern, { nonegate: true, noextglob: true, windows: false });
      return (await names())
        .filter((name) => fits(name))
        .sort()
        .map((name) => ({ name, catalogued: true }));
    },
    getDatabase: async (name) => {
      if (!(await names()).includes(name.toLowerCase())) return null;
      const { root, ...known } = await catalog();
      const show = `SHOW CREATE SCHEMA ${tables.nameIn({ root, ...known }, name)}`;
      const { rows } = await trino.ask(show, `read database "${name}"`);
      const location = /\blocation = '((?:[^']|'')*)'/.exec(String(rows[0]?.[0]))?.[1]?.replaceAll("''", "'");
      const path = location === undefined ? {} : { location: tables.pathOfUri(root, location) };
      return { name: name.toLowerCase(), catalogued: true, ...path };
    },
    createDatabase: async ({ name, comment, location }) => {
      tables.refuseUpperCase(name);
      const known = await catalog();
      if (comment !== undefined)
        throw new ProviderError("unsupported", "Trino keeps no comment of a database. Leave the comment out.");
      if (location !== undefined && known.root === null)
        throw new ProviderError(
          "unsupported",
          `Set "location" of the trino client: the root of "${location}" is not known.`,
        );
      const uri = location === undefined || known.root === null ? null : tables.uriOf(known.root, location);
      const at = uri === null ? "" : ` WITH (location = ${quoteString(uri, dialects.trino)})`;
      await trino.ask(`CREATE SCHEMA ${tables.nameIn(known, name)}${at}`, `create database "${name}"`);
    },
    deleteDatabase: async (name) => {
      await trino.ask(`DROP SCHEMA IF EXISTS ${tables.nameIn(await catalog(), name)}`, `delete database "${name}"`);
    },
  };
}

/** A table with what Trino printed of it. */
interface Found {
  readonly table: Table;
  readonly shown: ShownTable;
}

/** `null` for an absent table. Trino finds names in any case; the table has its own. */
async function shownTable({ trino, catalog }: Setting, database: string, name: string): Promise<Found | null> {
  const known = await catalog();
  const target = tables.nameIn(known, database, name);
  const action = `read table "${database}.${name}"`;
  const answer = await trino
    .ask(`SHOW CREATE TABLE ${target}`, action)
    .then(({ rows }) => readShownTable(String(rows[0]?.[0])))
    // A view has no such text, but columns.
    .catch((error) =>
      isProviderError(error, "unsupported") ? shownView(trino, target, action) : Promise.reject(error),
    )
    .catch(unless("not_found"));
  if (answer === null) return null;
  return { shown: answer, table: tables.tableOf(known, database.toLowerCase(), name.toLowerCase(), answer) };
}

async function shownView(trino: Trino, target: string, action: string): Promise<ShownTable> {
  const { rows } = await trino.ask("DESCRIBE OUTPUT q", action, `SELECT * FROM ${target}`);
  const columns = rows.map(([name, , , , type]) => ({ name: String(name), type: String(type), nullable: true }));
  return { columns, properties: {}, isView: true };
}

async function requireTable(setting: Setting, database: string, name: string): Promise<Found> {
  const found = await shownTable(setting, database, name);
  if (found !== null) return found;
  throw new ProviderError("not_found", `There is no table "${database}.${name}". Check its name.`);
}

/** Swallows failures with a code. */
const unless =
  (code: ProviderError["code"]) =>
  (error: unknown): null => {
    if (isProviderError(error, code)) return null;
    throw error;
  };

/** Changes a table in place where Trino can; else makes it anew, if that loses no rows. */
async function updateTable(setting: Setting, wanted: TableInput): Promise<void> {
  const { trino } = setting;
  const known = await setting.catalog();
  const { database, name } = wanted;
  const found = await requireTable(setting, database, name);
  refuseView(found);
  const target = tables.nameIn(known, database, name);
  const action = `change table "${database}.${name}"`;
  const statements = changesInPlace(found.table, wanted, target);
  if (statements === null) {
    // Before anything is dropped: what Trino would refuse.
    const create = tables.createTable(known, wanted);
    if (!tables.isExternal(found.shown)) await refuseRows(setting, target, `${action} in place`);
    await trino.ask(`DROP TABLE ${target}`, action);
    await trino.ask(create, action);
    if (wanted.partitions.length > 0) await trino.ask(tables.syncCall(known, database, name), action);
  }
  const comment = tables.commentWith(found.shown.comment ?? "", wanted.owner);
  const isNew = statements === null ? tables.commentWith("", wanted.owner) : (found.shown.comment ?? "");
  const note = comment === isNew ? [] : [`COMMENT ON TABLE ${target} IS ${quoteString(comment, dialects.trino)}`];
  for (const statement of [...(statements ?? []), ...note]) await trino.ask(statement, action);
}

/** The statements that change the columns; `null` where Trino has none. */
function changesInPlace(real: Table, wanted: TableInput, target: string): readonly string[] | null {
  const isSame = (a: Column, b: Column | undefined) =>
    b !== undefined && a.name === b.name && sameType(a.type, b.type) && a.nullable === b.nullable;
  const format = wanted.format === "json" ? "jsonl" : wanted.format;
  const places = [format === real.format, wanted.location === real.location];
  const keys = real.partitions.length === wanted.partitions.length;
  if (places.includes(false) || !keys || !real.partitions.every((key, at) => isSame(key, wanted.partitions[at])))
    return null;
  if (!real.columns.every((column, at) => isSame(column, wanted.columns[at]))) return null;
  const added = wanted.columns.slice(real.columns.length);
  const noted = wanted.columns.filter(({ comment }, at) => comment !== real.columns[at]?.comment);
  return [
    ...added.map((column) => `ALTER TABLE ${target} ADD COLUMN ${tables.columnText(column)}`),
    ...noted
      .filter((column) => !added.includes(column))
      .map(({ name, comment }) => {
        const text = comment === undefined ? "NULL" : quoteString(comment, dialects.trino);
        return `COMMENT ON COLUMN ${target}.${quoteIdentifier(name, dialects.trino)} IS ${text}`;
      }),
  ];
}

/** Throws when a table has rows. Its files would go with it. */
async function refuseRows({ trino }: Setting, target: string, action: string): Promise<void> {
  const { rows } = await trino.ask(`SELECT 1 FROM ${target} LIMIT 1`, action);
  if (rows.length === 0) return;
  throw new ProviderError(
    "unsupported",
    `Trino can't ${action}, and dropping the table would lose its rows. Drop it in Trino if they may go.`,
  );
}

function refuseView({ table: { database, name }, shown }: Found): void {
  if (shown.isView !== true) return;
  throw new ProviderError(
    "unsupported",
    `"${database}.${name}" is a view, which Mason does not change. Do it in Trino.`,
  );
}

/** Drops a table. What is not ours and not external is dropped only while it is empty, since its rows go with it. */
async function deleteTable(setting: Setting, database: string, name: string): Promise<void> {
  const found = await shownTable(setting, database, name);
  if (found === null) return;
  refuseView(found);
  const target = tables.nameIn(await setting.catalog(), database, name);
  const action = `delete table "${database}.${name}"`;
  if (!tables.isExternal(found.shown) && found.table.owner === undefined)
    await refuseRows(setting, target, `${action} and keep its rows`);
  await setting.trino.ask(`DROP TABLE IF EXISTS ${target}`, action);
}

async function partitionsOf(setting: Setting, database: string, name: string): Promise<readonly Partition[]> {
  const { table } = await requireTable(setting, database, name);
  if (table.partitions.length === 0) return [];
  const source = tables.nameIn(await setting.catalog(), database, `${name}$partitions`);
  const { rows } = await setting.trino.ask(`SELECT * FROM ${source}`, `list the partitions of "${database}.${name}"`);
  const found = rows.map((row): Partition => {
    const values = table.partitions.map(({ name }, at) => [name, textOfValue(row[at])] as const);
    return { values: Object.fromEntries(values), location: `${table.location}/${values.map(folderOf).join("/")}` };
  });
  return found.sort((a, b) => (a.location < b.location ? -1 : 1));
}

const textOfValue = (value: unknown): string | null => (value === null || value === undefined ? null : String(value));

/** The folder of a value, as Hive names it. */
const folderOf = ([name, value]: readonly [string, string | null]): string =>
  `${escaped(name)}=${value === null || value === "" ? nullPartition : escaped(value)}`;

const escaped = (part: string): string =>
  part.replace(
    /[\u0000-\u001f"#%'*/:=?\\\u007f{[\]^]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );

/** Registers a partition, and makes its folder if there is none. */
async function addPartition(setting: Setting, { table }: Found, { values, location }: Partition): Promise<void> {
  const known = await setting.catalog();
  const given = inOrder(table, values);
  const usual = `${table.location}/${table.partitions.map(({ name }) => folderOf([name, values[name] ?? null])).join("/")}`;
  if (location !== usual)
    throw new ProviderError(
      "unsupported",
      `Trino does not tell where partitions lie, so only "${usual}" can hold this one, not "${location}". Move its files there.`,
    );
  const call = (procedure: string) =>
    setting.trino
      .ask(tables.partitionCall(known, procedure, table, given), `add a partition to "${table.database}.${table.name}"`)
      .catch(unless("exists"));
  if ((await call("create_empty_partition")) === null) await call("register_partition");
}

/** The values in the order of the columns, with Hive's word for null. */
function inOrder(table: Table, values: Partition["values"]): readonly string[] {
  const names = table.partitions.map(({ name }) => name);
  if (canonical([...names].sort()) === canonical(Object.keys(values).sort()))
    return names.map((name) => values[name] ?? nullPartition);
  throw new ProviderError(
    "invalid",
    `${JSON.stringify(values)} is not a partition of table "${table.name}". Name each partition column once.`,
  );
}
