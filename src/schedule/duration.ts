/** Durations as users write them (`90s`, `1h30m`) and as Mason prints them (`1h 30m`, `2.4s`). */

const units: readonly (readonly [name: string, milliseconds: number])[] = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
  ["ms", 1],
];

/**
 * The milliseconds of a duration like `90s`, `30m`, `2h`, `1h30m`, `1d` or `500ms`; `null` when the text is not a positive duration.
 * Units go from large to small, each at most once, with optional blanks between them.
 */
export function parseDuration(text: string): number | null {
  const match = /^(?:(\d+)d)? *(?:(\d+)h)? *(?:(\d+)m(?!s))? *(?:(\d+)s)? *(?:(\d+)ms)?$/.exec(text.trim());
  if (match === null) return null;
  const total = units.reduce((sum, [, size], index) => sum + Number(match[index + 1] ?? 0) * size, 0);
  return total > 0 && Number.isSafeInteger(total) ? total : null;
}

/** A duration for people, its two largest units: `1h 30m`, `2m 5s`, `2.4s`, `350ms`. */
export function formatDuration(ms: number): string {
  const whole = Math.max(0, Math.round(ms));
  if (whole < 1000) return `${whole}ms`;
  const tenths = Math.round(whole / 100);
  if (tenths < 600) return `${tenths / 10}s`;
  return largestTwo(whole);
}

function largestTwo(ms: number): string {
  const first = units.findIndex(([, size]) => ms >= size);
  const smallest = units[Math.min(first + 1, 3)]?.[1] ?? 1000;
  let rest = Math.round(ms / smallest) * smallest;
  const parts: string[] = [];
  for (const [name, size] of units) {
    const count = Math.floor(rest / size);
    if (count > 0) parts.push(`${count}${name}`);
    rest -= count * size;
  }
  return parts.join(" ");
}
