/** What the runs of a deployment made, wrote and missed, as its entry in the state keeps it over all runs. */
import type { Address } from "../address.ts";
import { canonical, isObject, type Json, type JsonObject, sameJson } from "../json.ts";
import type { ClientRecord } from "../model/client-record.ts";
import type { Entry } from "./state.ts";

/** A table, or a database. */
export interface MadeObject {
  readonly client: ClientRecord;
  readonly database: string;
  readonly table?: string;
}

/** The tables and databases that the runs of a deployment made. */
export function objectsMadeBy(entry: Entry): readonly MadeObject[] {
  const made: Json | undefined = entry.object?.made;
  return Array.isArray(made) ? made.filter(isObject).map((item) => item as unknown as MadeObject) : [];
}

/** The paths that the runs of a deployment wrote. Deleting the deployment keeps them. */
export function pathsWrittenBy(entry: Entry): readonly string[] {
  const wrote: Json | undefined = entry.object?.wrote;
  return Array.isArray(wrote) ? wrote.map(String) : [];
}

/** Names of the inputs that were not there when the last run started. */
export function absentInputs(entry: Entry): ReadonlySet<string> {
  const absent: Json | undefined = entry.object?.absent_inputs;
  return new Set(Array.isArray(absent) ? absent.map(String) : []);
}

const storagesIn = (clients: Json | undefined): readonly Json[] =>
  Object.values(isObject(clients) ? clients : {}).flatMap((roles) => (isObject(roles) ? [roles.storage ?? null] : []));

/** The storages that the runs of an entry wrote to, each once. */
export function storagesOf({ declared }: Entry): readonly ClientRecord[] {
  const found = storagesIn(declared.clients).filter(isObject);
  return [...new Map(found.map((storage) => [canonical(storage), storage as unknown as ClientRecord])).values()];
}

/** Whether the runs of an entry wrote to the storages that its clients mean now. In another storage the same path belongs to somebody else. */
export function isSameStorage({ declared }: Entry, clients: JsonObject): boolean {
  const texts = (of: Json | undefined) => [...new Set(storagesIn(of).map((storage) => canonical(storage)))].sort();
  return declared.clients === undefined || sameJson(texts(declared.clients), texts(clients));
}

/** A table that runs made, with its name in the facts. */
export interface MadeTable extends MadeObject {
  readonly table: string;
  readonly fact: string;
}

/** The tables that the runs of the entry at `address` made. Two clients may have tables of one name, so such facts are numbered. */
export function tablesMadeBy(address: Address, entry: Entry): readonly MadeTable[] {
  const counts = new Map<string, number>();
  return objectsMadeBy(entry).flatMap(({ table, ...made }): readonly MadeTable[] => {
    if (table === undefined) return [];
    const name = `${address} made ${made.database}.${table}`;
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return [{ ...made, table, fact: count === 1 ? name : `${name} (${count})` }];
  });
}
