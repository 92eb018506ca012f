/** Refresh: reads the real databases and tables through verbs. A table in an absent database costs no call. */
import type { Address } from "../address.ts";
import type { Metastore } from "../engine/metastore.ts";
import type { Database, Table } from "../model/table.ts";
import { isProviderError, ProviderError } from "../provider/error.ts";
import type { FileDrift } from "./catalog-and-files.ts";
import { eachOf } from "./each-of.ts";
import type { FilesAt } from "./written-files.ts";

/** An object that the refresh reads. */
export interface Wanted {
  readonly address: Address;
  /** The key of the client system. */
  readonly client: string;
  readonly metastore: () => Promise<Metastore>;
  readonly database: string;
  /** Absent for the database itself. */
  readonly table?: string;
}

/** What the refresh found; `null` for an absent object. Files without an entry in the catalogue count as absent. */
export interface Facts {
  readonly databases: ReadonlyMap<Address, Database | null>;
  readonly tables: ReadonlyMap<Address, Table | null>;
  /** Tables whose files and catalogue differ. */
  readonly files: ReadonlyMap<Address, FileDrift>;
  /** The files at paths that runs of deployments wrote; `null` where there are none. */
  readonly outputs: ReadonlyMap<string, FilesAt | null>;
  /** Whether a database exists, by client and name; undeclared databases too. */
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

/** Adds the address to the message of a failed verb: a metastore may not know it. */
async function named<T>(address: Address, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (!isProviderError(thrown, "invalid")) throw thrown;
    throw new ProviderError("invalid", `"${address}" can't be read. ${thrown.message}`, { cause: thrown });
  }
}

const databaseKey = (client: string, name: string) => `${client} ${name}`;
