import type { DataTarget } from "../../../job/job.ts";

/** The statements of one job, in the order in which they run. */
export interface CompiledJob {
  /** Views over the sources and tables for intermediate results. */
  readonly setup: readonly string[];
  /** The rows of the job. When there is a target, the executor binds this SELECT, and `writeTo` makes a COPY of it. */
  readonly select: string;
  /** Each returns one number, `n`. */
  readonly facts: readonly { readonly name: string; readonly sql: string }[];
  readonly target?: DataTarget;
  /** The files keep the order of the rows. For a directory, `false` needs half the memory. */
  readonly ordered: boolean;
  /** The most rows that a SELECT may return. It returns one more when there are more, which tells that the result was cut. */
  readonly rowLimit?: number;
}

/** The most rows that a job without a target returns. */
export const maxRows = 10_000;
