/** Events of an apply or a run: for progress on a terminal, lines in CI, and one JSON object per line. */
import type { Address } from "../address.ts";
import type { Diagnostic } from "../diagnostic/diagnostic.ts";
import type { StepRecord } from "../model/run.ts";
import type { Action } from "../plan/action.ts";

/** How a stage ended. */
export type StageStatus = "done" | "failed" | "skipped" | "cancelled";

/** The result of a stage. */
export interface StageResult {
  readonly address: Address;
  readonly action: Action;
  readonly status: StageStatus;
  /** A few words on what was done, or on why nothing was. */
  readonly detail: string;
  /** The run of a deployment. */
  readonly run?: string;
  readonly problem?: Diagnostic;
}

/** One event. `address` is that of the stage, or of the resource that somebody runs by hand. */
export type ApplyEvent =
  | { readonly type: "stage_start"; readonly address: Address; readonly action: Action }
  | { readonly type: "stage_end"; readonly result: StageResult }
  | { readonly type: "step_start"; readonly address: Address; readonly step: string; readonly operator: string }
  | { readonly type: "step_progress"; readonly address: Address; readonly step: string; readonly part: number }
  | { readonly type: "step_log"; readonly address: Address; readonly step: string; readonly line: string }
  | {
      readonly type: "step_retry";
      readonly address: Address;
      readonly step: string;
      readonly tries: number;
      readonly delayMs: number;
      readonly reason: string;
    }
  | { readonly type: "step_end"; readonly address: Address; readonly record: StepRecord };

/** A receiver of events. It must not throw. */
export type Emit = (event: ApplyEvent) => void;
