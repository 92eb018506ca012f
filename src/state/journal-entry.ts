/** Entries of a journal, and what they say together. Pure: src/io writes and reads them. */
import type { Address } from "../address.ts";
import type { Entry, State } from "./state.ts";

/** One entry; times are ISO 8601 instants. */
export type JournalEntry =
  | {
      readonly kind: "start";
      readonly plan_id: string;
      readonly lineage: string;
      readonly serial: number;
      readonly environment: string | null;
      readonly destroy: boolean;
      readonly who: string;
      readonly host: string;
      readonly at: string;
    }
  /** Durable before a verb is called. */
  | { readonly kind: "begin"; readonly address: Address; readonly token: string }
  /** `entry`: the resource's next entry, `null` when there is none any more; absent when nothing is known to have changed. */
  | {
      readonly kind: "end";
      readonly address: Address;
      readonly status: "done" | "failed";
      readonly entry?: Entry | null;
    }
  /** Somebody else took over: who finds it where the next entry should go stops. */
  | { readonly kind: "fence"; readonly by: string; readonly at: string }
  /** The state with this serial is about to be saved. */
  | { readonly kind: "commit"; readonly serial: number };

/** What an unfinished apply left. */
export interface Unfinished {
  readonly apply: string;
  readonly start: Extract<JournalEntry, { kind: "start" }>;
  /** By address: the entry after the stage ended. */
  readonly ended: ReadonlyMap<Address, Entry | null>;
  /** Begun and not ended, with the token. */
  readonly begun: ReadonlyMap<Address, string>;
  readonly committed: number | null;
}

/** What entries say together, or `null` when there is no start. */
export function summarize(apply: string, entries: readonly JournalEntry[]): Unfinished | null {
  const start = entries.find((entry) => entry.kind === "start");
  if (start === undefined) return null;
  const ended = new Map<Address, Entry | null>();
  const begun = new Map<Address, string>();
  let committed: number | null = null;
  for (const entry of entries) {
    if (entry.kind === "begin") begun.set(entry.address, entry.token);
    else if (entry.kind === "end") {
      begun.delete(entry.address);
      if (entry.entry !== undefined) ended.set(entry.address, entry.entry);
    } else if (entry.kind === "commit") committed = entry.serial;
  }
  return { apply, start, ended, begun, committed };
}

/** The state as it would be if the unfinished apply had stopped in order: what ended counts. */
export function withEnded(state: State, unfinished: Unfinished): State {
  const resources = new Map(state.resources);
  for (const [address, entry] of unfinished.ended) {
    if (entry === null) resources.delete(address);
    else resources.set(address, entry);
  }
  return { ...state, lineage: unfinished.start.lineage, resources };
}
