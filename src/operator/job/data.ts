/** A job as operators show it to people and to `--json`. */
import type { JsonObject } from "../../json.ts";
import type { Job } from "../../model/job.ts";
import { ProviderError } from "../../provider/error.ts";

/** All that is known about a job except its rows and logs; times are ISO 8601 instants. */
export const jobData = (job: Job): JsonObject => ({
  id: job.id,
  state: job.state,
  submitted_at: job.submittedAt,
  started_at: job.startedAt,
  ended_at: job.endedAt,
  progress: job.progress,
  error: job.error,
  facts: job.facts,
});

/** The error for a job that the engine does not know. */
export const noJob = (id: string): ProviderError =>
  new ProviderError(
    "not_found",
    `The execution engine of this config knows no job "${id}". Run "job:list" to see the jobs that it knows.`,
  );
