/**
 * The API of a workflow's module. Mason calls its `step(current, next)` for each edge from a step that has ended; the module returns
 * a decision, made by one of the functions here.
 */
import type { Json } from "../json.ts";
import type { EdgeDecision, StepFailure, StepState } from "../model/run.ts";

/** A step that has ended, as the module sees it. */
export interface CurrentStep {
  readonly id: string;
  /** `table:query`. */
  readonly operator: string;
  readonly state: StepState;
  readonly outputs: Readonly<Record<string, Json>>;
  readonly parameters: Readonly<Record<string, Json>>;
  /** Why it failed, when it did. */
  readonly error?: StepFailure;
}

/** The step at the other end of the edge; references in its parameters are not resolved yet. */
export interface NextStep {
  readonly id: string;
  readonly operator: string;
  readonly parameters: Readonly<Record<string, Json>>;
}

/** The function that a workflow's module exports as `step`. */
export type StepFunction = (current: CurrentStep, next: NextStep) => EdgeDecision | Promise<EdgeDecision>;

/** Continues with the next step; `parameters` replace some of its own. */
export const next = (parameters?: Readonly<Record<string, Json>>): EdgeDecision => ({
  action: "next",
  ...(parameters === undefined ? {} : { parameters }),
});

/** Skips the next step; this does not fail the run. */
export const stop = (): EdgeDecision => ({ action: "stop" });

/** Fails the next step, and the run with it, for this reason. */
export const fail = (reason: string): EdgeDecision => ({ action: "fail", reason });

/** Tries the current step again, as often as its `retry` allows. */
export const retry = (): EdgeDecision => ({ action: "retry" });
