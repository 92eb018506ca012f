/** Whether a step starts when all its dependencies have ended: by its `when`, or by what a step module decided for its edges. */
import type { Json } from "../json.ts";
import type { EdgeDecision, StepRecord } from "../model/run.ts";
import type { BundleStep } from "../plan/bundle.ts";

/** Start with these parameters on top, be skipped, or fail at once. */
export type Gate =
  | { readonly start: true; readonly parameters: Readonly<Record<string, Json>> }
  | { readonly start: false; readonly state: "skipped" | "failed"; readonly reason: string };

/** A dependency with its record; one without a record counts as failed. */
export interface Ended {
  readonly step: BundleStep;
  readonly record: StepRecord | null;
}

/** Looks at all dependencies of a step. */
export function gateOf(step: BundleStep, dependencies: readonly Ended[]): Gate {
  const decided = dependencies.filter((dependency) => dependency.step.stepModule !== undefined);
  const parameters: Record<string, Json> = {};
  for (const { step: before, record } of decided) {
    const decision: EdgeDecision | undefined = record?.decisions?.[step.id];
    if (decision === undefined) return skip(`step "${before.id}" ${stateText(record)}`);
    if (decision.action === "fail") return { start: false, state: "failed", reason: decision.reason };
    if (decision.action !== "next") return skip(`the workflow's module stopped after step "${before.id}"`);
    Object.assign(parameters, decision.parameters);
  }
  const rest = dependencies.filter((dependency) => dependency.step.stepModule === undefined);
  return byWhen(step, rest) ?? { start: true, parameters };
}

const skip = (reason: string): Gate => ({ start: false, state: "skipped", reason });

const stateText = (record: StepRecord | null) =>
  record === null
    ? "has not run"
    : record.state === "skipped"
      ? "was skipped"
      : record.state === "cancelled"
        ? "was cancelled"
        : record.state;

function byWhen(step: BundleStep, dependencies: readonly Ended[]): Gate | null {
  const failed = dependencies.find(
    ({ record }) => record === null || record.state === "failed" || record.state === "cancelled",
  );
  switch (step.when) {
    case "always":
      return null;
    case "failed":
      return failed === undefined && dependencies.length > 0 ? skip("no step before it failed") : null;
    case "succeeded": {
      const missing = failed ?? dependencies.find(({ record }) => record?.state !== "succeeded");
      return missing === undefined ? null : skip(`step "${missing.step.id}" ${stateText(missing.record)}`);
    }
  }
}
