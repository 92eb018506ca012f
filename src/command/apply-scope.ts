/** The scope of an apply: what its options ask for, or the apply that it resumes. */
import type { ApplyScope, Unfinished } from "../state/journal-entry.ts";
import type { PlanOptions } from "./plan-options.ts";

/** True if the options select a part of the plan. */
export const isNarrowed = ({ target = [], exclude = [], refreshOnly = false }: PlanOptions): boolean =>
  target.length > 0 || exclude.length > 0 || refreshOnly;

/**
 * The scope without empty parts. It takes over the whole scope of an unfinished apply, so finishing it does no more than was wanted. A plan
 * that is only viewed may choose another one.
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
