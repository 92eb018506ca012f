/**
 * Runs one step, from the check of its dependencies to the record of its end. It is the same for every scheduler. A step that ended in
 * this attempt or a later one does not run again.
 */

import type { BundleStep } from "../bundle/bundle.ts";
import { declaredEffects } from "../bundle/effects.ts";
import { Diagnosed } from "../diagnostic/diagnostic.ts";
import type { Json } from "../json.ts";
import type { EdgeDecision, StepFailure, StepRecord } from "../model/run.ts";
import { operatorName } from "../operator/definition.ts";
import type { OperatorResult, Parameters } from "../operator/operator.ts";
import { ProviderError } from "../provider/error.ts";
import { formatDuration } from "../schedule/duration.ts";
import { retryDelay } from "../schedule/retry.ts";
import { endIsUnknown, nextAttempt, reuseEarlierEnd, stepIdentity } from "./earlier-run.ts";
import { decideEdges } from "./edges.ts";
import { type Ended, gateOf } from "./gate.ts";
import { stepParameters } from "./parameters.ts";
import type { RunContext } from "./run-context.ts";
import { settled } from "./settled.ts";
import { stepToken } from "./token.ts";
import { stepWork, type Try } from "./work.ts";

/** A step among the others of its bundle. */
export interface PlacedStep {
  readonly step: BundleStep;
  readonly dependencies: readonly BundleStep[];
  readonly later: readonly BundleStep[];
}

/** A step's record, and the rows that its operator returned. The rows are not stored. */
export interface StepRun {
  readonly record: StepRecord;
  readonly data: readonly Json[];
}

/** Runs a step unless it has already ended. A failure of an operator or provider never throws. */
export async function runStep(context: RunContext, placed: PlacedStep, asked = 1): Promise<StepRun> {
  const { step } = placed;
  const known = context.journal.step(step.id);
  if (known !== null && known.state !== "running" && known.attempt >= asked) return { record: known, data: [] };
  const ended: readonly Ended[] = placed.dependencies.map((dependency) => ({
    step: dependency,
    record: context.journal.step(dependency.id),
  }));
  const gate = gateOf(step, ended, (id) => context.journal.step(id));
  const start = {
    step: step.id,
    operator: operatorName(step.operator),
    attempt: asked,
    tries: 0,
    outputs: {},
    info: [],
    warnings: [],
  };
  if (!gate.start) {
    const failure =
      gate.state === "failed" ? { error: { code: "stopped" as const, message: gate.reason } } : { reason: gate.reason };
    return finish(context, { record: { ...start, state: gate.state, ...failure }, data: [] });
  }
  const identity = stepIdentity(context, step, gate.parameters);
  const earlier = context.journal.earlier(step.id);
  const attempt = Math.max(asked, nextAttempt(earlier, identity));
  const base = { ...start, attempt };
  const taken = await reuseEarlierEnd(context, step, base, identity);
  // An unchanged record does and writes nothing, so the lease does not matter.
  if (taken === null || taken !== earlier) await context.stillHeld?.();
  if (taken !== null) {
    context.journal.putStep(taken);
    const record = taken.state === "succeeded" ? { ...taken, info: ["Done in an earlier run."] } : taken;
    context.emit({ type: "step_end", address: context.bundle.address, record });
    return { record: taken, data: [] };
  }
  context.emit({ type: "step_start", address: context.bundle.address, step: step.id, operator: base.operator });
  const startedAt = context.clock.now().toISOString();
  const decided = identity === null ? {} : { identity };
  context.journal.putStep({ ...base, state: "running", startedAt, ...decided });
  const end = await tries(context, placed, gate.parameters, attempt);
  await context.stillHeld?.();
  const endedAt = context.clock.now().toISOString();
  const jobs = context.journal.step(step.id)?.jobs;
  const started = jobs === undefined ? {} : { jobs };
  const record: StepRecord = { ...base, ...end.record, startedAt, endedAt, ...decided, ...started };
  return finish(context, { record, data: end.data });
}

