/** Problems of schedules and schedulers, worded once: for deployments, and for bodies that are checked by hand. */
import type { Problem } from "../diagnostic/diagnostic.ts";
import { operatorName } from "../operator/definition.ts";

/** The problem of a schedule that is no cron. `why` is a part of a sentence. */
export const badCron = (schedule: string, why: string): Problem => ({
  code: "schedule/bad-cron",
  summary: "Invalid schedule",
  detail: `"${schedule}" is not a schedule: ${why.replace(/\.?$/, ".")} Write five fields (minute, hour, day of month, month, day of week), or a word like @daily.`,
});

/** The scheduler that a workflow can't be deployed to. */
export interface WrongScheduler {
  readonly workflow: { readonly namespace: string; readonly command: string };
  readonly supported: readonly string[];
  readonly configId: string;
  readonly scheduler: string;
}

/** The problem of a config whose scheduler a workflow does not support; `advice` says what to do. */
export const unsupportedScheduler = (
  { workflow, supported, configId, scheduler }: WrongScheduler,
  advice: string,
): Problem => ({
  code: "deployment/unsupported-scheduler",
  summary: "Scheduler not supported",
  detail: `Workflow "${operatorName(workflow)}" supports the schedulers ${supported.join(", ")}, but config "${configId}" has "${scheduler}". ${advice}`,
});
