import { expect, test } from "vitest";
import { endRun, spaceOf } from "../../../providers/memory/client.ts";
import { createMemoryScheduler } from "../../../providers/memory/scheduler.ts";

test("a run stays queued until a test ends it, and what it came to is not rewritten", async () => {
  const space = spaceOf("scheduler test");
  const scheduler = createMemoryScheduler({ name: "x", space, now: () => new Date(0), user: "tester" });
  const schedule = { timezone: "UTC", catchup: "skip", maxActiveRuns: 1, paused: false } as const;
  await scheduler.register({ name: "nightly", schedule, bundle: "b" });
  const at = "2026-01-01T00:00:00.000Z";
  expect((await scheduler.trigger("nightly", { key: "k", at })).state).toBe("queued");
  endRun(space, "nightly", "k", "failed", at, "no such table\n");
  await scheduler.cancelRun("nightly", "k");
  expect(await scheduler.getRun("nightly", "k")).toMatchObject({ state: "failed", endedAt: at });
  expect(await scheduler.logs("nightly", "k")).toContain("no such table");
});
