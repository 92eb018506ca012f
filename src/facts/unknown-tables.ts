/** Finds tables that only the metastore knows in databases that the plan drops. No metastore drops a database with tables in it. */
import type { Address } from "../address.ts";
import { recordKey } from "../bundle/effects.ts";
import type { ClientRecord } from "../model/client-record.ts";
import type { EngineSource } from "../provider/engine-source.ts";
import { isProviderError } from "../provider/error.ts";
import { objectsMadeBy } from "../state/made-objects.ts";
import type { State } from "../state/state.ts";

/** A database that would be dropped. */
export interface DroppedDatabase {
  readonly address: Address;
  readonly client: ClientRecord;
  readonly name: string;
}

/** The tables that the state does not know, by address of their database. Databases without such a table are left out. */
export async function unknownTables(
  dropped: readonly DroppedDatabase[],
  state: State,
  engines: EngineSource,
): Promise<ReadonlyMap<Address, readonly string[]>> {
  const found = new Map<Address, readonly string[]>();
  if (dropped.length === 0) return found;
  const known = knownTables(state);
  for (const { address, client, name: database } of dropped) {
    const names = await cataloguedTables(engines, client, database);
    const others = names.filter((name) => !known.has(tableKey(client, database, name)));
    if (others.length > 0) found.set(address, others);
  }
  return found;
}

async function cataloguedTables(
  engines: EngineSource,
  client: ClientRecord,
  database: string,
): Promise<readonly string[]> {
  try {
    const metastore = await engines.ofClient(client, "metastore");
    const tables = await metastore.listTables(database);
    return tables.flatMap(({ name, catalogued }) => (catalogued ? [name] : []));
  } catch (thrown) {
    // The drop itself reports a denied read or a missing database.
    if (isProviderError(thrown, "denied") || isProviderError(thrown, "not_found")) return [];
    throw thrown;
  }
}

const tableKey = (client: ClientRecord, database: string, table: string): string =>
  `${recordKey(client)} ${database} ${table}`;

function knownTables({ resources }: State): ReadonlySet<string> {
  const known = new Set<string>();
  for (const entry of resources.values()) {
    const { client, declared } = entry;
    if (client !== undefined && declared.database !== undefined && declared.name !== undefined)
      known.add(tableKey(client, String(declared.database), String(declared.name)));
    for (const { client: own, database, table } of objectsMadeBy(entry))
      if (table !== undefined) known.add(tableKey(own, database, table));
  }
  return known;
}
