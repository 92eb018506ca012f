/** Steps of runs about which only people can tell what to do: asked before a resumed apply does anything. */
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

/** What was said already, and what is applied. */
interface Said {
  readonly resolutions?: ReadonlyMap<string, "redo" | "done">;
  readonly given?: GivenPlan;
}

/** What a plan is about, and what was there before it. */
interface Before {
  readonly plan: Pick<Plan, "stages">;
  readonly state: State;
  readonly unfinished: Unfinished | undefined;
}

/** The questions, one for each step. What was cut off stays unfinished until they are answered. */
export function openQuestions(store: RunStore, before: Before, said: Said): readonly Diagnostic[] {
  return [...cutOffSteps(store, before, said), ...failedElsewhere(store, before, said)];
}

function cutOffSteps(
  store: RunStore,
  { plan: { stages }, unfinished }: Before,
  { resolutions = new Map(), given }: Said,
): readonly Diagnostic[] {
  if (unfinished === undefined) return [];
  const { finish } = unfinishedWords(unfinished, given);
  const goesOn = new Map(stages.map((stage) => [begunOf(unfinished, stage)?.token, stage]));
  return [...unfinished.begun.values()].flatMap(({ address: begun, token, once: then = [] }) => {
    const { address = begun, work } = goesOn.get(token) ?? {};
    const steps = new Map((work?.kind === "run" ? work.bundle.steps : []).map((step) => [step.id, step]));
    const once = [...new Set([...then, ...onceSteps(work).map(({ id }) => id)])];
    const run = once.length === 0 ? null : store.get(token);
    const unknown = new Set(run?.steps.filter(endIsUnknown).map(({ step }) => step));
    return once.flatMap((id): readonly Diagnostic[] => {
      // Without the run's record, as on another machine, no step is known to have not begun.
      const isAsked = run === null || unknown.has(id);
      if (!isAsked || answerFor(resolutions, address, id) !== undefined) return [];
      const operator = steps.get(id)?.operator;
      const why =
        run === null
          ? `was cut off on ${unfinished.start.host}, and the record of its run is not here, so it is not known whether step "${id}" began or ended.`
          : `was cut off in step "${id}", and it is not known whether that came to its end.`;
      return [question({ address, id, why, named: operator && operatorName(operator), finish })];
    });
  });
}

/** Of a run that failed on another machine nobody knows here which steps ended: to go on with it is to know that. */
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
    const why = `failed in run "${run}", whose record is not here, so it is not known which of its steps ended.`;
    return steps
      .filter(({ id }) => answerFor(resolutions, address, id) === undefined)
      .map(({ id, operator }) => question({ address, id, why, named: operatorName(operator), finish }));
  });
}

/** The steps that may not be repeated. */
const onceSteps = (work: StageWork | undefined): readonly BundleStep[] =>
  work?.kind === "run" ? work.bundle.steps.filter(({ operator }) => !operator.repeatable) : [];

function question(asked: {
  readonly address: Address;
  readonly id: string;
  readonly why: string;
  /** Its operator; absent when nothing of that name is in the project any more. */
  readonly named: string | undefined;
  readonly finish: string;
}): Diagnostic {
  const { address, id, why, named, finish } = asked;
  const gone = `No step of that name is run any more. Look at what it did, and whether what takes its place may do it again. Then: ${finish} --done ${address}/${id}`;
  return error({
    code: "apply/step-unknown",
    summary: "End of a step is not known",
    detail: `${address} ${why} ${named === undefined ? gone : howToAnswer(named, `${address}/${id}`, finish)}`,
    address,
  });
}

/** What was said of something that is no step of what would run, and would be left out without a word. */
export function unusedAnswers(
  { stages }: Pick<Plan, "stages">,
  unfinished: Unfinished | undefined,
  { resolutions = new Map() }: Said,
): readonly Diagnostic[] {
  if (resolutions.size === 0) return [];
  const cutOff = [...(unfinished?.begun.values() ?? [])].flatMap(({ address, once = [] }) =>
    once.length === 0 ? [] : [address, ...once.map((id) => `${address}/${id}`)],
  );
  const planned = stages.flatMap(({ address, work }) =>
    work.kind === "run" ? [address, ...work.bundle.steps.map((step) => `${address}/${step.id}`)] : [],
  );
  const known = [...planned, ...cutOff];
  return [...resolutions].flatMap(([address, said]) =>
    known.includes(address)
      ? []
      : [
          error({
            code: "apply/unknown-step",
            summary: "Unknown step",
            detail: `"--${said} ${address}" names no step and no deployment that this apply runs.${didYouMean(address, known) || ' Name one like "deployment.nightly/load".'}`,
          }),
        ],
  );
}
