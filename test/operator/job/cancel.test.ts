import { afterEach, beforeEach, expect, test } from "vitest";
import { cancel } from "../../../src/operator/job/cancel.ts";
import { failure } from "../../conformance/support.ts";
import { endedJob } from "../../support/ended-job.ts";
import { type OperatorRun, operatorRun } from "../run-operator.ts";

let world: OperatorRun;
beforeEach(async () => {
  world = await operatorRun();
});
afterEach(() => world.close());

test("cancels a job that runs", async () => {
  const { execution } = world.engines;
  const sql = "select count(*) from range(10000000000) a, range(1000) b where a.range % 7 = b.range % 3";
  const { id } = await execution.submit({ kind: "query", sql, sources: [] }, "long");
  const { data, info, outputs } = await world.run(cancel, { job_id: id });
  expect(data).toMatchObject([{ id, state: "cancelled" }]);
  expect(info).toEqual([`Job "${id}" was cancelled.`]);
  expect(outputs).toEqual({ job_id: id });
});

test("reports a job that had already ended, or that was only asked to stop", async () => {
  const { execution } = world.engines;
  const { id } = await execution.submit({ kind: "query", sql: "select 1", sources: [] }, "short");
  await endedJob(execution, id);
  expect((await world.run(cancel, { job_id: id })).info).toEqual([
    `Job "${id}" had already ended (succeeded). There was nothing to cancel.`,
  ]);
  const slow = {
    ...execution,
    getJob: async () => ({ id, state: "running" as const }),
    cancelJob: async () => undefined,
  };
  const { info } = await world.run(cancel, { job_id: id }, { engines: { ...world.engines, execution: slow } });
  expect(info[0]).toContain("was asked to stop and is still running");
});

test("an unknown job is an error", async () => {
  await failure(world.run(cancel, { job_id: "none" }), "not_found");
  expect((await world.preview(cancel, { job_id: "none" })).summary).toBe("cancels job none");
});
