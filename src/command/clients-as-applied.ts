/** Clients of an untrusted project. Its names have no values, so a client means what it meant at the last apply. */
import { canonical, type Json } from "../json.ts";
import type { ClientRecord } from "../model/client-record.ts";
import type { EngineSource } from "../provider/engine-source.ts";
import { objectsMadeBy } from "../state/made-objects.ts";
import type { State } from "../state/state.ts";

/** The engines, with the identities of the state for clients whose settings are unchanged. */
export function clientsAsApplied(engines: EngineSource, state: State): EngineSource {
  const known = new Map<string, ClientRecord>();
  for (const entry of state.resources.values()) {
    const records = [entry.client, entry.storage, ...objectsMadeBy(entry).map((made) => made.client)];
    for (const record of records) if (record !== undefined) known.set(keyOf(record), record);
  }
  const found = new WeakMap<ClientRecord, ReturnType<EngineSource["recordOf"]>>();
  return {
    ...engines,
    recordOf: (config, role) => {
      const now = engines.recordOf(config, role);
      if (now === null) return null;
      const before = known.get(keyOf(now.record));
      if (before === undefined) return now;
      const result = found.get(now.record) ?? { ...now, record: { ...now.record, identity: before.identity } };
      found.set(now.record, result);
      return result;
    },
  };
}

const keyOf = ({ provider, settings }: ClientRecord): string => canonical([provider, settings ?? {}] as Json);
