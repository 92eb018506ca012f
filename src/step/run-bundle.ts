/** Runs a bundle: all its steps in the order of the DAG, independent ones at once. */
import type { Bundle, BundleStep } from "../bundle/bundle.ts";
import { walk } from "../graph/walk.ts";
import type { Json } from "../json.ts";
import type { RunRecord, StepRecord } from "../model/run.ts";
import { formatDuration } from "../schedule/duration.ts";
import type { RunContext } from "./run-context.ts";
import { type PlacedStep, runStep } from "./run-step.ts";

/** The result of a run. `data` are the rows of the last step that returned any. */
export interface BundleRun {
  readonly run: RunRecord;
  readonly steps: readonly StepRecord[];
  readonly data: readonly Json[];
}

/** Runs all steps and closes the journal of the run. */
export async function runBundle(context: RunContext): Promise<BundleRun> {
  const { bundle, journal, clock } = context;
  const placed = placeSteps(bundle);
  const timeout = new AbortController();
  const stop = new AbortController();
  if (bundle.timeoutMs !== undefined) {
    void clock.sleep(bundle.timeoutMs, stop.signal).then(() => {
      if (!stop.signal.aborted) timeout.abort();
    });
  }
  const limited: RunContext = { ...context, signal: AbortSignal.any([context.signal, timeout.signal]) };
  const data = new Map<string, readonly Json[]>();
  const dependencies = new Map(bundle.steps.map((step) => [step.id, step.dependencies]));
  try {
    await walk(
      dependencies,
      context.parallelism,
      async (id) => {
        const step = placed.get(id);
        if (step === undefined) return;
        const run = await runStep(limited, step);
        if (run.data.length > 0) data.set(id, run.data);
      },
      limited.signal,
    );
  } finally {
    stop.abort();
  }
  await context.stillHeld?.();
  const steps = bundle.steps.map((step) => journal.step(step.id) ?? notReached(step));
  const run = { ...journal.run, ...ending(context, steps, timeout.signal.aborted), endedAt: clock.now().toISOString() };
  journal.end(run);
  const last = [...bundle.steps].reverse().find((step) => data.has(step.id));
  return { run, steps, data: data.get(last?.id ?? "") ?? [] };
}

/** Each step with its neighbours. */
export function placeSteps(bundle: Bundle): ReadonlyMap<string, PlacedStep> {
  const byId = new Map(bundle.steps.map((step) => [step.id, step]));
  const later = new Map<string, BundleStep[]>();
  for (const step of bundle.steps) {
    for (const id of step.dependencies) {
      const list = later.get(id);
      if (list === undefined) later.set(id, [step]);
      else list.push(step);
    }
  }
  return new Map(
    bundle.steps.map((step) => [
      step.id,
      { step, dependencies: step.dependencies.flatMap((id) => byId.get(id) ?? []), later: later.get(step.id) ?? [] },
    ]),
  );
}

const notReached = (step: BundleStep): StepRecord => ({
  step: step.id,
  operator: `${step.operator.namespace}:${step.operator.command}`,
  attempt: 1,
  tries: 0,
  state: "skipped",
  reason: "the run was stopped before",
  outputs: {},
  info: [],
  warnings: [],
});

/** The end of a run. It fails if any step failed for good, handled or not; its reason is that of the first failed step. */
function ending(
  context: RunContext,
  steps: readonly StepRecord[],
  timedOut: boolean,
): Pick<RunRecord, "state" | "error"> {
  if (timedOut && !context.signal.aborted)
    return {
      state: "failed",
      error: `The run took longer than its timeout of ${formatDuration(context.bundle.timeoutMs ?? 0)}. Raise "timeout", or make the run do less.`,
    };
  const failed = steps
    .filter((step) => step.state === "failed")
    .sort((a, b) => ((a.endedAt ?? "~") < (b.endedAt ?? "~") ? -1 : 1))[0];
  if (context.signal.aborted)
    return { state: "cancelled", error: failed?.error?.message ?? "The run was interrupted." };
  if (failed === undefined) return { state: "succeeded" };
  const single = steps.length === 1;
  return {
    state: "failed",
    error: single
      ? (failed.error?.message ?? "")
      : `Step "${failed.step}" (${failed.operator}): ${failed.error?.message ?? ""}`,
  };
}
