/** Steps of runs that were cut off and about which only people can tell what to do: asked before a resumed apply does anything. */
import { type Diagnostic, error } from "../diagnostic/diagnostic.ts";
import { didYouMean } from "../diagnostic/did-you-mean.ts";
import { createRunStore } from "../io/run-store.ts";
import type { Plan } from "../plan/plan.ts";
import { begunOf, type GivenPlan, type Unfinished, unfinishedWords } from "../state/journal-entry.ts";
import { endIsUnknown, whatIsSaid, whatToSay } from "./step-earlier.ts";

/** What was said already, and what is applied. */
interface Said {
  readonly resolutions?: ReadonlyMap<string, "redo" | "done">;
  readonly given?: GivenPlan;
}

/** The questions, one for each step. What was cut off stays unfinished until they are answered. */
export function unanswered(
  masonDirectory: string,
  { stages }: Pick<Plan, "stages">,
  unfinished: Unfinished,
  { resolutions = new Map(), given }: Said,
): readonly Diagnostic[] {
  const store = createRunStore(masonDirectory);
  const { finish } = unfinishedWords(unfinished, given);
  const goesOn = new Map(stages.map((stage) => [begunOf(unfinished, stage)?.token, stage]));
  return [...unfinished.begun.values()].flatMap(({ address: begun, token, once: then = [] }) => {
    const { address = begun, work } = goesOn.get(token) ?? {};
    const steps = new Map((work?.kind === "run" ? work.bundle.steps : []).map((step) => [step.id, step]));
    const now = [...steps.values()].filter(({ operator }) => !operator.repeatable).map(({ id }) => id);
    const once = [...new Set([...then, ...now])];
    const run = once.length === 0 ? null : store.get(token);
    const unknown = new Set(run?.steps.filter(endIsUnknown).map(({ step }) => step));
    return once.flatMap((id): readonly Diagnostic[] => {
      // Without the run's record, as on another machine, no step is known to have not begun.
      const isAsked = run === null || unknown.has(id);
      if (!isAsked || whatIsSaid(resolutions, address, id) !== undefined) return [];
      const operator = steps.get(id)?.operator;
      const named = operator === undefined ? undefined : `${operator.namespace}:${operator.command}`;
      return [question(unfinished, { address, id, named, isRecorded: run !== null, finish })];
    });
  });
}

function question(
  { start }: Unfinished,
  asked: {
    readonly address: string;
    readonly id: string;
    /** Its operator; absent when nothing of that name is in the project any more. */
    readonly named: string | undefined;
    readonly isRecorded: boolean;
    readonly finish: string;
  },
): Diagnostic {
  const { address, id, named, isRecorded, finish } = asked;
  const why = isRecorded
    ? `${address} was cut off in step "${id}", and it is not known whether that came to its end.`
    : `${address} was cut off on ${start.host}, and the record of its run is not here, so it is not known whether step "${id}" began or ended.`;
  const gone = `No step of that name is run any more. Look at what it did, and whether what takes its place may do it again. Then: ${finish} --done ${address}/${id}`;
  return error({
    code: "apply/step-unknown",
    summary: "End of a step is not known",
    detail: `${why} ${named === undefined ? gone : whatToSay(named, `${address}/${id}`, finish)}`,
    address,
  });
}

/** What was said of something that is no step of what would run, and would be left out without a word. */
export function saidInVain(
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
