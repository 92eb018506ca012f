/** What a run tells while its steps go on. `address` is that of the deployment, or of what is run by hand. */
import type { Address } from "../address.ts";
import type { StepRecord } from "./run.ts";

/** One thing that happened to a step. */
export type RunEvent =
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
