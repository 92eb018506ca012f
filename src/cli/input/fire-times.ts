/** The instants for which a deployment runs by hand: a given one, or every fire time between two dates. */
import { fail } from "../../diagnostic/diagnostic.ts";
import type { DeploymentResource } from "../../project/resource.ts";
import { nextFireTimes, startInstant } from "../../schedule/calendar.ts";
import { parseCron } from "../../schedule/cron.ts";

/** The instant that a text means. Without a time it is midnight; without an offset it is in the deployment's time zone. */
export function instantOf(text: string, flag: string, { timezone }: DeploymentResource): Date {
  const instant = startInstant(text, timezone);
  if (instant !== null && !Number.isNaN(instant)) return new Date(instant);
  return fail({
    code: "run/bad-instant",
    summary: "Invalid date",
    detail: `"${text}" after ${flag} is not a date. Write one like 2026-01-31, 2026-01-31T02:00 or 2026-01-31T02:00:00Z.`,
  });
}

/** All fire times from `from` up to but not including `to`, in order; none before the deployment's `start`. */
export function fireTimes(deployment: DeploymentResource, from: Date, to: Date): readonly Date[] {
  const cron = deployment.schedule === undefined ? null : parseCron(deployment.schedule);
  if (cron === null || !cron.ok)
    return fail({
      code: "run/no-schedule",
      summary: "Deployment without a schedule",
      detail: `Deployment "${deployment.name}" has no schedule and therefore no fire times. Give it a "schedule", or run it for one instant with --at.`,
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
