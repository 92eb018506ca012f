/** What an apply is asked for beside what the project says: by its options, or by the apply that it goes on with. */
import type { ApplyScope, Unfinished } from "../state/journal-entry.ts";
import type { PlanOptions } from "./plan-options.ts";

/** Whether options ask for a part of what is to be done. */
export const isNarrowed = ({ target = [], exclude = [], refreshOnly = false }: PlanOptions): boolean =>
  target.length > 0 || exclude.length > 0 || refreshOnly;

/**
 * What is asked for; nothing that is empty. Of an apply that did not come to its end all is taken over, so that whoever finishes it does
 * no more than was wanted; a plan that is only looked at may choose otherwise.
 */
export function applyScope(options: PlanOptions, unfinished: Unfinished | undefined): ApplyScope {
  const { run, target = [], exclude = [], refreshOnly = false } = options;
  const before = unfinished?.start.asked ?? {};
  const narrow: ApplyScope = isNarrowed(options) ? { target, exclude, refresh_only: refreshOnly } : { ...before };
  const whole = { ...narrow, run: [...new Set([...run, ...(before.run ?? [])])] };
  return Object.fromEntries(
    Object.entries(whole).filter(([, value]) => (Array.isArray(value) ? value.length > 0 : value === true)),
  );
}
