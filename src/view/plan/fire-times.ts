/** The fire times of a deployment in words. */
import type { Change } from "../../plan/plan.ts";
import { type Cron, parseCron } from "../../schedule/cron.ts";

const weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/** `2026-11-24 02:00 -> 2026-11-24 02:30 UTC, then daily`; `cron` is the new schedule, from which the last words are made. */
export function fireTimesText(times: NonNullable<Change["fireTimes"]>, cron: string | undefined): string {
  const [last] = times.before;
  const before = last === undefined ? "" : `${minute(last)} -> `;
  const [first] = times.after;
  if (first === undefined) return `${before}never`;
  const rhythm = cron === undefined ? null : rhythmOf(cron);
  if (rhythm === null) return `${before}${times.after.map(minute).join(", ")} UTC`;
  return `${before}${minute(first)} UTC, then ${rhythm}${times.timezone === "UTC" ? "" : ` in ${times.timezone}`}`;
}

const minute = (instant: string) => instant.slice(0, 16).replace("T", " ");

/** `daily`, `hourly`, `every Monday`, or `null` if no short phrase is exact. */
function rhythmOf(text: string): string | null {
  const parsed = parseCron(text);
  if (!parsed.ok || parsed.cron.minute.values.length !== 1) return null;
  const { cron } = parsed;
  if (cron.dayOfMonth.restricted || cron.month.restricted) return null;
  if (!cron.hour.restricted) return cron.dayOfWeek.restricted ? null : "hourly";
  return cron.hour.values.length === 1 ? daysOf(cron) : null;
}

function daysOf({ dayOfWeek }: Cron): string | null {
  if (!dayOfWeek.restricted) return "daily";
  const [day, ...more] = dayOfWeek.values;
  return day === undefined || more.length > 0 ? null : `every ${weekdays[day]}`;
}
