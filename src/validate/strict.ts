/** Decides which steps `strict: false` drops, and why. */
import type { FlatStep } from "../graph/expand.ts";
import { type CheckedBody, directSteps } from "./body.ts";

/** Steps with a problem of their own and steps that wait for one of them, each with the reason. */
export function droppedSteps(body: CheckedBody): ReadonlyMap<string, string> {
  const dropped = new Map<string, string>();
  for (const { step, diagnostic } of body.problems) if (!dropped.has(step)) dropped.set(step, diagnostic.detail);
  if (dropped.size === 0) return dropped;
  const dependants = new Map<string, string[]>();
  for (const step of body.steps) {
    for (const dependency of directSteps(step, body)) {
      const list = dependants.get(dependency);
      if (list === undefined) dependants.set(dependency, [step.id]);
      else list.push(step.id);
    }
  }
  const queue = [...dropped.keys()];
  for (let at = 0; at < queue.length; at++) {
    const gone = queue[at] ?? "";
    for (const step of dependants.get(gone) ?? []) {
      if (dropped.has(step)) continue;
      dropped.set(step, `it depends on step "${gone}", which is dropped.`);
      queue.push(step);
    }
  }
  return dropped;
}

/** The remaining steps. */
export function keptSteps(body: CheckedBody): readonly FlatStep[] {
  const dropped = droppedSteps(body);
  return body.steps.filter((step) => !dropped.has(step.id));
}
