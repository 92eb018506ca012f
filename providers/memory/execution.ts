/**
 * A scripted engine whose jobs outlive the process that submits them, the reference for authors of such engines. It computes nothing:
 * scripts in the client's space decide the states that looks see, lost answers, handles that are used up, and rows.
 */
import type { Execution } from "../../src/engine/execution.ts";
import type { Json } from "../../src/json.ts";
import type { Job, JobState, ResultPage } from "../../src/model/job.ts";
import { ProviderError } from "../../src/provider/error.ts";
import { type JobScript, type MemoryClient, nextNumber, type Space, type StoredJob } from "./client.ts";

/** The engine over the jobs in the client's space. */
export function createMemoryExecution({ space, now }: MemoryClient): Execution {
  return {
    dialect: "duckdb",
    submit: async (work, token, { signal } = {}) => {
      if (signal?.aborted) throw new ProviderError("cancelled", "The work was cancelled.");
      const known = byToken(space, token);
      // As with a real system, only a job that may still succeed keeps its token.
      if (known !== null && !["failed", "cancelled"].includes(stateOf(known))) return shown(known);
      const script: JobScript = space.scripts.shift() ?? {};
      const id = `job-${nextNumber(space)}`;
      const job = {
        id,
        token,
        work,
        script,
        submittedAt: now().toISOString(),
        looks: 0,
        handle: 0,
        isCancelled: false,
      };
      space.jobs.set(id, job);
      if (script.answerIsLost) throw new ProviderError("unavailable", "The connection was lost before the answer.");
      return shown(job);
    },
    findJob: async (token) => {
      const job = byToken(space, token);
      return job === null ? null : shown(job);
    },
    getJob: async (handle) => {
      const job = byHandle(space, handle);
      if (job === null) return null;
      const seen = job.script.looks?.[job.looks];
      job.looks += 1;
      if (seen instanceof ProviderError) throw seen;
      if (job.script.renewsHandles) job.handle += 1;
      return shown(job);
    },
    cancelJob: async (handle) => {
      const job = byHandle(space, handle);
      if (job !== null && !hasEnded(job)) job.isCancelled = true;
    },
    listJobs: async ({ limit = Number.POSITIVE_INFINITY } = {}) =>
      [...space.jobs.values()].reverse().slice(0, limit).map(shown),
    results: async (handle, page = "0") => pageOf(required(space, handle), Number(page)),
    logs: async (handle) => `${required(space, handle).submittedAt} submitted\n`,
  };
}

const byToken = (space: Space, token: string): StoredJob | null =>
  [...space.jobs.values()].reverse().find((job) => job.token === token) ?? null;

/** A handle is the job's id, with a number if it is renewed. */
function byHandle(space: Space, handle: Json): StoredJob | null {
  const [id = "", number] = String(handle).split("#");
  const job = space.jobs.get(id) ?? null;
  if (job === null || number === undefined || Number(number) === job.handle) return job;
  throw new ProviderError("not_found", `The handle "${String(handle)}" was renewed. Use the new one.`);
}

function required(space: Space, handle: Json): StoredJob {
  const job = byHandle(space, handle);
  if (job !== null) return job;
  throw new ProviderError("not_found", `There is no job "${String(handle)}". Run "job:list" to see the jobs.`);
}

/** The state that the last look saw. A failed look changes nothing. */
function stateOf({ script: { looks = ["succeeded"] }, looks: seen, isCancelled }: StoredJob): JobState {
  if (isCancelled) return "cancelled";
  const states = looks.slice(0, Math.max(seen, 0)).filter((look) => typeof look === "string");
  if (seen >= looks.length) return (looks.findLast((look) => typeof look === "string") ?? "succeeded") as JobState;
  return (states.at(-1) ?? "queued") as JobState;
}

const hasEnded = (job: StoredJob): boolean => ["succeeded", "failed", "cancelled"].includes(stateOf(job));

function shown(job: StoredJob): Job {
  const { id, token, submittedAt, script } = job;
  const state = stateOf(job);
  return {
    id,
    state,
    token,
    submittedAt,
    ...(script.renewsHandles ? { handle: `${id}#${job.handle}` } : {}),
    ...(state === "failed" ? { error: script.error ?? "The script says that it fails.", errorCode: "failed" } : {}),
  };
}

function pageOf(job: StoredJob, from: number): ResultPage {
  const { columns = [], rows = [], pageSize = 1000 } = job.script;
  if (stateOf(job) !== "succeeded")
    throw new ProviderError("conflict", `The job "${job.id}" has no rows, because it is ${stateOf(job)}.`);
  const to = from + pageSize;
  return { columns, rows: rows.slice(from, to), ...(to < rows.length ? { next: String(to) } : {}) };
}
