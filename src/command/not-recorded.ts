/** The failure of an apply that changed something and could not record all of it. Its exit code differs: 1 means that nothing changed. */
import { Diagnosed, type Diagnostic, error } from "../diagnostic/diagnostic.ts";
import type { Plan } from "../plan/plan.ts";
import { ProviderError } from "../provider/error.ts";
import { unfinishedWords } from "../state/journal-entry.ts";

/** Thrown in place of the failure that it is made from. */
export class NotRecorded extends Diagnosed {}

/** The failure with the command that finishes the apply; a bug stays what it is. `planFile`: the file that is applied. */
export function notRecorded(thrown: unknown, plan: Plan, planFile: string | undefined): unknown {
  const problems = problemsOf(thrown);
  if (problems === null) return thrown;
  // Whoever took over finishes the apply.
  if (problems.some(({ code }) => code === "lease/lost")) return new NotRecorded(problems);
  const given = planFile === undefined ? undefined : { name: planFile, id: plan.id };
  const { finish } = unfinishedWords({ start: { destroy: plan.destroy, plan_id: plan.id } }, given);
  return new NotRecorded([
    ...problems,
    error({
      code: "apply/not-recorded",
      summary: "Work is not recorded",
      detail: `The apply changed something, but could not record all of it in the journal and the state. Once the cause of the error above is fixed, finish it: ${finish}`,
    }),
  ]);
}

function problemsOf(thrown: unknown): readonly Diagnostic[] | null {
  if (thrown instanceof Diagnosed) return thrown.diagnostics;
  if (!(thrown instanceof ProviderError)) return null;
  return [error({ code: `provider/${thrown.code}`, summary: "Operation failed", detail: thrown.message })];
}
