/** A plan that changes no object: it only records what is really there, so that what was changed by hand is no longer a difference to the last apply. */
import { type Address, kindOf } from "../address.ts";
import { isObject, sameJson } from "../json.ts";
import type { Facts } from "../state/refresh.ts";
import type { Entry, State } from "../state/state.ts";
import { fieldChanges } from "./compare.ts";
import { tableContent } from "./declared.ts";
import { droppedText } from "./drift.ts";
import { change, type Planned, unchanged } from "./planned.ts";

/** The part of every resource of the state. */
export function planRefresh(state: State, facts: Facts): ReadonlyMap<Address, Planned> {
  return new Map([...state.resources].map(([address, entry]) => [address, refreshed(address, entry, facts)]));
}

function refreshed(address: Address, entry: Entry, facts: Facts): Planned {
  const kind = kindOf(address) ?? "config";
  const base = { address, kind, summary: "", ...(entry.client === undefined ? {} : { client: entry.client.provider }) };
  const found =
    kind === "table" ? facts.tables.get(address) : kind === "database" ? facts.databases.get(address) : undefined;
  if (found === undefined) return unchanged({ address, kind });
  if (found === null) {
    const reasons = [{ code: "missing" as const, text: droppedText }];
    return {
      change: change({ ...base, action: "forget", reasons }),
      stage: { work: { kind: "forget" } },
      diagnostics: [],
    };
  }
  const object = "columns" in found ? tableContent(found) : entry.object;
  if (object === undefined || sameJson(object, entry.object)) return unchanged({ address, kind });
  const fields = fieldChanges(isObject(entry.object) ? entry.object : {}, object).map((field) => ({
    ...field,
    drift: true as const,
  }));
  const reasons = [
    {
      code: "changed_outside" as const,
      text: `changed outside of Mason: ${fields.map((field) => field.path).join(", ")}`,
    },
  ];
  return {
    change: change({ ...base, action: "update", reasons, fields, notes: ["only the record changes"] }),
    stage: { work: { kind: "record", entry: { ...entry, object } } },
    diagnostics: [],
  };
}
