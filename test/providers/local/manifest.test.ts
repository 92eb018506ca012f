import { describe, expect, test } from "vitest";
import { manifest } from "../../../providers/local/manifest.ts";
import { createLocalScheduler } from "../../../providers/local/scheduler.ts";
import { expectVerbs } from "../../conformance/support.ts";

describe("the manifest of local", () => {
  test("is known by its root as written", () => {
    expect(manifest.identity({ root: "./data", threads: 2 })).toEqual({ root: "./data" });
    expect(manifest.identity({})).toEqual({ root: "." });
  });

  test("refuses sizes of nothing", () => {
    const found = manifest.check?.({ memory_limit: "0GB", max_temp_directory_size: "10GB" });
    expect(found?.map((item) => item.code)).toEqual(["config/size-of-nothing"]);
    expect(manifest.check?.({ memory_limit: "0.5GB" })).toEqual([]);
  });
});

describe("the local scheduler", () => {
  const schedule = { timezone: "UTC", catchup: "skip", maxActiveRuns: 1, paused: false } as const;

  test("has the verbs that its manifest names", () => {
    expectVerbs(createLocalScheduler(), manifest.engines.scheduler ?? []);
  });

  test("warns that a cron has no effect, and says nothing without one", () => {
    const [found, ...more] = createLocalScheduler().validateSchedule({ ...schedule, cron: "@daily" });
    expect(found).toMatchObject({ severity: "warning", code: "schedule/local-runs-on-apply" });
    expect(found?.detail).toContain('"@daily"');
    expect(more).toEqual([]);
    expect(createLocalScheduler().validateSchedule(schedule)).toEqual([]);
  });
});
