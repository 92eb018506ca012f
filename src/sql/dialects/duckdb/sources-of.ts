/** The sources of a job, and the job with other ones in their places. */
import type { CanonicalJob, DataSource } from "../../../job/job.ts";

/** The sources that a job reads. */
export function sourcesOf(job: CanonicalJob): readonly DataSource[] {
  if ("sources" in job) return job.sources;
  return "source" in job ? [job.source] : [];
}

/** The job with each source changed by `change`. */
export async function withSources(
  job: CanonicalJob,
  change: (source: DataSource) => Promise<DataSource>,
): Promise<CanonicalJob> {
  if ("source" in job) return { ...job, source: await change(job.source) };
  if (!("sources" in job)) return job;
  const sources: DataSource[] = [];
  for (const source of job.sources) sources.push(await change(source));
  return { ...job, sources };
}
