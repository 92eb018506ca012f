/**
 * Time zones: converts instants to wall times and back, with `Intl` alone. A wall time is a number: the milliseconds that the same
 * clock reading has in UTC, so calendar arithmetic needs no zone. A clock that jumps forward skips wall times (a gap); a clock
 * that jumps back shows some twice (an overlap).
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
  // Newer engines also accept "+02:00", which is not an IANA name and which most schedulers reject.
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

/** The milliseconds by which a zone's clock is ahead of UTC at an instant. An unknown zone counts as UTC. */
export function offsetAt(timezone: string, instant: number): number {
  if (timezone === "UTC") return 0;
  const text = formatterOf(timezone)?.format(instant);
  const [month = 1, day = 1, year = 1970, hour = 0, minute = 0, second = 0] = text?.match(/\d+/g)?.map(Number) ?? [];
  if (text === undefined) return 0;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1000) * 1000;
}

/** The wall time of an instant. */
export const wallAt = (timezone: string, instant: number): number => instant + offsetAt(timezone, instant);

/** More than any clock was ever moved (Samoa skipped a day). */
export const longestJump = 26 * 3_600_000;

/**
 * The instant between `from` and `to` at which the offset changes, or `null` when both have the same offset. The new offset holds
 * at that instant. It assumes at most one change between them.
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

/** The latest wall time that the clock has shown up to an instant. In the second half of an overlap it is later than the current one. */
export function latestWallAt(timezone: string, instant: number): number {
  const wall = wallAt(timezone, instant);
  const transition = transitionBetween(timezone, instant - longestJump, instant);
  return transition === null ? wall : Math.max(wall, wallAt(timezone, transition - 1));
}
