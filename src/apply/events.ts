/** What an apply or a run tells while it goes on: for progress on a terminal, lines in CI, and one JSON object a line. */
import type { Address } from "../address.ts";
import type { Diagnostic } from "../diagnostic/diagnostic.ts";
import type { RunEvent } from "../model/run-event.ts";
import type { Action } from "../plan/action.ts";

/** How a stage ended. */
export type StageStatus = "done" | "failed" | "skipped" | "cancelled";

/** What became of a stage. */
export interface StageResult {
  readonly address: Address;
  readonly action: Action;
  readonly status: StageStatus;
  /** What was done, in a few words, or why nothing was. */
  readonly detail: string;
  /** The run of a deployment. */
  readonly run?: string;
  readonly problem?: Diagnostic;
}

/** One thing that happened; `address` is that of the stage, or of what is run by hand. */
export type ApplyEvent =
  | { readonly type: "stage_start"; readonly address: Address; readonly action: Action }
  | { readonly type: "stage_end"; readonly result: StageResult }
  | RunEvent;

/** Takes events; must not throw. */
export type Emit = (event: ApplyEvent) => void;