function finish(context: RunContext, run: StepRun): StepRun {
  context.journal.putStep(run.record);
  context.emit({ type: "step_end", address: context.bundle.address, record: run.record });
  return run;
}

type End = {
  readonly record: Pick<StepRecord, "state" | "tries" | "outputs" | "info" | "warnings"> & Partial<StepRecord>;
  readonly data: readonly Json[];
};

/** Tries the step until it succeeds, fails for good, or runs out of tries. */
async function tries(
  context: RunContext,
  placed: PlacedStep,
  given: Readonly<Record<string, Json>>,
  attempt: number,
): Promise<End> {
  const { step } = placed;
  for (let count = 1; ; count++) {
    const outcome = await oneTry(context, step, given, attempt, count);
    const decided = await edges(context, placed, outcome);
    const wantsRetry = decided.asked || outcome.retryable;
    const mayRetry = step.retry !== undefined && count <= step.retryMax && !context.signal.aborted;
    if (!wantsRetry || !mayRetry || step.retry === undefined)
      return endOf(outcome, decided, count, context.signal.aborted);
    const delayMs = retryDelay(step.retry, count);
    const reason = outcome.error?.message ?? "the workflow's module asked for it";
    context.journal.log(
      step.id,
      context.clock.now().toISOString(),
      `Trying again in ${formatDuration(delayMs)}: ${reason}`,
    );
    context.emit({ type: "step_retry", address: context.bundle.address, step: step.id, tries: count, delayMs, reason });
    await context.clock.sleep(delayMs, context.signal);
    await context.stillHeld?.();
    if (context.signal.aborted) return endOf(outcome, decided, count, true);
  }
}

interface Outcome {
  readonly result?: OperatorResult;
  readonly parameters: Parameters;
  readonly error?: StepFailure;
  readonly retryable: boolean;
}

async function oneTry(
  context: RunContext,
  step: BundleStep,
  given: Readonly<Record<string, Json>>,
  attempt: number,
  count: number,
): Promise<Outcome> {
  const timeout = new AbortController();
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, timeout.signal]);
  // The wait for a slot does not count. A step that was stopped while it waited does nothing.
  const begin = () => {
    if (signal.aborted) throw new ProviderError("cancelled", "The step was cancelled before it started.");
    if (step.timeoutMs === undefined) return;
    void context.clock.sleep(step.timeoutMs, stop.signal).then(() => {
      if (!stop.signal.aborted) timeout.abort();
    });
  };
  let parameters: Parameters = {};
  const log = (line: string) => {
    context.journal.log(step.id, context.clock.now().toISOString(), line);
    context.emit({ type: "step_log", address: context.bundle.address, step: step.id, line });
  };
  try {
    parameters = stepParameters(context, step, given);
    refuseEffects(context, step, parameters);
    const clients = Object.values(context.configs.get(step.configId)?.engines ?? {});
    const result = await context.limits.use(["*", ...new Set(clients)], () => {
      begin();
      const given: Try = {
        step,
        parameters,
        token:
          interruptedToken(context, step, attempt, count) ?? stepToken(context.journal.run.id, step.id, attempt, count),
        supersedes: cutOffTokens(context, step, attempt),
        signal,
        log,
        progress: (part) =>
          context.emit({ type: "step_progress", address: context.bundle.address, step: step.id, part }),
      };
      return settled(context.onStall, `Operator "${operatorName(step.operator)}" of step "${step.id}"`, () =>
        stepWork(context, given),
      );
    });
    return { result, parameters, retryable: false };
  } catch (thrown) {
    const outcome = failureOf(thrown, timeout.signal.aborted, step);
    log(`Failed: ${outcome.error.message}`);
    return { ...outcome, parameters };
  } finally {
    stop.abort();
  }
}

