/** Asks a workflow's module about the edges from an ended step: it calls `step(current, next)` once for each later step. */
import type { BundleStep } from "../bundle/bundle.ts";
import { isObject, type Json } from "../json.ts";
import type { EdgeDecision, StepFailure, StepState } from "../model/run.ts";
import { operatorName } from "../operator/definition.ts";
import { ProviderError } from "../provider/error.ts";
import { jsonText, thrownText } from "./module-result.ts";
import type { RunContext } from "./run-context.ts";
import { settled } from "./settled.ts";

/** The end of a step, as the module sees it. */
export interface StepEnd {
  readonly state: StepState;
  readonly outputs: Readonly<Record<string, Json>>;
  readonly parameters: Readonly<Record<string, Json>>;
  readonly error?: StepFailure;
}

type StepFunction = (current: unknown, next: unknown) => unknown;

/** The module's decisions, by the id of the later step. Throws ProviderError if the module returns no valid decision. */
export async function decideEdges(
  context: RunContext,
  step: BundleStep,
  later: readonly BundleStep[],
  end: StepEnd,
): Promise<Readonly<Record<string, EdgeDecision>>> {
  if (step.stepModule === undefined || later.length === 0) return {};
  const reference = step.stepModule;
  const load = () => context.loadModule(reference);
  const loaded = (await settled(context.onStall, `The module "${reference.file}"`, load)) as {
    readonly step?: unknown;
    readonly default?: { readonly step?: unknown };
  };
  const decide = loaded.step ?? loaded.default?.step;
  if (typeof decide !== "function")
    throw new ProviderError(
      "invalid",
      `"${step.stepModule.file}" exports no function "step". Write: export function step(current, next) { ... }.`,
    );
  const current = { id: step.id, operator: operatorName(step.operator), ...end };
  const decisions: Record<string, EdgeDecision> = {};
  for (const next of later) {
    const asked = { id: next.id, operator: operatorName(next.operator), parameters: next.parameters };
    const what = `The module of the workflow, asked about the edge "${step.id}" -> "${next.id}",`;
    decisions[next.id] = await settled(context.onStall, what, () => ask(decide as StepFunction, current, asked, step));
  }
  return decisions;
}

async function ask(
  decide: StepFunction,
  current: unknown,
  next: { readonly id: string },
  step: BundleStep,
): Promise<EdgeDecision> {
  let answer: unknown;
  try {
    answer = await decide(current, next);
  } catch (thrown) {
    return {
      action: "fail",
      reason: `The module of the workflow threw an error for the edge "${step.id}" -> "${next.id}": ${thrownText(thrown)}`,
    };
  }
  const decision = readDecision(answer);
  if (decision === null) {
    const text = jsonText(() => answer) ?? "nothing";
    throw new ProviderError(
      "invalid",
      `The module of the workflow returned ${typeof text === "string" ? text : "what is no JSON"} for the edge "${step.id}" -> "${next.id}". Return next(), stop(), fail(reason) or retry().`,
    );
  }
  return decision;
}

/** The decision in an answer: `next()`, `stop()`, `retry()` or `fail(reason)` of the package, or the word alone. */
function readDecision(answer: unknown): EdgeDecision | null {
  const action = typeof answer === "string" ? answer : isObject(answer) ? answer.action : undefined;
  const rest = isObject(answer) ? answer : {};
  if (action === "next")
    return { action, ...(isObject(rest.parameters) ? { parameters: rest.parameters as Record<string, Json> } : {}) };
  if (action === "fail") return { action, reason: String(rest.reason ?? "The module of the workflow gave no reason.") };
  return action === "stop" || action === "retry" ? { action } : null;
}
