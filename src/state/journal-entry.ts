/** Entries of a journal, and what they say together. Pure: src/io writes and reads them. */
import { type Address, kindOf } from "../address.ts";
import { canonical, type Json } from "../json.ts";
import type { ClientRecord } from "../model/client-record.ts";
import type { Entry, State } from "./state.ts";

/** What an apply was asked for beside what the project says. */
export interface ApplyScope {
  /** Deployments to run whatever changed. */
  readonly run?: readonly Address[];
  /** Addresses or globs. */
  readonly target?: readonly string[];
  readonly exclude?: readonly string[];
  /** Only to record what is really there. */
  readonly refresh_only?: boolean;
}

/** A path that steps of a run are to write. */
export interface BegunPath {
  readonly client: ClientRecord;
  readonly path: string;
  /** Ids of the steps that write it, and of the runs in which they do: more than one when it was cut off on several machines. */
  readonly steps: readonly string[];
  readonly runs: readonly string[];
  /** Nothing was there before, so that what is there when the run was cut off is its own. */
  readonly fresh?: true;
}

/** One entry; times are ISO 8601 instants. */
export type JournalEntry =
  | {
      readonly kind: "start";
      readonly plan_id: string;
      /** Digest of the files and variables that it was planned from. */
      readonly project?: string;
      readonly asked?: ApplyScope;
      /** Digest of what its plan says to people. */
      readonly shown?: string;
      readonly lineage: string;
      readonly serial: number;
      readonly environment: string | null;
      readonly destroy: boolean;
      readonly who: string;
      readonly host: string;
      readonly at: string;
    }
  /** Durable before a verb is called. */
  | {
      readonly kind: "begin";
      readonly address: Address;
      readonly token: string;
      /** What it may make, for when nothing else tells of it any more. */
      readonly entry?: Entry;
      /** It drops an object, which may be gone while what belongs to it is there still. */
      readonly drops?: true;
      /** The address that the state has it under. */
      readonly moved_from?: Address;
      /** Paths that a run is to write. */
      readonly paths?: readonly BegunPath[];
      /** Ids of the steps of a run that may not be repeated. */
      readonly once?: readonly string[];
    }
  /**
   * `entry`: the resource's next entry, `null` when there is none any more; absent when nothing is known to have changed. `moved_from`: the
   * address that it had before, whose entry goes with the same stroke.
   */
  | {
      readonly kind: "end";
      readonly address: Address;
      readonly status: "done" | "failed";
      readonly entry?: Entry | null;
      readonly moved_from?: Address;
    }
  /** Somebody else took over: who finds it where the next entry should go stops. */
  | { readonly kind: "fence"; readonly by: string; readonly at: string }
  /** The state with this serial is about to be saved. */
  | { readonly kind: "commit"; readonly serial: number };

/** What an apply wrote down before it began with a stage. */
export type BeginEntry = Extract<JournalEntry, { kind: "begin" }>;

/** What an unfinished apply left. */
export interface Unfinished {
  readonly apply: string;
  readonly start: Extract<JournalEntry, { kind: "start" }>;
  /** By address: the entry after the stage ended. */
  readonly ended: ReadonlyMap<Address, Entry | null>;
  /** Begun and not ended. */
  readonly begun: ReadonlyMap<Address, BeginEntry>;
  readonly committed: number | null;
}

/** What entries say together, or `null` when there is no start. */
export function summarize(apply: string, entries: readonly JournalEntry[]): Unfinished | null {
  const start = entries.find((entry) => entry.kind === "start");
  if (start === undefined) return null;
  const ended = new Map<Address, Entry | null>();
  const begun = new Map<Address, BeginEntry>();
  let committed: number | null = null;
  for (const entry of entries) {
    if (entry.kind === "begin") begun.set(entry.address, entry);
    else if (entry.kind === "end") {
      for (const [address, { moved_from: before }] of begun)
        if ([address, before].includes(entry.address) || address === entry.moved_from) begun.delete(address);
      if (entry.entry !== undefined) ended.set(entry.address, entry.entry);
      if (entry.moved_from !== undefined) ended.set(entry.moved_from, null);
    } else if (entry.kind === "commit") committed = entry.serial;
  }
  return { apply, start, ended, begun, committed };
}

/** What was begun of a stage, also under the address that it had before. */
export const begunOf = (
  unfinished: Unfinished | undefined,
  { address, movedFrom = "" }: { readonly address: Address; readonly movedFrom?: Address },
): BeginEntry | undefined => unfinished?.begun.get(address) ?? unfinished?.begun.get(movedFrom);

/**
 * What is unfinished of an apply, by the state; `null` when only the tidying up is missing. An apply that was saved may have gone on with
 * another one and not have come to all that this had begun.
 */
export function leftOf(found: Unfinished, { serial }: State): Unfinished | null {
  const { committed, begun, start } = found;
  if (committed === null || serial < committed) return found;
  if (begun.size === 0 || serial > committed) return null;
  return { ...found, start: { ...start, serial: committed }, ended: new Map(), committed: null };
}

/** A plan file that somebody applies, by the name that they gave. */
export interface GivenPlan {
  readonly name: string;
  readonly id: string;
}

/**
 * What did not come to its end, for sentences, and the command that finishes it. Who applies the plan file that it was about is told to
 * finish it with the file, so that what was reviewed stays what runs.
 */
export function unfinishedWords({ start: { destroy, plan_id: id } }: Unfinished, given?: GivenPlan) {
  const finish = given?.id === id ? `mason apply ${given.name} --resume` : null;
  return destroy
    ? { what: "destroy", subject: "A destroy", finish: finish ?? "mason destroy --resume" }
    : { what: "apply", subject: "An apply", finish: finish ?? "mason apply --resume" };
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

/**
 * The state with what may be there of stages that were cut off. What is declared is found by its plan; what is not, and what a run may
 * have made, is remembered by this alone.
 */
export function withBegun(state: State, { begun }: Unfinished, isDeclared: (address: Address) => boolean): State {
  const resources = new Map(state.resources);
  for (const { address, entry, moved_from: before = address } of begun.values()) {
    if (entry === undefined) continue;
    // A deployment that gets another name has its entry under the one before until it ends: it is not two of them.
    const key = resources.has(address) || !isRun(address, entry) ? address : before;
    const known = resources.get(key);
    if (known !== undefined) resources.set(key, withMade(known, entry));
    else if (madeOf(entry).length > 0 || !isDeclared(address)) resources.set(address, entry);
  }
  return { ...state, resources };
}

/** An entry that also knows what another one of the same deployment says that its runs made. */
export function withMade(entry: Entry, other: Entry): Entry {
  const made = [...new Map([...madeOf(entry), ...madeOf(other)].map((item) => [canonical(item), item])).values()];
  return made.length === 0 ? entry : { ...entry, object: { ...entry.object, made } };
}

/** A deployment that is registered is no run. */
const isRun = (address: Address, { object }: Entry): boolean =>
  kindOf(address) === "deployment" && object?.bundle === undefined;

const madeOf = ({ object }: Entry): readonly Json[] => (Array.isArray(object?.made) ? (object.made as Json[]) : []);
