/** What shows the events of an apply or run: live, a line each, or as JSON. */
import type { Emit } from "../../apply/events.ts";
import type { StepRecord } from "../../model/run.ts";

/** The part of progress that shows. */
export type Shown = Pick<Progress, "emit" | "live" | "expect" | "end">;

/** Takes events until it is ended. */
export interface Progress {
  readonly emit: Emit;
  /** True when it redraws itself, so that what it showed is gone afterwards. */
  readonly live: boolean;
  /** How steps ended, by the address of their deployment. */
  readonly steps: ReadonlyMap<string, readonly StepRecord[]>;
  /** How many stages there are in all. */
  expect(total: number): void;
  end(): Promise<void>;
}
