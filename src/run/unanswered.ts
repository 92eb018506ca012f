/** Steps of runs that were cut off and about which only people can tell what to do: asked before a resumed apply does anything. */
import { type Diagnostic, error } from "../diagnostic/diagnostic.ts";
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
    const run = work.kind !== "run" || token === undefined ? null : store.get(token);
    if (work.kind !== "run" || run === null) return [];
    const unknown = new Set(run.steps.filter(endIsUnknown).map(({ step }) => step));
    return work.bundle.steps.flatMap((step): readonly Diagnostic[] => {
      const isAsked = unknown.has(step.id) && !step.operator.repeatable;
      if (!isAsked || whatIsSaid(resolutions, address, step.id) !== undefined) return [];
      const operator = `${step.operator.namespace}:${step.operator.command}`;
      return [
        error({
          code: "apply/step-unknown",
          summary: "End of a step is not known",
          detail: `${address} was cut off in step "${step.id}", and it is not known whether that came to its end. ${whatToSay(operator, `${address}/${step.id}`, finish)}`,
          address,
        }),
      ];
    });
  });
}
