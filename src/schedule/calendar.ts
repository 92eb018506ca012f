/**
 * The calendar: when a schedule fires in a zone. It jumps from field to field and never walks through minutes.
 *
 * When clocks change, a schedule with fixed hours fires once for each of its wall times. Wall times that a gap skips fire once, at
 * the end of the gap; a wall time that an overlap repeats fires the first time only. A schedule with an open hour (`*`, as in
 * `@hourly` or every 15 minutes) follows real time: it fires at every instant whose wall time matches, so twice in an overlap and
 * never in a gap.
 */
import { type Cron, eitherDay } from "./cron.ts";
import { firstInstantOf, latestWallAt, longestJump, offsetAt, transitionBetween, wallAt } from "./timezone.ts";

const minuteMs = 60_000;
const dayMs = 86_400_000;
/** Eight years and some days: the longest wait for a 29th of February (2096 to 2104). */
const horizonMs = 8 * 366 * dayMs;

type Direction = 1 | -1;

/**
 * The next `count` fire times after an instant, which is excluded, and not before `start`. Returns fewer, or none, when the next
 * eight years hold no more, as for a 30th of February.
 */
export function nextFireTimes(
  cron: Cron,
  timezone: string,
  after: Date,
  count: number,
  start?: string,
): readonly Date[] {
  const begin = start === undefined ? null : startInstant(start, timezone);
  let instant = begin === null ? after.getTime() : Math.max(after.getTime(), begin - 1);
  const found: Date[] = [];
  while (found.length < count) {
    const next = cron.hour.restricted
      ? nextFixed(cron, timezone, instant)
      : nearestOpen(cron, timezone, instant + 1, 1);
    if (next === null) break;
    found.push(new Date(next));
    instant = next;
  }
  return found;
}

/** The last fire time before an instant, which is excluded, or `null` when the eight years before it hold none. */
export function previousFireTime(cron: Cron, timezone: string, before: Date): Date | null {
  const instant = before.getTime() - 1;
  const found = cron.hour.restricted
    ? previousFixed(cron, timezone, instant)
    : nearestOpen(cron, timezone, instant, -1);
  return found === null ? null : new Date(found);
}

/**
 * The instant of a `start`, or `null` when it is not a date. A date means its midnight in the zone; a time without an offset is a
 * wall time of the zone.
 */
export function startInstant(start: string, timezone: string): number | null {
  const match = /^(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|z|[+-]\d\d:?\d\d)?)?$/.exec(start.trim());
  if (match === null) return null;
  const [, date, time = "00:00", offset] = match;
  const wall = Date.parse(`${date}T${time}${offset?.toUpperCase() ?? "Z"}`);
  if (offset !== undefined) return Number.isNaN(wall) ? null : wall;
  return Number.isNaN(wall) ? null : firstInstantOf(timezone, wall);
}

function nextFixed(cron: Cron, timezone: string, after: number): number | null {
  const wall = nearestMatch(cron, latestWallAt(timezone, after) + 1, 1);
  return wall === null ? null : firstInstantOf(timezone, wall);
}

function previousFixed(cron: Cron, timezone: string, last: number): number | null {
  const wall = nearestMatch(cron, latestWallAt(timezone, last), -1);
  return wall === null ? null : firstInstantOf(timezone, wall);
}

/** The nearest matching instant at or beyond `from`. It walks through periods of equal offset. */
function nearestOpen(cron: Cron, timezone: string, from: number, direction: Direction): number | null {
  let instant = from;
  while (Math.abs(instant - from) <= horizonMs) {
    const offset = offsetAt(timezone, instant);
    const wall = nearestMatch(cron, instant + offset, direction);
    if (wall === null) return null;
    const candidate = wall - offset;
    const reach = nearer(candidate, instant + direction * longestJump, direction);
    const change = transitionBetween(timezone, Math.min(instant, reach), Math.max(instant, reach));
    if (change !== null) instant = direction === 1 ? change : change - 1;
    else if (reach === candidate) return candidate;
    // Nothing matches before the candidate, however the clock moves in between.
    else instant = farther(reach, candidate - direction * 2 * longestJump, direction);
  }
  return null;
}

const nearer = (a: number, b: number, direction: Direction): number =>
  direction === 1 ? Math.min(a, b) : Math.max(a, b);
const farther = (a: number, b: number, direction: Direction): number =>
  direction === 1 ? Math.max(a, b) : Math.min(a, b);

/** The nearest matching wall time at or beyond another one, in either direction, or `null` within the horizon. */
function nearestMatch(cron: Cron, from: number, direction: Direction): number | null {
  const start = direction === 1 ? Math.ceil(from / minuteMs) * minuteMs : Math.floor(from / minuteMs) * minuteMs;
  let day = Math.floor(start / dayMs) * dayMs;
  let limit = (start - day) / minuteMs;
  while (Math.abs(day - start) <= horizonMs) {
    const date = new Date(day);
    if (!cron.month.values.includes(date.getUTCMonth() + 1)) {
      day = edgeOfNextMonth(date, direction);
    } else {
      const time = dayMatches(cron, date) ? timeOfDay(cron, limit, direction) : null;
      if (time !== null) return day + time * minuteMs;
      day += direction * dayMs;
    }
    limit = direction === 1 ? 0 : dayMs / minuteMs;
  }
  return null;
}

function edgeOfNextMonth(date: Date, direction: Direction): number {
  // Day 0 of a month is the last day of the month before it.
  return direction === 1
    ? Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1)
    : Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 0);
}

function dayMatches(cron: Cron, date: Date): boolean {
  const ofMonth = cron.dayOfMonth.values.includes(date.getUTCDate());
  const ofWeek = cron.dayOfWeek.values.includes(date.getUTCDay());
  return eitherDay(cron) ? ofMonth || ofWeek : ofMonth && ofWeek;
}

/** The nearest matching minute of a day at or beyond `limit`, counted from midnight. */
function timeOfDay(cron: Cron, limit: number, direction: Direction): number | null {
  const [hours, minutes] =
    direction === 1
      ? [cron.hour.values, cron.minute.values]
      : [cron.hour.values.toReversed(), cron.minute.values.toReversed()];
  for (const hour of hours) {
    const minute = minutes.find((value) => (hour * 60 + value - limit) * direction >= 0);
    if (minute !== undefined) return hour * 60 + minute;
  }
  return null;
}

/** True when an instant's wall time in a zone matches a schedule's fields. */
export function matchesCron(cron: Cron, timezone: string, instant: Date): boolean {
  const wall = wallAt(timezone, instant.getTime());
  return nearestMatch(cron, wall, 1) === wall;
}
