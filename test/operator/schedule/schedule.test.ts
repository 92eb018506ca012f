import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createMemoryClient } from "../../../providers/memory/client.ts";
import { createMemoryScheduler } from "../../../providers/memory/scheduler.ts";
import type { Engines } from "../../../src/engine/engines.ts";
import type { RegistrationInput, Scheduler } from "../../../src/engine/scheduler.ts";
import { deleteSchedule } from "../../../src/operator/schedule/delete.ts";
import { list } from "../../../src/operator/schedule/list.ts";
import { trigger } from "../../../src/operator/schedule/trigger.ts";
import { temporaryContext } from "../../conformance/context.ts";
import { failure } from "../../conformance/support.ts";
import { type OperatorRun, operatorRun } from "../run-operator.ts";

let world: OperatorRun;
let scheduler: Required<Scheduler>;
let engines: Engines;
const schedule = { cron: "0 2 * * *", timezone: "UTC", catchup: "skip", maxActiveRuns: 1, paused: false } as const;
const ours = { lineage: "l-1", address: "deployment.nightly" };

beforeEach(async () => {
  world = await operatorRun();
  const { context, close } = await temporaryContext({ space: randomUUID() });
  await close();
  scheduler = createMemoryScheduler(createMemoryClient(context));
  engines = { ...world.engines, scheduler };
  await scheduler.register({ name: "nightly", schedule, bundle: "a".repeat(64), owner: ours });
  // A registration made by hand has neither a bundle nor an owner.
  await scheduler.register({
    name: "by_hand",
    schedule: { ...schedule, paused: true },
  } as unknown as RegistrationInput);
});
afterEach(() => world.close());

const names = async () => (await scheduler.listRegistrations()).map((registration) => registration.name);

describe("schedule:list", () => {
  test("shows registrations by Mason and by others", async () => {
    expect((await world.run(list, {}, { engines })).data).toEqual([
      {
        name: "by_hand",
        cron: "0 2 * * *",
        timezone: "UTC",
        paused: true,
        made_by_mason: false,
        address: null,
      },
      {
        name: "nightly",
        cron: "0 2 * * *",
        timezone: "UTC",
        paused: false,
        made_by_mason: true,
        address: "deployment.nightly",
      },
    ]);
  });

  test("reports that there are none, and refuses a scheduler that keeps none", async () => {
    for (const name of await names()) await scheduler.delete(name);
    expect((await world.run(list, {}, { engines })).info).toEqual(["There are no schedules."]);
    const local: Engines = { ...engines, scheduler: { validateSchedule: () => [] } };
    await failure(world.run(list, {}, { engines: local }), "unsupported");
    await failure(world.run(list, {}), "unsupported");
  });
});

describe("schedule:delete", () => {
  test("deletes what Mason made, and warns about its declaration", async () => {
    const { info, warnings, outputs } = await world.run(
      deleteSchedule,
      { schedule_name: "nightly" },
      { engines, owner: ours },
    );
    expect(await names()).toEqual(["by_hand"]);
    expect(info).toEqual(['Schedule "nightly" was deleted.']);
    expect(warnings[0]).toContain('"deployment.nightly"');
    expect(outputs).toEqual({ schedule_name: "nightly" });
  });

  test("needs force for what Mason did not make", async () => {
    const error = await failure(world.run(deleteSchedule, { schedule_name: "by_hand" }, { engines }), "denied");
    expect(error.message).toContain('"force"');
    expect(await names()).toContain("by_hand");
    const { warnings } = await world.run(deleteSchedule, { schedule_name: "by_hand", force: true }, { engines });
    expect(await names()).toEqual(["nightly"]);
    expect(warnings).toEqual([]);
  });

  test("refuses what belongs to another state, even with force", async () => {
    const owner = { lineage: "l-2", address: "deployment.cleaner" };
    const parameters = { schedule_name: "nightly", force: true };
    const error = await failure(world.run(deleteSchedule, parameters, { engines, owner }), "denied");
    expect(error.message).toContain('"deployment.nightly"');
    expect(await names()).toContain("nightly");
  });

  test("reports that there was none", async () => {
    const { info } = await world.run(deleteSchedule, { schedule_name: "absent" }, { engines });
    expect(info).toEqual(['There was no schedule "absent". Nothing was deleted.']);
  });
});

describe("schedule:trigger", () => {
  test("starts one run per token, whoever made the schedule", async () => {
    const setting = { engines, token: "apply-1-step-1" };
    const { data, outputs } = await world.run(trigger, { schedule_name: "by_hand" }, setting);
    await world.run(trigger, { schedule_name: "by_hand" }, setting);
    const at = "2026-01-02T03:04:05.000Z";
    expect(data).toEqual([{ schedule_name: "by_hand", run_key: "apply-1-step-1", state: "queued", at }]);
    expect(outputs).toEqual({ schedule_name: "by_hand", run_key: "apply-1-step-1" });
    expect(await scheduler.listRuns("by_hand")).toMatchObject([{ key: "apply-1-step-1", at }]);
  });

  test("fails for an unknown schedule", async () => {
    await failure(world.run(trigger, { schedule_name: "absent" }, { engines }), "not_found");
  });
});

test("plans say what would be done", async () => {
  expect((await world.preview(list, {})).summary).toBe("lists schedules");
  expect((await world.preview(deleteSchedule, { schedule_name: "x" })).summary).toBe("deletes schedule x");
  expect((await world.preview(trigger, { schedule_name: "x" })).summary).toBe("starts a run of schedule x");
});
