/** Entries of a journal, and what they say together. Pure: src/io writes and reads them. */
import type { Address } from "../address.ts";
import { canonical, type Json } from "../json.ts";
import type { Entry, State } from "./state.ts";

/** One entry; times are ISO 8601 instants. */
export type JournalEntry =
  | {
      readonly kind: "start";
      readonly plan_id: string;
      /** Digest of the files and variables that it was planned from. */
      readonly project?: string;
      readonly lineage: string;
      readonly serial: number;
      readonly environment: string | null;
      readonly destroy: boolean;
      readonly who: string;
      readonly host: string;
      readonly at: string;
    }
  /** Durable before a verb is called. `entry`: what it may make, for when nothing else tells of it any more. */
  | { readonly kind: "begin"; readonly address: Address; readonly token: string; readonly entry?: Entry }
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
  /** What of the begun ones may be there. */
  readonly tentative: ReadonlyMap<Address, Entry>;
  readonly committed: number | null;
}

/** What entries say together, or `null` when there is no start. */
export function summarize(apply: string, entries: readonly JournalEntry[]): Unfinished | null {
  const start = entries.find((entry) => entry.kind === "start");
  if (start === undefined) return null;
  const ended = new Map<Address, Entry | null>();
  const begun = new Map<Address, string>();
  const tentative = new Map<Address, Entry>();
  let committed: number | null = null;
  for (const entry of entries) {
    if (entry.kind === "begin") {
      begun.set(entry.address, entry.token);
      if (entry.entry !== undefined) tentative.set(entry.address, entry.entry);
    } else if (entry.kind === "end") {
      begun.delete(entry.address);
      tentative.delete(entry.address);
      if (entry.entry !== undefined) ended.set(entry.address, entry.entry);
    } else if (entry.kind === "commit") committed = entry.serial;
  }
  return { apply, start, ended, begun, tentative, committed };
}

/** The state was saved, and only the tidying up is missing. */
export const isOver = ({ committed }: Unfinished, { serial }: State): boolean =>
  committed !== null && serial >= committed;

/** What did not come to its end, for sentences, and the command that finishes it. */
export const unfinishedWords = ({ start: { destroy } }: Unfinished) =>
  destroy
    ? { what: "destroy", subject: "A destroy", finish: "mason destroy --resume" }
    : { what: "apply", subject: "An apply", finish: "mason apply --resume" };

/** The state as it would be if the unfinished apply had stopped in order: what ended counts. */
export function withEnded(state: State, unfinished: Unfinished): State {
  const resources = new Map(state.resources);
  for (const [address, entry] of unfinished.ended) {
    if (entry === null) resources.delete(address);
    else resources.set(address, entry);
  }
  return { ...state, lineage: unfinished.start.lineage, resources };
}

/**
 * The state with what may be there of stages that were cut off. What is declared is found by its plan; what is not, and what a run may
 * have made, is remembered by this alone.
 */
export function withBegun(state: State, { tentative }: Unfinished, isDeclared: (address: Address) => boolean): State {
  const resources = new Map(state.resources);
  for (const [address, entry] of tentative) {
    const known = resources.get(address);
    if (known !== undefined) resources.set(address, withMade(known, entry));
    else if (madeOf(entry).length > 0 || !isDeclared(address)) resources.set(address, entry);
  }
  return { ...state, resources };
}

/** An entry that also knows what another one of the same deployment says that its runs made. */
export function withMade(entry: Entry, other: Entry): Entry {
  const made = [...new Map([...madeOf(entry), ...madeOf(other)].map((item) => [canonical(item), item])).values()];
  return made.length === 0 ? entry : { ...entry, object: { ...entry.object, made } };
}

const madeOf = ({ object }: Entry): readonly Json[] => (Array.isArray(object?.made) ? (object.made as Json[]) : []);
