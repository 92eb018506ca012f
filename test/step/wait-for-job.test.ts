/** Waiting for jobs of the scripted engine, on a clock that only counts. */
import { beforeEach, expect, test } from "vitest";
import { type JobScript, type Space, spaceOf } from "../../providers/memory/client.ts";
import { createMemoryExecution } from "../../providers/memory/execution.ts";
import type { Execution } from "../../src/engine/execution.ts";
import type { StepJob } from "../../src/model/run.ts";
import { ProviderError } from "../../src/provider/error.ts";
import { type ComputeOptions, compute } from "../../src/step/wait-for-job.ts";

const job = { kind: "query", sql: "select 1", sources: [] } as const;
const passing = new ProviderError("unavailable", "The engine is restarting.");

let space: Space;
let count = 0;
let slept: number[];
let records: Omit<StepJob, "tryToken">[];
beforeEach(() => {
  space = spaceOf(`waits-${++count}`);
  [slept, records] = [[], []];
});

function setting(scripts: readonly JobScript[], more: Partial<ComputeOptions> = {}) {
  space.scripts.push(...scripts);
  const execution = createMemoryExecution({ name: "m", space, now: () => new Date(0), user: "u" });
  const options: ComputeOptions = {
    execution,
    find: "token",
    token: "t-1-1",
    known: null,
    record: (started) => records.push(started),
    clock: { now: () => new Date(0), sleep: async (ms) => void slept.push(ms) },
    signal: new AbortController().signal,
    progress: () => undefined,
    ...more,
  };
  return { execution, options };
}
const failureOf = (work: Promise<unknown>) =>
  work.catch((thrown: ProviderError) => `${thrown.code}: ${thrown.message}`);

test("a job is done at its end, not when the engine accepts it", async () => {
  const { options } = setting([{ looks: ["queued", "running", "running", "succeeded"] }]);
  expect(await compute(job, options)).toMatchObject({ id: "job-1", state: "succeeded" });
  expect(slept).toHaveLength(3);
  expect(slept).toEqual([...slept].sort((a, b) => a - b));
});

test("a job that is accepted and fails later fails", async () => {
  const { options } = setting([{ looks: ["running", "failed"], error: "no such column" }]);
  expect(await failureOf(compute(job, options))).toBe("failed: no such column");
});

test("looks that fail for a while are repeated, and a lost answer to submit starts no second job", async () => {
  const { options } = setting([
    { answerIsLost: true, looks: [passing, "running", passing, passing, "unknown", "succeeded"] },
  ]);
  expect(await compute(job, options)).toMatchObject({ id: "job-1", state: "succeeded" });
  expect(space.jobs.size).toBe(1);
});

test("an engine that finds jobs by name is asked before a job is submitted again", async () => {
  const { execution, options } = setting([{ answerIsLost: true }], { find: "name" });
  // Without tokens a second submit would start a second job.
  const submit: Execution["submit"] = async (work) => execution.submit(work, `name-${space.jobs.size}`);
  const findJob: Execution["findJob"] = async () => execution.findJob?.("name-0") ?? null;
  expect(await compute(job, { ...options, execution: { ...execution, submit, findJob } })).toMatchObject({
    id: "job-1",
  });
  expect(space.jobs.size).toBe(1);
});

test("if an engine can't find jobs, a lost answer leaves the end unknown", async () => {
  const { options } = setting([{ answerIsLost: true }], { find: "none" });
  expect(await failureOf(compute(job, options))).toMatch(
    /^unknown: It is not known whether the engine started the job/,
  );
  expect(space.jobs.size).toBe(1);
});

test("each new handle is recorded before the engine is asked again, and a later process goes on with the last one", async () => {
  const stopped = new AbortController();
  const { options } = setting([{ renewsHandles: true, looks: ["running", "running", "running", "succeeded"] }]);
  const seen: string[] = [];
  const execution = options.execution as Execution;
  const watched: Execution = {
    ...execution,
    getJob: async (handle, look) => {
      expect(records.at(-1)?.handle).toBe(handle);
      seen.push(String(handle));
      if (seen.length === 3) throw new ProviderError("failed", "killed");
      return execution.getJob(handle, look);
    },
  };
  expect(await failureOf(compute(job, { ...options, execution: watched }))).toBe("failed: killed");
  expect(seen).toEqual(["job-1#0", "job-1#1", "job-1#2"]);
  const known = records.at(-1) ?? null;
  expect(await compute(job, { ...options, known, signal: stopped.signal })).toMatchObject({ state: "succeeded" });
  expect(space.jobs.size).toBe(1);
});

test("an abort cancels the job in the engine", async () => {
  const stop = new AbortController();
  const { options } = setting([{ looks: Array.from({ length: 9 }, () => "running" as const) }], {
    signal: stop.signal,
    clock: { now: () => new Date(0), sleep: async () => stop.abort() },
  });
  expect(await failureOf(compute(job, options))).toBe("cancelled: The job was cancelled.");
  expect(space.jobs.get("job-1")?.isCancelled).toBe(true);
});

test("a job that never answers is given up", async () => {
  const { options } = setting([{ looks: Array.from({ length: 99 }, () => passing) }]);
  expect(await failureOf(compute(job, options))).toBe("unavailable: The engine is restarting.");
  expect(slept).toHaveLength(59);
});
