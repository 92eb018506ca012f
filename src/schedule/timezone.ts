/**
 * Time zones: from an instant to the clock on the wall and back, by `Intl` alone. A wall time is a number here: the milliseconds
 * that the same clock would have in UTC, so that calendar arithmetic needs no zone. Where the clock jumps forward it skips wall
 * times (a gap), where it jumps back it shows some twice (an overlap).
 */

const formatters = new Map<string, Intl.DateTimeFormat | null>();

function formatterOf(timezone: string): Intl.DateTimeFormat | null {
  let formatter = formatters.get(timezone);
  if (formatter === undefined) {
    formatter = makeFormatter(timezone);
    formatters.set(timezone, formatter);
  }
  return formatter;
}

function makeFormatter(timezone: string): Intl.DateTimeFormat | null {
  // Newer engines take "+02:00" too, which is no IANA name and unknown to most schedulers.
  if (!/^[A-Za-z]/.test(timezone)) return null;
  const numeric = "numeric" as const;
  const fields = { year: numeric, month: numeric, day: numeric, hour: numeric, minute: numeric, second: numeric };
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: timezone, hourCycle: "h23", ...fields });
  } catch {
    return null;
  }
}

/** True for an IANA name that this machine knows, `UTC` included. */
export const isTimezone = (name: string): boolean => formatterOf(name) !== null;

/** What a zone's clock is ahead of UTC at an instant, in milliseconds. An unknown zone counts as UTC. */
export function offsetAt(timezone: string, instant: number): number {
  if (timezone === "UTC") return 0;
  const text = formatterOf(timezone)?.format(instant);
  const [month = 1, day = 1, year = 1970, hour = 0, minute = 0, second = 0] = text?.match(/\d+/g)?.map(Number) ?? [];
  if (text === undefined) return 0;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1000) * 1000;
}

/** The wall time of an instant. */
export const wallAt = (timezone: string, instant: number): number => instant + offsetAt(timezone, instant);

/** The longest that any clock was ever put forward or back (Samoa skipped a day), with room to spare. */
export const longestJump = 26 * 3_600_000;

/**
 * The instant between `from` and `to` at which the offset changes, or `null` when both have the same. The offset is the new one at
 * the instant itself. At most one change is expected between them.
 */
export function transitionBetween(timezone: string, from: number, to: number): number | null {
  const before = offsetAt(timezone, from);
  if (before === offsetAt(timezone, to)) return null;
  let [low, high] = [from, to];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(timezone, middle) === before) low = middle;
    else high = middle;
  }
  return high;
}

/** The first instant whose wall time is `wall` or later: the first of two in an overlap, the end of the gap in a gap. */
export function firstInstantOf(timezone: string, wall: number): number {
  const [from, to] = [wall - longestJump, wall + longestJump];
  const before = offsetAt(timezone, from);
  const transition = transitionBetween(timezone, from, to);
  if (transition === null || wall - before < transition) return wall - before;
  return Math.max(transition, wall - offsetAt(timezone, to));
}

/** The latest wall time that the clock has shown up to an instant: more than its own in the second half of an overlap. */
export function latestWallAt(timezone: string, instant: number): number {
  const wall = wallAt(timezone, instant);
  const transition = transitionBetween(timezone, instant - longestJump, instant);
  return transition === null ? wall : Math.max(wall, wallAt(timezone, transition - 1));
}
