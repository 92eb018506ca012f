/**
 * Submits work to an execution engine and waits for its end. All waiting for engines is done here. A job that was submitted before is not
 * submitted again: the record of the step has its handle, or the engine finds it by its token.
 */
import type { Execution } from "../engine/execution.ts";
import type { Work } from "../job/job.ts";
import { sameJson } from "../json.ts";
import type { Clock } from "../model/clock.ts";
import { handleOf, hasEnded, type Job } from "../model/job.ts";
import type { ProviderErrorCode } from "../model/provider-error-code.ts";
import type { StepJob } from "../model/run.ts";
import { ProviderError } from "../provider/error.ts";

/** The input for a job. */
export interface ComputeOptions {
  readonly execution: Execution | undefined;
  /** What finds a job whose answer was lost. */
  readonly find: "token" | "name" | "none";
  readonly token: string;
  /** The job of this token in the record of an interrupted run. */
  readonly known: Omit<StepJob, "tryToken"> | null;
  /** Records the job; called before the engine is asked again. */
  readonly record: (job: Omit<StepJob, "tryToken">) => void;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly progress: (part: number) => void;
}

/** Failures in a row after which a look at a job gives up: with the waits between them, some ten minutes. */
const mostFailures = 60;
const [firstWait, longestWait, mostPatience] = [200, 10_000, 1000];

/** The ended job. Throws ProviderError if it failed or was cancelled. */
export async function compute(work: Work, options: ComputeOptions): Promise<Job> {
  const { execution } = options;
  if (execution === undefined)
    throw new ProviderError("unsupported", "The config has no execution engine. Choose a config that has one.");
  const started = (await earlierJob(execution, options)) ?? (await submitOnce(execution, work, options));
  const ended = await waitFor(execution, started, options);
  if (ended.state === "succeeded") return ended;
  if (ended.state === "cancelled") throw new ProviderError("cancelled", "The job was cancelled.");
  throw new ProviderError(
    (ended.errorCode as ProviderErrorCode | undefined) ?? "failed",
    ended.error ?? `The job "${ended.id}" failed.`,
  );
}

/** The job that the record names, if the engine still knows it and it may succeed. */
async function earlierJob(execution: Execution, options: ComputeOptions): Promise<Job | null> {
  const { known } = options;
  if (known === null) return null;
  const found = await look(options, () => execution.getJob(handleOf(known), { signal: options.signal }));
  return found === null || found.state === "failed" || found.state === "cancelled" ? null : found;
}

/** Submits the job. If the answer is lost, the engine is asked for the job, and no second one is started. */
async function submitOnce(execution: Execution, work: Work, options: ComputeOptions): Promise<Job> {
  const { find, token, signal } = options;
  const submit = () => execution.submit(work, token, { signal });
  if (find === "none") return submit().catch((thrown) => Promise.reject(lost(thrown)));
  let isFirst = true;
  return look(options, async () => {
    const found = isFirst || find === "token" ? null : await execution.findJob?.(token);
    isFirst = false;
    return found ?? submit();
  });
}

/** A failure of an engine that can't find the job again: whether it runs is unknown. */
function lost(thrown: unknown): unknown {
  if (!(thrown instanceof ProviderError) || !thrown.retryable) return thrown;
  return new ProviderError("unknown", `It is not known whether the engine started the job. ${thrown.message}`, {
    cause: thrown,
    retryable: false,
  });
}

async function waitFor(execution: Execution, started: Job, options: ComputeOptions): Promise<Job> {
  const { token, record, clock, signal, progress } = options;
  let job = started;
  const keep = () => record({ token, id: job.id, ...(job.handle === undefined ? {} : { handle: job.handle }) });
  keep();
  try {
    for (let wait = firstWait; !hasEnded(job); wait = Math.min(wait * 1.2, longestWait)) {
      // An engine that waits by itself is asked each second, for its progress.
      const patience = Math.min(wait, mostPatience);
      const asked = clock.now().getTime();
      const seen = await look(options, () => execution.getJob(handleOf(job), { signal, wait: patience }));
      if (seen === null) throw new ProviderError("not_found", `The engine no longer knows the job "${job.id}".`);
      const isRenewed = !sameJson(seen.handle, job.handle);
      job = seen;
      if (isRenewed) keep();
      if (job.progress !== undefined) progress(job.progress);
      const waited = clock.now().getTime() - asked;
      if (!hasEnded(job) && waited < patience / 2) await clock.sleep(wait - waited, signal);
      if (signal.aborted) throw cancelled();
    }
    return job;
  } catch (thrown) {
    if (signal.aborted) await execution.cancelJob(handleOf(job)).catch(() => undefined);
    throw thrown;
  }
}

/** Asks the engine, again and again while it fails with what can pass. */
async function look<T>({ clock, signal }: ComputeOptions, ask: () => Promise<T>): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await ask();
    } catch (thrown) {
      const mayPass = thrown instanceof ProviderError && thrown.retryable && failures < mostFailures;
      if (!mayPass || signal.aborted) throw thrown;
      await clock.sleep(Math.min(firstWait * 1.5 ** failures, longestWait), signal);
      if (signal.aborted) throw cancelled();
    }
  }
}

const cancelled = () => new ProviderError("cancelled", "The job was cancelled.");
