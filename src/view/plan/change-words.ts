/** What is said of a change in words, the same in every view for people: its reasons, what it is, what goes and what stays. */
import { formatDataType } from "../../model/data-type.ts";
import type { Reason } from "../../plan/action.ts";
import type { Change, StepPlan } from "../../plan/plan.ts";

/** True for a definition or object that nothing is known of yet. */
export const isNew = (change: Change): boolean =>
  change.action === "create" && change.reasons.every((reason) => reason.code === "new");

/** Of a plan that deletes everything its title says so. */
const isWorthSaying = (reason: Reason): boolean => reason.code !== "destroy";

/** The words behind the action: `no longer declared; its files stay`. */
export function changeWords(change: Change): string {
  const reasons = isNew(change) ? [] : change.reasons.filter(isWorthSaying).map((reason) => reason.text);
  const summary = ["create", "replace", "forget"].includes(change.action) ? [change.summary] : [];
  const notes = change.action === "delete" ? change.notes : [];
  return [...reasons, ...summary, ...notes].filter((text) => text !== "").join("; ");
}

/** Notes that are not among the words. */
export const otherNotes = (change: Change): readonly string[] => (change.action === "delete" ? [] : change.notes);

/** `step_1 table:infer`, or the operator alone where there is one step only. */
export const stepName = (step: StepPlan): string => (step.id === "run" ? step.operator : `${step.id} ${step.operator}`);

/** The columns that a step gives, each as `id bigint`. */
export const stepColumns = (step: StepPlan): readonly string[] =>
  (step.columns ?? []).map((column) => `${column.name} ${formatDataType(column.type)}`);

/** True when a step writes or returns rows whose columns nobody can say yet. */
export const hasUnknownColumns = (step: StepPlan): boolean =>
  step.columns === undefined && step.certainty === "unknown" && step.summary.includes(" -> ");
