/** Questions that only people can answer: whether an interrupted step may run again. They are asked before a resumed apply does anything. */
import type { Address } from "../../address.ts";
import type { BundleStep } from "../../bundle/bundle.ts";
import { type Diagnostic, error } from "../../diagnostic/diagnostic.ts";
import { didYouMean } from "../../diagnostic/did-you-mean.ts";
import type { RunStore } from "../../model/run.ts";
import { operatorName } from "../../operator/definition.ts";
import type { Plan } from "../../plan/plan.ts";
import type { StageWork } from "../../plan/stage.ts";
import { begunOf, type GivenPlan, type Unfinished, unfinishedWords } from "../../state/journal-entry.ts";
import type { State } from "../../state/state.ts";
import { answerFor, endIsUnknown, howToAnswer } from "../../step/earlier-run.ts";

/** The answers given so far, and the plan file that is applied. */
interface Said {
  readonly resolutions?: ReadonlyMap<string, "redo" | "done">;
  readonly given?: GivenPlan;
}

/** A plan, and what it was made from. */
interface Before {
  readonly plan: Pick<Plan, "stages">;
  readonly state: State;
  readonly unfinished: Unfinished | undefined;
}

/** The questions, one for each step. The interrupted apply stays unfinished until all are answered. */
export function openQuestions(store: RunStore, before: Before, said: Said): readonly Diagnostic[] {
  return [...interruptedSteps(store, before, said), ...failedElsewhere(store, before, said)];
}

function interruptedSteps(
  store: RunStore,
  { plan: { stages }, unfinished }: Before,
  { resolutions = new Map(), given }: Said,
): readonly Diagnostic[] {
  if (unfinished === undefined) return [];
  const { finish } = unfinishedWords(unfinished, given);
  const continued = new Map(stages.map((stage) => [begunOf(unfinished, stage)?.token, stage]));
  return [...unfinished.begun.values()].flatMap(({ address: begun, token, once: then = [] }) => {
    const { address = begun, work } = continued.get(token) ?? {};
    const steps = new Map((work?.kind === "run" ? work.bundle.steps : []).map((step) => [step.id, step]));
    const once = [...new Set([...then, ...onceSteps(work).map(({ id }) => id)])];
    const run = once.length === 0 ? null : store.get(token);
    const unknown = new Set(run?.steps.filter(endIsUnknown).map(({ step }) => step));
    return once.flatMap((id): readonly Diagnostic[] => {
      // Without the run's record, as on another machine, any step may have begun.
      const isAsked = run === null || unknown.has(id);
      if (!isAsked || answerFor(resolutions, address, id) !== undefined) return [];
      const operator = steps.get(id)?.operator;
      const why =
        run === null
          ? `was interrupted on ${unfinished.start.host}, and the record of its run is not on this machine, so Mason does not know whether step "${id}" began or ended.`
          : `was interrupted in step "${id}", and Mason does not know whether that step ended.`;
      return [question({ address, id, why, named: operator && operatorName(operator), finish })];
    });
  });
}

/** A run that failed on another machine has no record here, so nobody knows which of its steps ended. */
function failedElsewhere(
  store: RunStore,
  { plan: { stages }, state, unfinished }: Before,
  { resolutions = new Map(), given }: Said,
): readonly Diagnostic[] {
  return stages.flatMap((stage): readonly Diagnostic[] => {
    const { address, movedFrom = "", work } = stage;
    const { status, run } = state.resources.get(address) ?? state.resources.get(movedFrom) ?? {};
    const isElsewhere = status === "failed" && run !== undefined && begunOf(unfinished, stage) === undefined;
    const steps = isElsewhere ? onceSteps(work) : [];
    if (steps.length === 0 || store.get(run ?? "") !== null) return [];
    const finish = given === undefined ? "mason apply --resume" : `mason apply ${given.name} --resume`;
    const why = `failed in run "${run}", whose record is not on this machine, so Mason does not know which of its steps ended.`;
    return steps
      .filter(({ id }) => answerFor(resolutions, address, id) === undefined)
      .map(({ id, operator }) => question({ address, id, why, named: operatorName(operator), finish }));
  });
}

/** The steps of a run that may not be repeated. */
const onceSteps = (work: StageWork | undefined): readonly BundleStep[] =>
  work?.kind === "run" ? work.bundle.steps.filter(({ operator }) => !operator.repeatable) : [];

function question(asked: {
  readonly address: Address;
  readonly id: string;
  readonly why: string;
  /** The step's operator; absent when the project no longer has such a step. */
  readonly named: string | undefined;
  readonly finish: string;
}): Diagnostic {
  const { address, id, why, named, finish } = asked;
  const gone = `The project no longer has a step with that name. Check what it did, and whether the step that replaced it may do it again. Then: ${finish} --done ${address}/${id}`;
  return error({
    code: "apply/step-unknown",
    summary: "Unknown outcome of a step",
    detail: `${address} ${why} ${named === undefined ? gone : howToAnswer(named, `${address}/${id}`, finish)}`,
    address,
  });
}

/** Errors for answers that name no step of this apply and would have no effect. */
export function unusedAnswers(
  { stages }: Pick<Plan, "stages">,
  unfinished: Unfinished | undefined,
  { resolutions = new Map() }: Said,
): readonly Diagnostic[] {
  if (resolutions.size === 0) return [];
  const interrupted = [...(unfinished?.begun.values() ?? [])].flatMap(({ address, once = [] }) =>
    once.length === 0 ? [] : [address, ...once.map((id) => `${address}/${id}`)],
  );
  const planned = stages.flatMap(({ address, work }) =>
    work.kind === "run" ? [address, ...work.bundle.steps.map((step) => `${address}/${step.id}`)] : [],
  );
  const known = [...planned, ...interrupted];
  return [...resolutions].flatMap(([address, said]) =>
    known.includes(address)
      ? []
      : [
          error({
            code: "apply/unknown-step",
            summary: "Unknown step",
            detail: `"--${said} ${address}" names neither a step nor a deployment that this apply runs.${didYouMean(address, known) || ' Name one like "deployment.nightly/load".'}`,
          }),
        ],
  );
}
