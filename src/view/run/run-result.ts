/** The result of a run by hand: the envelope shared by the command, the library and the server, and the reason of a failure. */
import { type Diagnostic, error, hasErrors } from "../../diagnostic/diagnostic.ts";
import { diagnosticJson } from "../../diagnostic/frame.ts";
import type { Json, JsonObject } from "../../json.ts";
import type { RunRecord, StepRecord } from "../../model/run.ts";
import { mismatchesJson } from "./mismatches.ts";

/** The outcome of a run. */
export interface RunEnvelope {
  readonly status: "succeeded" | "failed";
  /** Absent if nothing was started. */
  readonly runId?: string;
  readonly data: readonly Json[];
  readonly info: readonly string[];
  readonly warnings: readonly string[];
  readonly errors: readonly Diagnostic[];
  readonly steps: readonly StepRecord[];
}

/** The envelope of a run that was not started. */
export const notStarted = (diagnostics: readonly Diagnostic[]): RunEnvelope => ({
  status: hasErrors(diagnostics) ? "failed" : "succeeded",
  data: [],
  info: [],
  warnings: warningsOf(diagnostics),
  errors: diagnostics.filter((diagnostic) => diagnostic.severity === "error"),
  steps: [],
});

/** The details of all warnings. */
export const warningsOf = (diagnostics: readonly Diagnostic[]): readonly string[] =>
  diagnostics.filter((diagnostic) => diagnostic.severity === "warning").map((diagnostic) => diagnostic.detail);

/** The envelope of an ended run. With `single` (one operator), sentences need no step name. */
export function envelopeOf(
  ended: { readonly run: RunRecord; readonly steps: readonly StepRecord[]; readonly data: readonly Json[] },
  single: boolean,
  before: readonly Diagnostic[],
): RunEnvelope {
  const { run, steps, data } = ended;
  const said = (of: (step: StepRecord) => readonly string[]) =>
    steps.flatMap((step) => of(step).map((text) => (single ? text : `${step.step}: ${text}`)));
  return {
    status: run.state === "succeeded" ? "succeeded" : "failed",
    runId: run.id,
    data,
    info: said((step) => step.info),
    warnings: [...warningsOf(before), ...said((step) => step.warnings)],
    errors: run.state === "succeeded" ? [] : [failureOf(run, steps, single)],
    steps,
  };
}

/** The reason why a run did not succeed, with the state of each step. */
export function failureOf(run: RunRecord, steps: readonly StepRecord[], single: boolean): Diagnostic {
  const cancelled = run.state === "cancelled";
  const reason = cancelled ? "The run was interrupted, and its work was stopped." : (run.error ?? "It failed.");
  const overview = single ? [] : stepOverview(steps, reason);
  const detail = [reason, ...overview, `See "mason runs logs ${run.id}".`].join(overview.length > 0 ? "\n" : " ");
  return error({
    code: cancelled ? "run/cancelled" : "run/failed",
    summary: cancelled ? "Run interrupted" : "Run failed",
    detail,
    address: run.address,
  });
}

/** A line for each step, indented: `step_4 job:get       skipped: step "step_3" failed`. A line does not repeat the reason. */
function stepOverview(steps: readonly StepRecord[], reason: string): readonly string[] {
  const names = steps.map((step) => `${step.step} ${step.operator}`);
  const width = names.reduce((most, name) => Math.max(most, name.length), 0);
  return steps.map((step, index) => {
    const why = step.error?.message ?? step.reason ?? "";
    const line = why === "" || reason.endsWith(why) ? "" : `: ${why.split("\n")[0]}`;
    return `  ${(names[index] ?? "").padEnd(width)}  ${step.state}${line}`;
  });
}

/** The envelope as JSON. Fields are only ever added. */
export const envelopeJson = (envelope: RunEnvelope): JsonObject => ({
  status: envelope.status,
  data: [...envelope.data],
  info: [...envelope.info],
  warnings: [...envelope.warnings],
  errors: envelope.errors.map(diagnosticJson),
  run_id: envelope.runId ?? null,
  steps: envelope.steps.map(stepJson),
});

const stepJson = (step: StepRecord): JsonObject => ({
  id: step.step,
  operator: step.operator,
  status: step.state,
  tries: step.tries,
  outputs: step.outputs,
  ...mismatchesJson(step.mismatches),
  ...(step.error === undefined ? {} : { error: { code: step.error.code, message: step.error.message } }),
  ...(step.reason === undefined ? {} : { reason: step.reason }),
});
