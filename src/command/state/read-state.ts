/** Reads the state, adds what an unfinished apply did, and reports an apply that is unfinished or running. */
import { type Diagnostic, error, fail, required, warning } from "../../diagnostic/diagnostic.ts";
import { readUnfinished } from "../../io/state/journal.ts";
import { type Holder, readLease } from "../../io/state/lease.ts";
import type { StateBackend } from "../../io/state/state-backend.ts";
import { isGone } from "../../io/this-process.ts";
import { type Json, sameJson } from "../../json.ts";
import {
  type ApplyScope,
  type GivenPlan,
  leftOf,
  type Unfinished,
  unfinishedWords,
  withEnded,
} from "../../state/journal-entry.ts";
import type { State } from "../../state/state.ts";

/** The state to plan from. */
export interface ReadState {
  readonly state?: State;
  /** An unfinished apply; absent while its process is alive. */
  readonly unfinished?: Unfinished;
  readonly diagnostics: readonly Diagnostic[];
}

/** What a command does about an unfinished apply: `plan` warns, `apply` refuses, `apply --resume` resumes it. */
export type OnUnfinished = "warn" | "refuse" | "resume";

/** Reads the state. `newLineage`: the lineage of a state that does not exist yet; `given`: the plan file that is applied. */
export async function readState(
  backend: StateBackend,
  newLineage: string,
  onUnfinished: OnUnfinished,
  given?: GivenPlan,
): Promise<ReadState> {
  const lease = await watchLease(backend);
  const last = await readUnfinished(backend.storage, backend.prefix);
  const { value: state, diagnostics } = await backend.read(last?.start.lineage ?? newLineage);
  const found = state === undefined || last === null ? null : leftOf(last, state);
  if (state === undefined || found === null) return { ...(state === undefined ? {} : { state }), diagnostics };
  // An apply ended or began meanwhile, so state and journal may not belong together.
  if (await lease.moved()) return readState(backend, newLineage, onUnfinished, given);
  if (lease.alive !== null) {
    // The lease refuses an apply.
    if (onUnfinished !== "warn") return { state, diagnostics };
    return { state, diagnostics: [...diagnostics, goingOn(lease.alive)] };
  }
  if (found.start.serial !== state.serial || found.start.lineage !== state.lineage)
    return { diagnostics: [...diagnostics, otherState(backend, found, state)] };
  const said = onUnfinished === "resume" ? [] : [unfinishedApply(found, onUnfinished, given)];
  return { state: withEnded(state, found), unfinished: found, diagnostics: [...diagnostics, ...said] };
}

/** Stops before anything is done if the state or the unfinished apply is no longer what the plan was made from. */
export async function requireUnmoved(
  backend: StateBackend,
  state: State,
  unfinished: Unfinished | undefined,
): Promise<void> {
  const found = await readUnfinished(backend.storage, backend.prefix);
  const now = required(await backend.read(state.lineage));
  const left = found === null ? undefined : (leftOf(found, now) ?? undefined);
  if (now.serial === state.serial && now.lineage === state.lineage && sameJson(facts(left), facts(unfinished))) return;
  fail({
    code: outdatedCode,
    summary: "State changed since the plan",
    detail: `Another apply changed "${backend.name}" after this plan was made${now.serial === state.serial ? ", and is unfinished" : `: serial ${now.serial}, not ${state.serial}`}. Nothing was done. Plan again.`,
  });
}

const outdatedCode = "apply/plan-outdated";

/** The lease before a look at the state, to compare with the lease after it. */
export interface LeaseWatch {
  /** The holder, unless its process has certainly ended. */
  readonly alive: Holder | null;
  /** Whether it was taken or released meanwhile. */
  moved(): Promise<boolean>;
}

/**
 * Looks at the lease. A holder may release it and end while this process reads who holds it. Such a holder looks dead, and only `moved`
 * tells it from one that was killed. So what counts is whether the holder was alive before the look, never after it.
 */
