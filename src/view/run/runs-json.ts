/** Runs as JSON: the same facts as the text. Fields are only ever added. */
import type { Json, JsonObject } from "../../json.ts";
import type { RunRecord, StepRecord } from "../../model/run.ts";
import { mismatchesJson } from "./mismatches.ts";
import { durationOf } from "./runs-text.ts";

/** A run without its steps. */
export function runJson(run: RunRecord, now: Date): JsonObject {
  return {
    id: run.id,
    key: run.key,
    address: run.address,
    state: run.state,
    at: run.at,
    started_at: run.startedAt,
    ended_at: run.endedAt,
    duration_ms: durationOf(run, now),
    bundle: run.bundle,
    environment: run.environment,
    error: run.error,
  };
}

/** A run with its steps. */
export const runWithSteps = (run: RunRecord, steps: readonly StepRecord[], now: Date): JsonObject => ({
  ...runJson(run, now),
  steps: steps.map((step) => stepJson(step, now)),
});

function stepJson(step: StepRecord, now: Date): Json {
  return {
    step: step.step,
    operator: step.operator,
    state: step.state,
    attempt: step.attempt,
    tries: step.tries,
    started_at: step.startedAt,
    ended_at: step.endedAt,
    duration_ms: durationOf(step, now),
    outputs: step.outputs,
    info: [...step.info],
    warnings: [...step.warnings],
    ...mismatchesJson(step.mismatches),
    error: step.error === undefined ? undefined : { ...step.error },
    reason: step.reason,
  };
}
