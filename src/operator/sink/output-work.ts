/** What the strategies of a sink share: their input, their result, and the refusals. */
import type { Storage } from "../../engine/storage.ts";
import type { DataTarget } from "../../job/job.ts";
import type { Job } from "../../model/job.ts";
import { ProviderError } from "../../provider/error.ts";
import type { OperatorContext } from "../operator.ts";

/** One output to write. */
export interface SinkWork {
  readonly storage: Storage;
  readonly context: OperatorContext;
  readonly path: string;
  readonly shape: "file" | "directory";
  readonly overwrite: boolean;
  /** Another job ran under this token before, so what the engine knows about the token is not about this output. */
  readonly isLaterJob: boolean;
}

/** A place for a job to write to. */
export interface PreparedSink {
  readonly place: Pick<DataTarget, "uri" | "published">;
  /** Makes what the job wrote the output. */
  commit(done: Job): Promise<void>;
  /** Removes what was written and leaves the old output unchanged. */
  abandon(): Promise<void>;
}

/** An output of interrupted attempts. */
export interface InterruptedOutput {
  readonly path: string;
  /** Whether a token belongs to one of these attempts. */
  readonly isTheirs: (token: string) => boolean;
}

/** The job that ran under a token before, or `null`. */
export const earlierJob = async (
  { context, isLaterJob }: Pick<SinkWork, "context" | "isLaterJob">,
  token: string,
): Promise<Job | null> => (isLaterJob ? null : ((await context.engines.execution?.findJob?.(token)) ?? null));

/** Throws when the work was cancelled: nothing is published any more. */
export function refuseCancelled({ signal }: OperatorContext): void {
  if (signal.aborted) throw new ProviderError("cancelled", "The work was cancelled before its output was published.");
}

/** The text of a failure, for a log. */
export const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
