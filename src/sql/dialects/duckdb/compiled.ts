import type { DataTarget } from "../../../job/job.ts";

/** The statements of one job, in the order in which they run. */
export interface CompiledJob {
  /** Views over the sources and tables for intermediate results. */
  readonly setup: readonly string[];
  /** COPY to the target, or a SELECT when the job has none. */
  readonly main: string;
  /** Each returns one number, `n`. */
  readonly facts: readonly { readonly name: string; readonly sql: string }[];
  readonly target?: DataTarget;
  /** The most rows that a SELECT may return. It returns one more when there are more, which tells that the result was cut. */
  readonly rowLimit?: number;
}

/** The most rows that a job without a target returns. */
export const maxRows = 10_000;
