/** The values of `${run.*}` for a run at an instant: its date in the deployment's timezone, and the interval since the previous fire time. */
import { previousFireTime } from "../schedule/calendar.ts";
import { parseCron } from "../schedule/cron.ts";
import type { RunTimes } from "./run-context.ts";

/** Times of a run scheduled for `at`. Without a schedule the interval is the last 24 hours. */
export function runTimes(at: Date, timezone: string, schedule: string | undefined, key: string | null): RunTimes {
  const cron = schedule === undefined ? null : parseCron(schedule);
  const before = cron?.ok === true ? previousFireTime(cron.cron, timezone, at) : null;
  const start = before ?? new Date(at.getTime() - 86_400_000);
  const instant = at.toISOString();
  return { at: instant, date: dateIn(at, timezone), start: start.toISOString(), end: instant, key: key ?? instant };
}

function dateIn(at: Date, timezone: string): string {
  // The Swedish form is the ISO one.
  return new Intl.DateTimeFormat("sv-SE", { timeZone: timezone, dateStyle: "short" }).format(at);
}
