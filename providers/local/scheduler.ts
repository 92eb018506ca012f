/**
 * The local scheduler: deployments run when they are applied, in the process that applies them. It keeps nothing, so there is
 * nothing to list, pause or trigger. `local_async` will fire on time.
 */
import { type Diagnostic, warning } from "../../src/diagnostic/diagnostic.ts";
import type { Scheduler } from "../../src/engine/scheduler.ts";
import type { Schedule } from "../../src/model/schedule.ts";

/** The scheduler, which only says what it can't do. */
export function createLocalScheduler(): Scheduler {
  return { validateSchedule };
}

function validateSchedule(schedule: Schedule): readonly Diagnostic[] {
  if (schedule.cron === undefined) return [];
  return [
    warning({
      code: "schedule/local-runs-on-apply",
      summary: "Schedule without effect",
      detail: `The schedule "${schedule.cron}" has no effect with the scheduler "local": the deployment runs only on "mason apply". Choose a scheduler that fires on time, or remove the schedule.`,
    }),
  ];
}
