/** The entries of a journal, and what they mean together. Pure: src/io reads and writes them. */
import { type Address, kindOf } from "../address.ts";
import { canonical, type Json } from "../json.ts";
import type { ClientRecord } from "../model/client-record.ts";
import type { Entry, State } from "./state.ts";

/** The options of an apply that choose what it does. */
export interface ApplyScope {
  /** Deployments to run even if nothing changed. */
  readonly run?: readonly Address[];
  /** Addresses or globs. */
  readonly target?: readonly string[];
  readonly exclude?: readonly string[];
  /** Only record what really exists. */
  readonly refresh_only?: boolean;
}

/** A path that steps of a run will write. */
export interface BegunPath {
  readonly client: ClientRecord;
  readonly path: string;
  /** Ids of the steps that write it, and of their runs: more than one when the run was interrupted on several machines. */
  readonly steps: readonly string[];
  readonly runs: readonly string[];
  /** The path did not exist before, so whatever is there after an interruption comes from this run. */
  readonly fresh?: true;
}

/** One entry; times are ISO 8601 instants. */
export type JournalEntry =
  | {
      readonly kind: "start";
      readonly plan_id: string;
      /** Digest of the files and variables that the plan was made from. */
      readonly project?: string;
      readonly asked?: ApplyScope;
      /** Digest of the part of the plan that is only shown. */
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
      /** What it may make, in case nothing else records it later. */
      readonly entry?: Entry;
      /** It drops an object. After an interruption the object may no longer exist while its remains do. */
      readonly drops?: true;
      /** Its address in the state. */
      readonly moved_from?: Address;
      /** Paths that a run will write. */
      readonly paths?: readonly BegunPath[];
      /** Ids of the steps of a run that may not be repeated. */
      readonly once?: readonly string[];
    }
  /**
   * `entry`: the resource's next entry; `null` when it no longer has one; absent when nothing is known to have changed. `moved_from`: its
   * previous address, whose entry is removed in the same step.
   */
  | {
      readonly kind: "end";
      readonly address: Address;
      readonly status: "done" | "failed";
      readonly entry?: Entry | null;
      readonly moved_from?: Address;
    }
  /** Somebody else took over: a writer that finds it in place of its next entry stops. */
  | { readonly kind: "fence"; readonly by: string; readonly at: string }
  /** The state with this serial is about to be saved. */
  | { readonly kind: "commit"; readonly serial: number };

/** What an apply records before it begins a stage. */
export type BeginEntry = Extract<JournalEntry, { kind: "begin" }>;

/** An unfinished apply, as its journal tells it. */
export interface Unfinished {
  readonly apply: string;
  readonly start: Extract<JournalEntry, { kind: "start" }>;
  /** By address: the entry after the stage ended. */
  readonly ended: ReadonlyMap<Address, Entry | null>;
  /** Begun and not ended. */
  readonly begun: ReadonlyMap<Address, BeginEntry>;
  readonly committed: number | null;
}

/** The unfinished apply that the entries describe, or `null` when there is no start. */
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

/** The begin entry of a stage, also under its previous address. */
export const begunOf = (
  unfinished: Unfinished | undefined,
  { address, movedFrom = "" }: { readonly address: Address; readonly movedFrom?: Address },
): BeginEntry | undefined => unfinished?.begun.get(address) ?? unfinished?.begun.get(movedFrom);

/**
 * The unfinished part of an apply, given the state; `null` when only the clean-up is missing. The journal of a saved apply may still hold
 * stages: it resumed an earlier apply and did not reach everything that the earlier one had begun.
 */
export function leftOf(found: Unfinished, { serial }: State): Unfinished | null {
  const { committed, begun, start } = found;
  if (committed === null || serial < committed) return found;
  if (begun.size === 0 || serial > committed) return null;
  return { ...found, start: { ...start, serial: committed }, ended: new Map(), committed: null };
}

/** A plan file that somebody applies, with the name that they gave. */
export interface GivenPlan {
  readonly name: string;
  readonly id: string;
}

/**
 * The unfinished command in words, and the command that finishes it. If the same plan file is applied again, that is a command with the
 * file, so that what runs is still what was reviewed.
 */
export function unfinishedWords(
  { start: { destroy, plan_id: id } }: { readonly start: Pick<Unfinished["start"], "destroy" | "plan_id"> },
  given?: GivenPlan,
) {
  const finish = given?.id === id ? `mason apply ${given.name} --resume` : null;
  return destroy
    ? { what: "destroy", subject: "A destroy", finish: finish ?? "mason destroy --resume" }
    : { what: "apply", subject: "An apply", finish: finish ?? "mason apply --resume" };
}

/** The state as if the unfinished apply had stopped in good order: everything that ended counts. */
export function withEnded(state: State, unfinished: Unfinished): State {
  const resources = new Map(state.resources);
  for (const [address, entry] of unfinished.ended) {
    if (entry === null) resources.delete(address);
    else resources.set(address, entry);
  }
  return { ...state, lineage: unfinished.start.lineage, resources };
}

/**
 * The state with what interrupted stages may have made. The plan finds a declared object by itself; only these entries remember other
 * objects and what a run may have made.
 */
export function withBegun(state: State, { begun }: Unfinished, isDeclared: (address: Address) => boolean): State {
  const resources = new Map(state.resources);
  for (const { address, entry, moved_from: before = address } of begun.values()) {
    if (entry === undefined) continue;
    // A renamed deployment keeps its entry under the previous address until it ends, and must not become two.
    const key = resources.has(address) || !isRun(address, entry) ? address : before;
    const known = resources.get(key);
    if (known !== undefined) resources.set(key, withMade(known, entry));
    else if (madeOf(entry).length > 0 || !isDeclared(address)) resources.set(address, entry);
  }
  return { ...state, resources };
}

/** An entry with the objects that runs made according to another entry of the same deployment. */
export function withMade(entry: Entry, other: Entry): Entry {
  const made = [...new Map([...madeOf(entry), ...madeOf(other)].map((item) => [canonical(item), item])).values()];
  return made.length === 0 ? entry : { ...entry, object: { ...entry.object, made } };
}

/** True for a deployment that runs at apply, not one that is registered. */
const isRun = (address: Address, { object }: Entry): boolean =>
  kindOf(address) === "deployment" && object?.bundle === undefined;

const madeOf = ({ object }: Entry): readonly Json[] => (Array.isArray(object?.made) ? (object.made as Json[]) : []);