/** Asks the guard about what the step touches, now that all of its parameters are known. */
function refuseEffects({ guard, configs, engines }: RunContext, step: BundleStep, parameters: Parameters): void {
  const config = configs.get(step.configId);
  if (guard === undefined || config === undefined) return;
  const effects = declaredEffects(step, { parameters, unknown: new Set(), sql: new Map() }, config, engines);
  const refused = guard(effects, parameters);
  if (refused !== null) throw new ProviderError("denied", refused);
}

/** The token of an interrupted try that this one continues: its job may still run, and its output is named after it. */
function interruptedToken(context: RunContext, step: BundleStep, attempt: number, count: number): string | undefined {
  const earlier = context.journal.earlier(step.id);
  const isSame = earlier !== null && endIsUnknown(earlier) && earlier.attempt === attempt && count === 1;
  return isSame ? earlier.jobs?.at(-1)?.tryToken : undefined;
}

/** Tokens of the interrupted tries of an earlier attempt: it is unknown how far they got. */
function cutOffTokens(context: RunContext, step: BundleStep, attempt: number): readonly string[] {
  const earlier = context.journal.earlier(step.id);
  if (earlier === null || !endIsUnknown(earlier) || earlier.attempt === attempt) return [];
  return Array.from({ length: step.retryMax + 1 }, (_, at) =>
    stepToken(context.journal.run.id, step.id, earlier.attempt, at + 1),
  );
}

function failureOf(
  thrown: unknown,
  timedOut: boolean,
  step: BundleStep,
): { readonly error: StepFailure; readonly retryable: boolean } {
  if (timedOut)
    return {
      error: {
        code: "timeout",
        message: `Step "${step.id}" took longer than its timeout of ${formatDuration(step.timeoutMs ?? 0)}. Raise "timeout", or make the step do less.`,
      },
      retryable: false,
    };
  if (thrown instanceof ProviderError)
    return { error: { code: thrown.code, message: thrown.message }, retryable: thrown.retryable };
  if (thrown instanceof Diagnosed)
    return {
      error: { code: "invalid", message: thrown.diagnostics.map((diagnostic) => diagnostic.detail).join(" ") },
      retryable: false,
    };
  throw thrown;
}

interface Decided {
  readonly decisions: Readonly<Record<string, EdgeDecision>>;
  /** True if the module wants another try. */
  readonly asked: boolean;
  readonly error?: StepFailure;
}

async function edges(context: RunContext, { step, later }: PlacedStep, outcome: Outcome): Promise<Decided> {
  if (step.stepModule === undefined) return { decisions: {}, asked: false };
  const state = outcome.error === undefined ? "succeeded" : "failed";
  try {
    const decisions = await decideEdges(context, step, later, {
      state,
      outputs: outcome.result?.outputs ?? {},
      parameters: outcome.parameters,
      ...(outcome.error === undefined ? {} : { error: outcome.error }),
    });
    return { decisions, asked: Object.values(decisions).some((decision) => decision.action === "retry") };
  } catch (thrown) {
    return { decisions: {}, asked: false, error: failureOf(thrown, false, step).error };
  }
}

function endOf(outcome: Outcome, decided: Decided, count: number, cancelled: boolean): End {
  const given = outcome.result;
  const exhausted: StepFailure | undefined = decided.asked
    ? {
        code: "failed",
        message: `The workflow's module asked for another try after ${count}, but none is left.`,
      }
    : undefined;
  const error = outcome.error ?? decided.error ?? exhausted;
  const state = error === undefined ? "succeeded" : cancelled || error.code === "cancelled" ? "cancelled" : "failed";
  return {
    record: {
      state,
      tries: count,
      outputs: given?.outputs ?? {},
      info: given?.info ?? [],
      warnings: given?.warnings ?? [],
      ...(given?.mismatches === undefined ? {} : { mismatches: given.mismatches }),
      ...(error === undefined ? {} : { error }),
      ...(Object.keys(decided.decisions).length === 0 ? {} : { decisions: decided.decisions }),
    },
    data: given?.data ?? [],
  };
}
