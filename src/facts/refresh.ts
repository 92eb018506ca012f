/** Refresh: what is really there, read through verbs. Only databases and tables are read; a table of an absent database costs nothing. */
import type { Address } from "../address.ts";
import type { Metastore } from "../engine/metastore.ts";
import type { Database, Table } from "../model/table.ts";
import { isProviderError, ProviderError } from "../provider/error.ts";
import type { FileDrift } from "./catalog-and-files.ts";
import { eachOf } from "./each-of.ts";

/** An object whose facts are wanted. */
export interface Wanted {
  readonly address: Address;
  /** One text for one client system. */
  readonly client: string;
  readonly metastore: () => Promise<Metastore>;
  readonly database: string;
  /** Absent: the database itself. */
  readonly table?: string;
}

/** What was found; `null`: it is not there. What is only files, and not in a catalogue, is not there. */
export interface Facts {
  readonly databases: ReadonlyMap<Address, Database | null>;
  readonly tables: ReadonlyMap<Address, Table | null>;
  /** Tables whose files and catalogue disagree. */
  readonly files: ReadonlyMap<Address, FileDrift>;
  /** Whether files are where runs of deployments wrote them. */
  readonly outputs: ReadonlyMap<string, boolean>;
  /** Existence of databases by client and name, also of those that are not declared. */
  readonly hasDatabase: (client: string, name: string) => boolean | undefined;
}

/** Reads the facts of all objects; a verb that fails fails the refresh. */
export async function refresh(wanted: readonly Wanted[]): Promise<Omit<Facts, "files" | "outputs">> {
  const databases = new Map<string, { readonly first: Wanted; readonly all: Wanted[]; found: Database | null }>();
  for (const item of wanted) {
    const key = databaseKey(item.client, item.database);
    const group = databases.get(key);
    if (group === undefined) databases.set(key, { first: item, all: [item], found: null });
    else group.all.push(item);
  }
  await eachOf([...databases.values()], async (group) => {
    group.found = await (await group.first.metastore()).getDatabase(group.first.database);
  });
  const facts = { databases: new Map<Address, Database | null>(), tables: new Map<Address, Table | null>() };
  const present: Wanted[] = [];
  for (const group of databases.values()) {
    for (const item of group.all) {
      if (item.table === undefined)
        facts.databases.set(item.address, group.found?.catalogued === false ? null : group.found);
      else if (group.found === null) facts.tables.set(item.address, null);
      else present.push(item);
    }
  }
  await eachOf(present, async (item) => {
    const table = await named(item.address, async () =>
      (await item.metastore()).getTable(item.database, item.table ?? ""),
    );
    facts.tables.set(item.address, table?.catalogued === true ? table : null);
  });
  return {
    ...facts,
    hasDatabase: (client, name) => {
      const group = databases.get(databaseKey(client, name));
      return group === undefined ? undefined : group.found !== null;
    },
  };
}

/** A failure about one object says which: a metastore may not know the address. */
async function named<T>(address: Address, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (!isProviderError(thrown, "invalid")) throw thrown;
    throw new ProviderError("invalid", `"${address}" can't be read. ${thrown.message}`, { cause: thrown });
  }
}

const databaseKey = (client: string, name: string) => `${client} ${name}`;
