import type { DataTarget } from "../../../job/job.ts";

/** Statements of one job, in the order in which they run. */
export interface CompiledJob {
  /** Views over the sources and tables for intermediate results. */
  readonly setup: readonly string[];
  /** COPY to the target, or a SELECT when there is none. */
  readonly main: string;
  /** Each gives one number, `n`. */
  readonly facts: readonly { readonly name: string; readonly sql: string }[];
  readonly target?: DataTarget;
  /** How many rows a SELECT may give; it gives one more when there are more, so that "cut" can be said. */
  readonly rowLimit?: number;
}

/** How many rows a job without a target gives at most. */
export const maxRows = 10_000;
