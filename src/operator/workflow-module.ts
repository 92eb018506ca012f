/**
 * What a workflow's module works with: `step(current, next)` is asked about each edge from a step that has ended, and gives a decision
 * made by one of the functions here.
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

/** The step at the other end of the edge; references in its parameters are not filled in yet. */
export interface NextStep {
  readonly id: string;
  readonly operator: string;
  readonly parameters: Readonly<Record<string, Json>>;
}

/** What a workflow's module exports as `step`. */
export type StepFunction = (current: CurrentStep, next: NextStep) => EdgeDecision | Promise<EdgeDecision>;

/** The decision to go on, with other values for some parameters of the next step when there are any. */
export const next = (parameters?: Readonly<Record<string, Json>>): EdgeDecision => ({
  action: "next",
  ...(parameters === undefined ? {} : { parameters }),
});

/** The decision to leave the next step out; the run does not fail by that. */
export const stop = (): EdgeDecision => ({ action: "stop" });

/** The decision to fail the next step, and the run with it, for this reason. */
export const fail = (reason: string): EdgeDecision => ({ action: "fail", reason });

/** The decision to try the current step again, as often as its `retry` allows. */
export const retry = (): EdgeDecision => ({ action: "retry" });
