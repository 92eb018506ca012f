/** Waits for jobs in tests. */
import type { Execution } from "../../src/engine/execution.ts";
import type { Json } from "../../src/json.ts";
import { hasEnded, type Job } from "../../src/model/job.ts";

/** The job at its end. `progress` is told on the way. */
export async function endedJob(
  execution: Pick<Execution, "getJob">,
  handle: Json,
  { progress }: { readonly progress?: (part: number) => void } = {},
): Promise<Job> {
  for (;;) {
    const job = await execution.getJob(handle, { wait: 100 });
    if (job === null || hasEnded(job)) return job ?? { id: String(handle), state: "unknown" };
    if (job.progress !== undefined) progress?.(job.progress);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
