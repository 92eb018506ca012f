import { afterEach, beforeEach, expect, test } from "vitest";
import type { Engines } from "../../../src/engine/engines.ts";
import { list } from "../../../src/operator/job/list.ts";
import { failure } from "../../conformance/support.ts";
import { endedJob } from "../../support/ended-job.ts";
import { type OperatorRun, operatorRun } from "../run-operator.ts";

let world: OperatorRun;
beforeEach(async () => {
  world = await operatorRun();
});
afterEach(() => world.close());

test("lists jobs newest first, at most `limit`", async () => {
  expect((await world.run(list, {})).info).toEqual(["There are no jobs."]);
  const { execution } = world.engines;
  const listJobs: NonNullable<typeof execution.listJobs> = async () =>
    ["2026-01-01", "2026-01-03", "2026-01-02"].map((day) => ({
      id: day,
      state: "succeeded",
      submittedAt: `${day}T00:00:00Z`,
    }));
  const engines: Engines = { ...world.engines, execution: { ...execution, listJobs } };
  const { data, info } = await world.run(list, { limit: 2 }, { engines });
  expect(data).toMatchObject([{ id: "2026-01-03" }, { id: "2026-01-02" }]);
  expect(info).toEqual(['There are more jobs than the newest 2. Raise "limit" to see more.']);
});

test("lists what the engine really has", async () => {
  const { execution } = world.engines;
  const ids: string[] = [];
  for (const number of [1, 2, 3]) {
    const { id } = await execution.submit({ kind: "query", sql: `select ${number}`, sources: [] }, `t-${number}`);
    await endedJob(execution, id);
    ids.push(id);
  }
  const { data } = await world.run(list, {});
  expect(data.map((job) => (job as { id: string }).id).sort()).toEqual([...ids].sort());
  expect(data[0]).toMatchObject({ state: "succeeded", submitted_at: expect.any(String), ended_at: expect.any(String) });
});

test("refuses an engine that can't list jobs", async () => {
  const { listJobs: _, ...execution } = world.engines.execution;
  const error = await failure(world.run(list, {}, { engines: { ...world.engines, execution } }), "unsupported");
  expect(error.message).toContain('"listJobs"');
});
