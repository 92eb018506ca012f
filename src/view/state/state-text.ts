/** The state as text and as JSON: a list of entries, and one complete entry. */
import { type Address, kindOf, resourceKinds } from "../../address.ts";
import { visible } from "../../diagnostic/visible.ts";
import type { Json, JsonObject } from "../../json.ts";
import type { StateRow } from "../../state/scan-lockfile.ts";
import type { Entry, State } from "../../state/state.ts";
import { aligned } from "../aligned.ts";
import { pad, widthOf } from "../layout.ts";
import { valueLines } from "../value-text.ts";

const kindName = (address: Address): string => kindOf(address) ?? "";

/** Addresses sorted by kind, then by code unit, like in the lockfile. */
function inOrder<T>(items: readonly T[], addressOf: (item: T) => Address): readonly T[] {
  const groups = new Map<string, T[]>(resourceKinds.map((kind) => [kind, []]));
  for (const item of items) {
    const kind = kindName(addressOf(item));
    const group = groups.get(kind);
    if (group === undefined) groups.set(kind, [item]);
    else group.push(item);
  }
  const compare = (a: T, b: T) => (addressOf(a) < addressOf(b) ? -1 : 1);
  return [...groups.values()].flatMap((group) => group.sort(compare));
}

/** The entries with a matching address, sorted by kind, then by address. */
export const chosenRows = (rows: readonly StateRow[], fits: (address: Address) => boolean): readonly StateRow[] =>
  inOrder(
    rows.filter((row) => fits(row.address)),
    (row) => row.address,
  );

/** One line for each entry: address, kind, client, status. Addresses are never cut because other programs read them. */
export function stateListText(rows: readonly StateRow[]): string {
  const title = ["Kind", "Client", "Status"];
  // The three have few combinations, but there may be many thousand rows.
  const seen = new Map([["", title]]);
  const keys = rows.map(({ address, client, status }) => {
    const kind = kindName(address);
    const key = `${kind} ${client} ${status}`;
    if (!seen.has(key)) seen.set(key, [kind, client ?? "-", status]);
    return key;
  });
  const lines = aligned([...seen.values()]);
  const tails = new Map([...seen.keys()].map((key, index) => [key, `  ${lines[index]}`]));
  const addresses = ["Address", ...rows.map((row) => visible(row.address))];
  const width = addresses.reduce((most, address) => Math.max(most, widthOf(address)), 0);
  return addresses.map((address, index) => pad(address, width) + tails.get(keys[index - 1] ?? "")).join("\n");
}

/** The list as JSON. */
export const stateListJson = (lineage: string, serial: number, rows: readonly StateRow[]): JsonObject => ({
  lineage,
  serial,
  resources: rows.map(({ address, client, status }) => ({ address, kind: kindName(address), client, status })),
});

/** One complete entry. */
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
  const entries = inOrder([...state.resources], ([address]) => address).map(([address, entry]) =>
    entryText(address, entry),
  );
  return [head.join("\n"), ...entries].join("\n\n");
}

/** The whole state as JSON. */
export const stateJson = (state: State): Json => ({
  lineage: state.lineage,
  serial: state.serial,
  last_plan: state.lastPlan,
  resources: Object.fromEntries(state.resources) as unknown as JsonObject,
});
