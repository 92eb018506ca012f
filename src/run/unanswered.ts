/** Steps of runs that were cut off and about which only people can tell what to do: asked before a resumed apply does anything. */
import { type Diagnostic, error } from "../diagnostic/diagnostic.ts";
import { didYouMean } from "../diagnostic/did-you-mean.ts";
import { createRunStore } from "../io/run-store.ts";
import type { Plan } from "../plan/plan.ts";
import { type GivenPlan, type Unfinished, unfinishedWords } from "../state/journal-entry.ts";
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
  return stages.flatMap(({ address, work }) => {
    const token = unfinished.begun.get(address);
    if (work.kind !== "run" || token === undefined) return [];
    const run = store.get(token);
    const unknown = new Set(run?.steps.filter(endIsUnknown).map(({ step }) => step));
    const { host } = unfinished.start;
    return work.bundle.steps.flatMap((step): readonly Diagnostic[] => {
      // Without the run's record, as on another machine, no step is known to have not begun.
      const isAsked = !step.operator.repeatable && (run === null || unknown.has(step.id));
      if (!isAsked || whatIsSaid(resolutions, address, step.id) !== undefined) return [];
      const why =
        run === null
          ? `${address} was cut off on ${host}, and the record of its run is not here, so it is not known whether step "${step.id}" began or ended.`
          : `${address} was cut off in step "${step.id}", and it is not known whether that came to its end.`;
      const operator = `${step.operator.namespace}:${step.operator.command}`;
      return [
        error({
          code: "apply/step-unknown",
          summary: "End of a step is not known",
          detail: `${why} ${whatToSay(operator, `${address}/${step.id}`, finish)}`,
          address,
        }),
      ];
    });
  });
}

/** What was said of something that is no step of what would run, and would be left out without a word. */
export function saidInVain({ stages }: Pick<Plan, "stages">, { resolutions = new Map() }: Said): readonly Diagnostic[] {
  if (resolutions.size === 0) return [];
  const known = stages.flatMap(({ address, work }) =>
    work.kind === "run" ? [address, ...work.bundle.steps.map((step) => `${address}/${step.id}`)] : [],
  );
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
