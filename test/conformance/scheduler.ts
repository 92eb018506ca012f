/**
 * The conformance suite of the scheduler role for schedulers that register. A provider calls {@link schedulerConformance} with a
 * harness that gives it a scheduler without registrations for each test.
 */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { RegistrationInput, Scheduler } from "../../src/engine/scheduler.ts";
import type { Schedule } from "../../src/model/schedule.ts";
import { expectNoSecret, expectVerbs, failure } from "./support.ts";

/** A scheduler to test, with all verbs of a scheduler that registers. */
export interface SchedulerHarness {
  readonly scheduler: Required<Scheduler>;
  readonly verbs: readonly string[];
  readonly secrets?: readonly string[];
  readonly close?: () => Promise<void>;
}

const schedule: Schedule = {
  cron: "30 2 * * *",
  timezone: "Europe/Paris",
  start: "2026-01-01",
  catchup: "skip",
  maxActiveRuns: 1,
  paused: false,
};

const someRegistration = (name: string, more: Partial<RegistrationInput> = {}): RegistrationInput => ({
  name,
  schedule,
  bundle: "a".repeat(64),
  owner: { lineage: "l-1", address: `deployment.${name}` },
  ...more,
});

/** Runs the suite. */
export function schedulerConformance(name: string, makeHarness: () => Promise<SchedulerHarness>): void {
  describe(`${name} as scheduler`, () => {
    let harness: SchedulerHarness;
    beforeEach(async () => {
      harness = await makeHarness();
    });
    afterEach(async () => {
      await harness.close?.();
    });
    test("has the verbs that its manifest names", () => expectVerbs(harness.scheduler, harness.verbs));
    test("accepts a daily schedule", () => expect(harness.scheduler.validateSchedule(schedule)).toEqual([]));
    registrations(() => harness);
    runs(() => harness);
  });
}

function registrations(current: () => SchedulerHarness): void {
  test("registers, replaces, lists and deletes", async () => {
    const { scheduler } = current();
    expect(await scheduler.getRegistration("nightly")).toBeNull();
    expect(await scheduler.listRegistrations()).toEqual([]);
    await scheduler.register(someRegistration("nightly"));
    await scheduler.register(someRegistration("hourly", { schedule: { ...schedule, cron: "0 * * * *" } }));
    expect(await scheduler.getRegistration("nightly")).toEqual(someRegistration("nightly"));
    await scheduler.register(someRegistration("nightly", { bundle: "b".repeat(64) }));
    expect((await scheduler.getRegistration("nightly"))?.bundle).toBe("b".repeat(64));
    expect((await scheduler.listRegistrations()).map((item) => item.name)).toEqual(["hourly", "nightly"]);
    await scheduler.delete("nightly");
    await scheduler.delete("nightly");
    expect((await scheduler.listRegistrations()).map((item) => item.name)).toEqual(["hourly"]);
  });

  test("pauses and resumes", async () => {
    const { scheduler, secrets = [] } = current();
    await scheduler.register(someRegistration("nightly"));
    const isPaused = async () => (await scheduler.getRegistration("nightly"))?.schedule.paused;
    await scheduler.pause("nightly");
    await scheduler.pause("nightly");
    expect(await isPaused()).toBe(true);
    await scheduler.resume("nightly");
    expect(await isPaused()).toBe(false);
    expectNoSecret(await failure(scheduler.pause("absent"), "not_found"), secrets);
  });
}

function runs(current: () => SchedulerHarness): void {
  test("starts one run per key, and returns the same run when asked again", async () => {
    const { scheduler } = current();
    await scheduler.register(someRegistration("nightly"));
    const at = "2026-01-02T01:30:00.000Z";
    const run = await scheduler.trigger("nightly", { key: "k1", at });
    expect(run).toMatchObject({ key: "k1", name: "nightly", at });
    expect((await scheduler.trigger("nightly", { key: "k1", at })).key).toBe("k1");
    await scheduler.trigger("nightly", { key: "k2", at: "2026-01-03T01:30:00.000Z" });
    expect((await scheduler.listRuns("nightly")).map((item) => item.key)).toEqual(["k1", "k2"]);
    expect(await scheduler.getRun("nightly", "k1")).toMatchObject({ key: "k1", at });
    await failure(scheduler.trigger("absent", { key: "k", at }), "not_found");
  });

  test("cancels a run; cancelling an absent one succeeds", async () => {
    const { scheduler } = current();
    await scheduler.register(someRegistration("nightly"));
    await scheduler.trigger("nightly", { key: "k1", at: "2026-01-02T01:30:00.000Z" });
    await scheduler.cancelRun("nightly", "k1");
    await scheduler.cancelRun("nightly", "absent");
    expect((await scheduler.getRun("nightly", "k1"))?.state).toBe("cancelled");
    expect(typeof (await scheduler.logs("nightly", "k1"))).toBe("string");
  });

  test("knows no runs of an absent registration", async () => {
    const { scheduler } = current();
    expect(await scheduler.getRun("absent", "k")).toBeNull();
    expect(await scheduler.listRuns("absent")).toEqual([]);
    await failure(scheduler.logs("absent", "k"), "not_found");
  });
}
