import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Execution } from "../../../src/engine/execution.ts";
import type { Job } from "../../../src/model/job.ts";
import { get } from "../../../src/operator/job/get.ts";
import { failure } from "../../conformance/support.ts";
import { endedJob } from "../../support/ended-job.ts";
import { type OperatorRun, operatorRun } from "../run-operator.ts";

let world: OperatorRun;
beforeEach(async () => {
  world = await operatorRun();
});
afterEach(() => world.close());

async function ended(sql: string, limit?: number): Promise<string> {
  const { execution } = world.engines;
  const job = await execution.submit(
    { kind: "query", sql, sources: [], ...(limit === undefined ? {} : { limit }) },
    `token-${sql}`,
  );
  await endedJob(execution, job.id);
  return job.id;
}

/** The real engine, except for the state of its jobs. */
function inState(part: Partial<Job>): { readonly engines: OperatorRun["engines"] } {
  const { execution } = world.engines;
  const getJob: Execution["getJob"] = async (id) => {
    const job = await execution.getJob(id);
    return job === null ? null : { ...job, ...part };
  };
  return { engines: { ...world.engines, execution: { ...execution, getJob } } };
}

describe("a job that succeeded", () => {
  test("is shown with times, rows and logs", async () => {
    const id = await ended("select 1 as id, 'a' as name");
    const { data, outputs, info } = await world.run(get, { job_id: id });
    expect(data).toEqual([
      {
        id,
        state: "succeeded",
        submitted_at: expect.stringMatching(/^\d{4}-/),
        started_at: expect.stringMatching(/^\d{4}-/),
        ended_at: expect.stringMatching(/^\d{4}-/),
        facts: { rows: 1, cut: false },
        columns: [
          { name: "id", type: "int" },
          { name: "name", type: "string" },
        ],
        rows: [{ id: 1, name: "a" }],
        logs: expect.stringContaining("succeeded"),
      },
    ]);
    expect(outputs).toEqual({ job_id: id });
    expect(info).toEqual([`Job "${id}" succeeded.`]);
    expect((await world.run(get, { job_id: id }, { asStep: true })).outputs).toEqual({ job_id: id });
  });

  test("shows at most `limit` rows, over several pages, and says so", async () => {
    const id = await ended("select * from range(2500) as t(n)");
    const few = await world.run(get, { job_id: id, limit: 2 });
    expect(few.data).toMatchObject([{ rows: [{ n: 0 }, { n: 1 }] }]);
    expect(few.info[1]).toBe('The job has more rows than the first 2. Raise "limit" to see more.');
    const all = await world.run(get, { job_id: id, limit: 2500 });
    expect(all.data).toMatchObject([{ rows: { length: 2500, 2499: { n: 2499 } } }]);
    expect(all.info).toHaveLength(1);
  });
});

describe("as a step", () => {
  test.each(["queued", "running", "unknown"] as const)("%s is a failure that can pass", async (state) => {
    const id = await ended("select 1");
    const error = await failure(world.run(get, { job_id: id }, { ...inState({ state }), asStep: true }), "unavailable");
    expect(error.retryable).toBe(true);
    expect(error.message).toContain(id);
  });

  test("a failed job is a permanent failure, with its reason and code", async () => {
    const id = await ended("select nothing from nowhere");
    const message = expect.stringMatching(/^Job ".*" failed: .*nowhere/);
    await expect(world.run(get, { job_id: id }, { asStep: true })).rejects.toMatchObject({
      code: "invalid",
      retryable: false,
      message,
    });
    const throttled = { ...inState({ errorCode: "throttled" }), asStep: true };
    await expect(world.run(get, { job_id: id }, throttled)).rejects.toMatchObject({
      code: "throttled",
      retryable: false,
    });
  });

  test("a cancelled job is a permanent failure", async () => {
    const id = await ended("select 1");
    const setting = { ...inState({ state: "cancelled" }), asStep: true };
    expect((await failure(world.run(get, { job_id: id }, setting), "cancelled")).retryable).toBe(false);
  });
});

describe("for a person", () => {
  test("a running job is shown as running", async () => {
    const id = await ended("select 1");
    const { data, info } = await world.run(get, { job_id: id }, inState({ state: "running", progress: 0.5 }));
    expect(data).toMatchObject([{ id, state: "running", progress: 0.5 }]);
    expect(data[0]).not.toHaveProperty("rows");
    expect(info).toEqual([`Job "${id}" is running.`]);
  });

  test("a failed job is shown with its reason", async () => {
    const id = await ended("select nothing from nowhere");
    const { data, info } = await world.run(get, { job_id: id });
    expect(data).toMatchObject([{ id, state: "failed", error: expect.stringContaining("nowhere") }]);
    expect(info[0]).toContain("failed: ");
  });

  test("an unknown job is an error, as for a step", async () => {
    for (const asStep of [false, true]) {
      const error = await failure(world.run(get, { job_id: "none" }, { asStep }), "not_found");
      expect(error.message).toContain('"none"');
    }
  });
});

test("the plan names the job, or says that it is not known yet", async () => {
  expect((await world.preview(get, { job_id: "j-1" })).summary).toBe("job j-1");
  const unknown = { unknown: new Set(["job_id"]) };
  expect((await world.preview(get, {}, unknown)).summary).toBe("job (known after apply)");
});
