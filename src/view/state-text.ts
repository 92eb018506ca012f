/** The state as text and as JSON: a list of what was applied, and one entry whole. */
import { type Address, compareAddresses, kindOf } from "../address.ts";
import { visible } from "../diagnostic/visible.ts";
import type { Json, JsonObject } from "../json.ts";
import type { Entry, State } from "../state/state.ts";
import { aligned } from "./aligned.ts";
import { valueLines } from "./value-text.ts";

/** Entries in the order of addresses. */
export type StateEntries = readonly (readonly [Address, Entry])[];

/** The entries whose address fits, in the order of addresses. */
export function entriesOf(state: State, fits: (address: Address) => boolean): StateEntries {
  return [...state.resources].filter(([address]) => fits(address)).sort(([a], [b]) => compareAddresses(a, b));
}

const kindName = (address: Address): string => kindOf(address) ?? "";

/** One line an entry: address, kind, client, status. */
export function stateListText(entries: StateEntries): string {
  const rows = entries.map(([address, entry]) => [
    visible(address),
    kindName(address),
    entry.client?.provider ?? "-",
    entry.status,
  ]);
  return aligned([["ADDRESS", "KIND", "CLIENT", "STATUS"], ...rows]).join("\n");
}

/** The same as JSON. */
export const stateListJson = (state: State, entries: StateEntries): JsonObject => ({
  lineage: state.lineage,
  serial: state.serial,
  resources: entries.map(([address, entry]) => ({
    address,
    kind: kindName(address),
    client: entry.client?.provider ?? null,
    status: entry.status,
  })),
});

/** One entry, all of it. */
export function entryText(address: Address, entry: Entry): string {
  const { status, depends_on, digest, client, declared, object, ...rest } = entry;
  const content = { status, depends_on, digest, client, declared, object, ...rest } as unknown as JsonObject;
  return [visible(address), ...valueLines(content, "  ")].join("\n");
}

/** The whole state. */
export function stateText(name: string, state: State): string {
  const head = valueLines(
    { state: name, lineage: state.lineage, serial: state.serial, last_plan: state.lastPlan ?? "none" },
    "",
  );
  const entries = entriesOf(state, () => true).map(([address, entry]) => entryText(address, entry));
  return [head.join("\n"), ...entries].join("\n\n");
}

/** The whole state as JSON. */
export const stateJson = (state: State): Json => ({
  lineage: state.lineage,
  serial: state.serial,
  last_plan: state.lastPlan,
  resources: Object.fromEntries(state.resources) as unknown as JsonObject,
});
