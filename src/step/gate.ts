/** Decides whether a step starts once its dependencies have ended: by its `when`, or by the step module's decisions for its edges. */
import type { BundleStep } from "../bundle/bundle.ts";
import type { Json } from "../json.ts";
import type { EdgeDecision, StepRecord } from "../model/run.ts";

/** The decision: start with extra parameters, skip, or fail at once. */
export type Gate =
  | { readonly start: true; readonly parameters: Readonly<Record<string, Json>> }
  | { readonly start: false; readonly state: "skipped" | "failed"; readonly reason: string };

/** A dependency with its record. Without a record it counts as failed. */
export interface Ended {
  readonly step: BundleStep;
  readonly record: StepRecord | null;
}

/** The gate of a step. `recordOf` gives the records of the steps that its gates name. */
export function gateOf(
  step: BundleStep,
  dependencies: readonly Ended[],
  recordOf: (id: string) => StepRecord | null = () => null,
): Gate {
  for (const gate of step.gates ?? []) {
    const ended = gate.dependencies.map((id): readonly [string, StepRecord | null] => [id, recordOf(id)]);
    const held = byWhen(gate.when, partsOf(step.id, ended));
    if (held !== null) return held;
  }
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
  const ended = rest.map((dependency): readonly [string, StepRecord | null] => [dependency.step.id, dependency.record]);
  return byWhen(step.when, partsOf(step.id, ended)) ?? { start: true, parameters };
}

const skip = (reason: string): Gate => ({ start: false, state: "skipped", reason });

const stateText = (record: StepRecord | null) => {
  switch (record?.state) {
    case undefined:
      return "has not run";
    case "skipped":
      return "was skipped";
    case "cancelled":
      return "was cancelled";
    default:
      return record?.state ?? "";
  }
};

/** One dependency: a step, or all steps of a nested workflow as one. */
interface Part {
  readonly state: "succeeded" | "failed" | "skipped";
  readonly said: string;
}

function partsOf(stepId: string, ended: readonly (readonly [string, StepRecord | null])[]): readonly Part[] {
  const groups = new Map<string, (readonly [string, StepRecord | null])[]>();
  for (const item of ended) {
    const key = partName(stepId, item[0]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return [...groups.values()].map(partOf);
}

/** The name of another step as this step sees it: `step_2` for `step_2/step_1`, seen from `step_3`. */
function partName(stepId: string, id: string): string {
  const [own, other] = [stepId.split("/").slice(0, -1), id.split("/")];
  const common = own.findIndex((part, index) => part !== other[index]);
  return other.slice(0, (common < 0 ? own.length : common) + 1).join("/");
}

/** Steps of one workflow as one part. It failed if any of its steps failed, handled or not; skipped steps do not count. */
function partOf(ended: readonly (readonly [string, StepRecord | null])[]): Part {
  const find = (fits: (record: StepRecord | null) => boolean) => ended.find(([, record]) => fits(record));
  const failed = find((record) => record === null || record.state === "failed" || record.state === "cancelled");
  const [id = "", record = null] = failed ?? find((item) => item?.state === "succeeded") ?? ended[0] ?? [];
  const state = failed !== undefined ? "failed" : record?.state === "succeeded" ? "succeeded" : "skipped";
  return { state, said: `step "${id}" ${stateText(record)}` };
}

function byWhen(when: BundleStep["when"], parts: readonly Part[]): Gate | null {
  const failed = parts.find((part) => part.state === "failed");
  switch (when) {
    case "always":
      return null;
    case "failed":
      return failed === undefined && parts.length > 0 ? skip("no step before it failed") : null;
    case "succeeded": {
      const missing = failed ?? parts.find((part) => part.state !== "succeeded");
      return missing === undefined ? null : skip(missing.said);
    }
  }
}
