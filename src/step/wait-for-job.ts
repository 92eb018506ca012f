/** Submits a job to an execution engine and waits for its end: with the engine's own wait if it has one, else by polling. */
import type { Execution } from "../engine/execution.ts";
import type { CanonicalJob } from "../job/job.ts";
import type { Clock } from "../model/clock.ts";
import { hasEnded, type Job } from "../model/job.ts";
import type { ProviderErrorCode } from "../model/provider-error-code.ts";
import { ProviderError } from "../provider/error.ts";

/** The input for a job. */
export interface ComputeOptions {
  readonly execution: Execution | undefined;
  /** True if the engine's jobs outlive this process: then an accepted job is returned without waiting. */
  readonly detached: boolean;
  readonly token: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly progress: (part: number) => void;
}

/** The ended job. Throws ProviderError if it failed or was cancelled. */
export async function compute(job: CanonicalJob, options: ComputeOptions): Promise<Job> {
  const { execution, signal } = options;
  if (execution === undefined)
    throw new ProviderError("unsupported", "The config has no execution engine. Choose a config that has one.");
  const submitted = await execution.submit(job, options.token, { signal });
  if (options.detached) return submitted;
  const ended = hasEnded(submitted) ? submitted : await waitFor(execution, submitted, options);
  if (ended.state === "succeeded") return ended;
  if (ended.state === "cancelled") throw new ProviderError("cancelled", "The job was cancelled.");
  throw new ProviderError(
    (ended.errorCode as ProviderErrorCode | undefined) ?? "failed",
    ended.error ?? `The job "${ended.id}" failed.`,
  );
}

async function waitFor(
  execution: Execution,
  submitted: Job,
  { signal, progress, clock }: ComputeOptions,
): Promise<Job> {
  try {
    if (execution.waitJob !== undefined) return await execution.waitJob(submitted.id, { signal, progress });
    for (let wait = 500; ; wait = Math.min(wait * 1.5, 10_000)) {
      const job = await execution.getJob(submitted.id);
      if (job === null) throw new ProviderError("not_found", `The engine no longer knows the job "${submitted.id}".`);
      if (job.progress !== undefined) progress(job.progress);
      if (hasEnded(job)) return job;
      await clock.sleep(wait, signal);
      if (signal.aborted) throw new ProviderError("cancelled", "The job was cancelled.");
    }
  } catch (thrown) {
    if (signal.aborted) await execution.cancelJob(submitted.id).catch(() => undefined);
    throw thrown;
  }
}
