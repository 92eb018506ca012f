/** The counts of resources by action, for every view of a plan. */
import type { Action } from "../../plan/action.ts";
import { type Change, isDefinition, type Plan } from "../../plan/plan.ts";

/** Counts of objects by action, and of recorded definitions. */
export type PlanCounts = Readonly<Record<Exclude<Action, "none">, number>> & { readonly definitions: number };

/** The counts of a plan. */
export function countChanges(changes: readonly Change[]): PlanCounts {
  const counts = { create: 0, update: 0, replace: 0, run: 0, delete: 0, adopt: 0, forget: 0, none: 0, definitions: 0 };
  for (const change of changes) counts[isDefinition(change.kind) ? "definitions" : change.action]++;
  const { none: _, ...rest } = counts;
  return rest;
}

/** `1 to create, 1 to update, 1 to run, 0 to delete; 3 definitions to record`; rare actions appear only if they occur. */
export function countsText(counts: PlanCounts): string {
  const order = ["create", "update", "replace", "run", "adopt", "forget", "delete"] as const;
  const rare: readonly Action[] = ["replace", "adopt", "forget"];
  const parts = order
    .filter((action) => counts[action] > 0 || !rare.includes(action))
    .map((action) => `${counts[action]} to ${action}`);
  const { definitions } = counts;
  const recorded =
    definitions === 0 ? "" : `; ${definitions} ${definitions === 1 ? "definition" : "definitions"} to record`;
  return parts.join(", ") + recorded;
}

/** `Plan 7f3a9c1e: 1 to create, 1 to run, 0 to delete.` It names the environment if there is one. */
export function summaryLine(plan: Plan): string {
  const environment = plan.environment === null ? "" : ` (${plan.environment})`;
  return `Plan ${plan.id.slice(0, 8)}${environment}: ${countsText(countChanges(plan.changes))}.`;
}

/** The sentence about a partial plan; empty for a whole one. */
export const leftOutText = ({ leftOut }: Plan): string =>
  leftOut === 0
    ? ""
    : `This plan is partial: --target or --exclude leaves out ${leftOut} ${leftOut === 1 ? "resource" : "resources"}.`;

/** `No changes. 3 resources are as declared.`, with a sentence about drift that an apply leaves unchanged. */
export function nothingToDo({ unchanged, drift }: Plan): string {
  const drifted = new Set(drift.map((item) => item.address)).size;
  const declared = Math.max(0, unchanged - drifted);
  const stays =
    drifted === 0 ? "" : ` ${drifted} ${drifted === 1 ? "has" : "have"} drift that an apply leaves unchanged.`;
  return `No changes. ${declared} ${declared === 1 ? "resource matches its declaration" : "resources match their declarations"}.${stays}`;
}