export async function watchLease({ storage, prefix }: StateBackend): Promise<LeaseWatch> {
  const before = await readLease(storage, prefix);
  return {
    alive: before.held && !isGone(before.holder) ? before.holder : null,
    moved: async () => (await readLease(storage, prefix)).epoch !== before.epoch,
  };
}

/** The error that replaces those of a plan made while another apply changed things. */
export const planOutdated: Diagnostic = error({
  code: outdatedCode,
  summary: "Another apply is running",
  detail:
    "Another apply changed things while this one was planning. Nothing was done. Try again when the other apply has finished, or wait for it, for example with --lease-timeout 10m.",
});

/** The error of a plan that must use no credentials and needs some for its state. */
export const remoteState: Diagnostic = error({
  code: "plan/untrusted-remote-state",
  summary: "State can't be read without trust",
  detail:
    "The state of this project is kept in another system, which needs credentials, and --untrusted uses none. Plan without --untrusted where the project is trusted, or use --env with an environment whose state is local.",
});

const facts = (unfinished: Unfinished | undefined): Json =>
  unfinished === undefined ? null : ([[...unfinished.ended], [...unfinished.begun]] as unknown as Json);

const goingOn = ({ who, host, since }: Holder): Diagnostic =>
  warning({
    code: "apply/going-on",
    summary: "An apply is running",
    detail: `${who} on ${host} has been applying since ${since}. What this plan shows may change until that apply has finished. Plan again then.`,
  });

function unfinishedApply(unfinished: Unfinished, on: "warn" | "refuse", given?: GivenPlan): Diagnostic {
  const { start, ended, begun } = unfinished;
  const { what, subject, finish } = unfinishedWords(unfinished, given);
  const isOther = given !== undefined && given.id !== start.plan_id;
  const asked = askedWords(start.asked);
  const part = asked === "" ? "" : ` Its options are kept: ${asked}.`;
  return (on === "warn" ? warning : error)({
    code: "apply/unfinished",
    summary: `Unfinished ${what}`,
    detail: `${subject} of plan ${start.plan_id.slice(0, 8)}, which ${start.who} started on ${start.host} at ${start.at}, did not finish: ${ended.size} done, ${begun.size} interrupted. Finish it with "${finish}"${isOther ? ", or with its own plan file" : ""}.${part}`,
  });
}

/** The options that an apply was started with. */
function askedWords({
  run = [],
  target = [],
  exclude = [],
  refresh_only: refreshOnly = false,
}: ApplyScope = {}): string {
  const words = (flag: string, values: readonly string[]) => values.map((value) => `${flag} ${value}`);
  return [
    ...words("--run", run),
    ...words("--target", target),
    ...words("--exclude", exclude),
    ...(refreshOnly ? ["--refresh-only"] : []),
  ].join(" ");
}

/** The error of an apply that would resume a destroy, or the reverse: it would undo what was done. */
export function otherKind(unfinished: Unfinished, destroy: boolean): Diagnostic | null {
  if (unfinished.start.destroy === destroy) return null;
  const { what, subject, finish } = unfinishedWords(unfinished);
  const then = destroy ? "Then destroy." : 'Then "mason apply" creates everything that is declared again.';
  return error({
    code: "apply/unfinished-other",
    summary: `Unfinished ${what}`,
    detail: `${subject} is unfinished. Finish it with "${finish}". ${then}`,
  });
}

const otherState = (backend: StateBackend, { start, apply }: Unfinished, state: State): Diagnostic =>
  error({
    code: "journal/other-state",
    summary: "Unfinished apply of another state",
    detail: `The unfinished apply "${apply}" started from serial ${start.serial}, but "${backend.name}" has serial ${state.serial}: the state was replaced meanwhile. Restore the state with serial ${start.serial} to resume it, or delete the directory "${backend.prefix === "" ? "" : `${backend.prefix}/`}journal/${apply}" and plan again.`,
  });
