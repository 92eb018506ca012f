/** Events of an apply or a run: for progress on a terminal, lines in CI, and one JSON object per line. */
import type { Address } from "../address.ts";
import type { Diagnostic } from "../diagnostic/diagnostic.ts";
import type { RunEvent } from "../model/run-event.ts";
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
  | RunEvent;

/** A receiver of events. It must not throw. */
export type Emit = (event: ApplyEvent) => void;
