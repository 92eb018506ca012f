/** In a project that is not trusted no name has a value: a client means what it meant when it was last applied. */
import { canonical, type Json } from "../json.ts";
import type { ClientRecord } from "../model/client-record.ts";
import type { EngineSource } from "../provider/engine-source.ts";
import { objectsMadeBy } from "../state/made-objects.ts";
import type { State } from "../state/state.ts";

/** The same engines, with the identities that the state remembers for clients that are written as they were. */
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
