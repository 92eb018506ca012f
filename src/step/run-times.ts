/** What `${run.*}` means for a run at an instant: its date where the deployment lives, and the interval since the fire time before. */
import { previousFireTime } from "../schedule/calendar.ts";
import { parseCron } from "../schedule/cron.ts";
import type { RunTimes } from "./run-context.ts";

/** Times of a run that was scheduled for `at`. Without a schedule the interval is the day before. */
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
