/** The instants that a deployment is run for by hand: one that is named, or every fire time of its schedule in a stretch of time. */
import { fail } from "../../diagnostic/diagnostic.ts";
import type { DeploymentResource } from "../../project/resource.ts";
import { nextFireTimes, startInstant } from "../../schedule/calendar.ts";
import { parseCron } from "../../schedule/cron.ts";

/** The instant that a text means: without a time midnight, without an offset the clock of the deployment's zone. */
export function instantOf(text: string, flag: string, { timezone }: DeploymentResource): Date {
  const instant = startInstant(text, timezone);
  if (instant !== null && !Number.isNaN(instant)) return new Date(instant);
  return fail({
    code: "run/bad-instant",
    summary: "Invalid date",
    detail: `"${text}" after ${flag} is no date. Write one like 2026-01-31, 2026-01-31T02:00 or 2026-01-31T02:00:00Z.`,
  });
}

/** All fire times from `from` on and before `to`, in order; none before the deployment's `start`. */
export function fireTimes(deployment: DeploymentResource, from: Date, to: Date): readonly Date[] {
  const cron = deployment.schedule === undefined ? null : parseCron(deployment.schedule);
  if (cron === null || !cron.ok)
    return fail({
      code: "run/no-schedule",
      summary: "Deployment without a schedule",
      detail: `Deployment "${deployment.name}" has no schedule, so there are no fire times between two dates. Give it a "schedule", or run it for one instant with --at.`,
    });
  if (to <= from)
    return fail({
      code: "run/empty-interval",
      summary: "Nothing between the dates",
      detail: `--to (${to.toISOString()}) is not after --from (${from.toISOString()}). Give a later --to.`,
    });
  const found: Date[] = [];
  for (let after = new Date(from.getTime() - 1); ; ) {
    const [next] = nextFireTimes(cron.cron, deployment.timezone, after, 1, deployment.start);
    if (next === undefined || next >= to) return found;
    found.push(next);
    after = next;
  }
}
