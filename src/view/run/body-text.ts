/** A valid operator or workflow, step by step, as text and JSON. */
import { visible } from "../../diagnostic/visible.ts";
import type { FlatStep } from "../../graph/expand.ts";
import type { Json, JsonObject } from "../../json.ts";
import { operatorName } from "../../operator/definition.ts";
import { widthOf } from "../layout.ts";

/** A validated operator or workflow. */
export interface ValidBody {
  readonly type: "operator" | "workflow";
  readonly name: string;
  readonly steps: readonly FlatStep[];
}

/** The number of retries that needs no mention. */
const usualRetries = 7;
const leastWidth = 24;

/** `Valid workflow table:export` and a line for each step. */
export function validBodyText({ type, name, steps }: ValidBody): string {
  const head = `Valid ${type} ${visible(name)}`;
  if (type === "operator") return `${head}\n`;
  const labels = steps.map((step) => visible(`${step.id} ${operatorName(step.operator.definition)}`));
  const width = labels.reduce((most, label) => Math.max(most, widthOf(label) + 2), leastWidth);
  const lines = steps.map((step, index) => {
    const label = labels[index] ?? "";
    const words = wordsOf(step).map(visible).join(", ");
    return `* ${label}${words === "" ? "" : " ".repeat(width - widthOf(label)) + words}`;
  });
  return `${[head, ...lines].join("\n")}\n`;
}

function wordsOf(step: FlatStep): readonly string[] {
  return [
    ...(step.dependencies.length === 0 ? [] : [`after ${step.dependencies.join(", ")}`]),
    ...(step.retry === undefined ? [] : [`retry ${step.retry}`]),
    ...(step.retry === undefined || step.retryMax === usualRetries
      ? []
      : [`at most ${step.retryMax} ${step.retryMax === 1 ? "time" : "times"}`]),
    ...(step.when === "succeeded" ? [] : [`when ${step.when}`]),
    ...(step.timeout === undefined ? [] : [`timeout ${step.timeout}`]),
  ];
}

/** The steps as JSON. */
export const stepsJson = (steps: readonly FlatStep[]): Json =>
  steps.map(
    (step): JsonObject => ({
      id: step.id,
      operator: operatorName(step.operator.definition),
      dependencies: [...step.dependencies],
      when: step.when,
      retry_method: step.retry ?? null,
      retry_max: step.retry === undefined ? null : step.retryMax,
      parameters: step.parameters,
    }),
  );
