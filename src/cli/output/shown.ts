/** The types of progress: live, one line an event, or JSON. */
import type { Emit } from "../../apply/events.ts";
import type { StepRecord } from "../../model/run.ts";

/** The part of progress that prints. */
export type Shown = Pick<Progress, "emit" | "live" | "expect" | "end">;

/** A receiver of events until it ends. */
export interface Progress {
  readonly emit: Emit;
  /** True if it redraws itself, and its text is gone afterwards. */
  readonly live: boolean;
  /** The records of ended steps, by the address of their deployment. */
  readonly steps: ReadonlyMap<string, readonly StepRecord[]>;
  /** Sets the total number of stages. */
  expect(total: number): void;
  end(): Promise<void>;
}
