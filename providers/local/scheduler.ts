/**
 * The local scheduler: deployments run when they are applied, in the process that applies them. It keeps nothing, so it has
 * nothing to list, pause or trigger; `local_async` is the one that fires on time.
 */
import { type Diagnostic, warning } from "../../src/diagnostic/diagnostic.ts";
import type { Scheduler } from "../../src/engine/scheduler.ts";
import type { Schedule } from "../../src/model/schedule.ts";

/** The scheduler that only knows what it can't do. */
export function createLocalScheduler(): Scheduler {
  return { validateSchedule };
}

function validateSchedule(schedule: Schedule): readonly Diagnostic[] {
  if (schedule.cron === undefined) return [];
  return [
    warning({
      code: "schedule/local-runs-on-apply",
      summary: "Schedule without effect",
      detail: `The schedule "${schedule.cron}" is not kept by the scheduler "local": the deployment runs on "mason apply" only. Choose a scheduler that fires on time, or remove the schedule.`,
    }),
  ];
}
