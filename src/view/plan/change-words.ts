/** The words for a change, the same in every view for people: its reasons, its summary, and what a deletion leaves. */
import { formatDataType } from "../../model/data-type.ts";
import type { Reason } from "../../plan/action.ts";
import { formatBytes } from "../../plan/input-changes.ts";
import type { Change, Replaced, ShownEffects, StepPlan } from "../../plan/plan.ts";

/** True for a definition or object that is new. */
export const isNew = (change: Change): boolean =>
  change.action === "create" && change.reasons.every((reason) => reason.code === "new");

/** A plan that deletes everything says so in its title. */
const isWorthSaying = (reason: Reason): boolean => reason.code !== "destroy";

/** The words after the action: `no longer declared; its files stay`. */
export function changeWords(change: Change): string {
  const reasons = isNew(change) ? [] : change.reasons.filter(isWorthSaying).map((reason) => reason.text);
  const summary = ["create", "replace", "forget"].includes(change.action) ? [change.summary] : [];
  const notes = change.action === "delete" ? change.notes : [];
  return [...reasons, ...summary, ...notes].filter((text) => text !== "").join("; ");
}

/** The notes that the words do not contain. */
export const otherNotes = (change: Change): readonly string[] => (change.action === "delete" ? [] : change.notes);

/** The name of a step: `step_1 table:infer`, or the operator alone for a single step. */
export const stepName = (step: StepPlan): string => (step.id === "run" ? step.operator : `${step.id} ${step.operator}`);

/** What a step reads, writes and replaces, after the condition that it runs under, unless that is success. */
export function stepSummary({ summary, when, effects }: StepPlan): string {
  const touched = effects === undefined ? [] : [...linkWords(effects), ...effects.replaces.map(replacedWords)];
  const said = [summary, ...touched].filter((text) => text !== "");
  return [...(when === undefined ? [] : [`when ${when}`]), ...(said.length === 0 ? [] : [said.join("; ")])].join(": ");
}

/** `in/latest is a link to raw/orders`, for each path that a link leads elsewhere. */
function linkWords({ reads, writes }: ShownEffects): readonly string[] {
  const words = [...reads, ...writes].flatMap((place) =>
    "path" in place && place.real_path !== undefined ? [`${place.path} is a link to ${place.real_path || "."}`] : [],
  );
  return [...new Set(words)];
}

const replacedWords = ({ path, bytes }: Replaced): string =>
  `replaces ${path}${bytes === undefined ? "" : ` (${formatBytes(bytes)})`}`;

/** The columns that a step returns, each as `id bigint`. */
export const stepColumns = (step: StepPlan): readonly string[] =>
  (step.columns ?? []).map((column) => `${column.name} ${formatDataType(column.type)}`);

/** True if a step writes or returns rows whose columns are not known yet. */
export const hasUnknownColumns = (step: StepPlan): boolean =>
  step.columns === undefined && step.certainty === "unknown" && step.summary.includes(" -> ");
