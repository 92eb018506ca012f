/** Reads the state with what an unfinished apply did on top, and says when one is unfinished or going on. */
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
  /** An apply that ended before its end; absent while its process is alive. */
  readonly unfinished?: Unfinished;
  readonly diagnostics: readonly Diagnostic[];
}

/** What an unfinished apply means for the command: `plan` says so, `apply` refuses, `resume` goes on with it. */
export type OnUnfinished = "warn" | "refuse" | "resume";

/** Reads it. `newLineage` is that of a state that does not exist yet, `given` what is applied. */
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
  // An apply ended or began in between: what was read does not belong together.
  if (await lease.moved()) return readState(backend, newLineage, onUnfinished, given);
  if (lease.alive !== null) {
    // Who wants to apply is told by the lease.
    if (onUnfinished !== "warn") return { state, diagnostics };
    return { state, diagnostics: [...diagnostics, goingOn(lease.alive)] };
  }
  if (found.start.serial !== state.serial || found.start.lineage !== state.lineage)
    return { diagnostics: [...diagnostics, otherState(backend, found, state)] };
  const said = onUnfinished === "resume" ? [] : [unfinishedApply(found, onUnfinished, given)];
  return { state: withEnded(state, found), unfinished: found, diagnostics: [...diagnostics, ...said] };
}

/** Stops, before anything is done, when the state or what an unfinished apply did is not what was planned from: somebody was faster. */
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
    detail: `Another apply changed "${backend.name}" after this plan was made${now.serial === state.serial ? ", and did not come to its end" : `: serial ${now.serial}, not ${state.serial}`}. Nothing was done. Plan again.`,
  });
}

const outdatedCode = "apply/plan-outdated";

/** The lease before something is looked at, to be asked after it. */
export interface LeaseWatch {
  /** Who held it, with a process that is not known to be gone. */
  readonly alive: Holder | null;
  /** Whether it was taken or released since. */
  moved(): Promise<boolean>;
}

/**
 * Looks at the lease. A holder releases it and is gone while another process reads who holds it: that one is taken for dead here, and only
 * `moved` tells it from one that died. So it counts whether a holder was alive before, never whether it is after.
 */
export async function watchLease({ storage, prefix }: StateBackend): Promise<LeaseWatch> {
  const before = await readLease(storage, prefix);
  return {
    alive: before.held && !isGone(before.holder) ? before.holder : null,
    moved: async () => (await readLease(storage, prefix)).epoch !== before.epoch,
  };
}

/** What stands for the errors of a plan that was made while another apply changed what it looked at. */
export const planOutdated: Diagnostic = error({
  code: outdatedCode,
  summary: "Another apply is going on",
  detail:
    "Another apply changed things while this one looked at them. Nothing was done. Try again when it is done, or wait for it with --lease-timeout 10m, for example.",
});

const facts = (unfinished: Unfinished | undefined): Json =>
  unfinished === undefined ? null : ([[...unfinished.ended], [...unfinished.begun]] as unknown as Json);

const goingOn = ({ who, host, since }: Holder): Diagnostic =>
  warning({
    code: "apply/going-on",
    summary: "An apply is going on",
    detail: `${who} on ${host} has been applying since ${since}. What this plan shows may change until that is done. Plan again then.`,
  });

function unfinishedApply(unfinished: Unfinished, on: "warn" | "refuse", given?: GivenPlan): Diagnostic {
  const { start, ended, begun } = unfinished;
  const { what, subject, finish } = unfinishedWords(unfinished, given);
  const isOther = given !== undefined && given.id !== start.plan_id;
  const asked = askedWords(start.asked);
  const part = asked === "" ? "" : ` It is finished as it was asked for: ${asked}.`;
  return (on === "warn" ? warning : error)({
    code: "apply/unfinished",
    summary: `Unfinished ${what}`,
    detail: `${subject} of plan ${start.plan_id.slice(0, 8)} by ${start.who} on ${start.host}, begun ${start.at}, did not come to its end: ${ended.size} done, ${begun.size} in the middle. Finish it with "${finish}"${isOther ? ", or with the plan file that it was about" : ""}.${part}`,
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

/** Why an apply can't go on with a destroy that did not come to its end, nor the other way round: it would undo what was done. */
export function otherKind(unfinished: Unfinished, destroy: boolean): Diagnostic | null {
  if (unfinished.start.destroy === destroy) return null;
  const { what, subject, finish } = unfinishedWords(unfinished);
  const then = destroy ? "Then destroy." : 'Then "mason apply" makes again what is declared.';
  return error({
    code: "apply/unfinished-other",
    summary: `Unfinished ${what}`,
    detail: `What did not come to its end is ${subject.toLowerCase()}. Finish it with "${finish}". ${then}`,
  });
}

const otherState = (backend: StateBackend, { start, apply }: Unfinished, state: State): Diagnostic =>
  error({
    code: "journal/other-state",
    summary: "Unfinished apply of another state",
    detail: `The unfinished apply "${apply}" started from serial ${start.serial}, and "${backend.name}" has serial ${state.serial}: it was replaced in between. Restore the state with serial ${start.serial} to resume it, or delete the directory "${backend.prefix === "" ? "" : `${backend.prefix}/`}journal/${apply}" and plan again.`,
  });
