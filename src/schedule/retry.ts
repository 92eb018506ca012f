/** Retries of a step: `exponential(5)`, `constant(5)`. */

/** The wait between attempts of a step. */
export interface Retry {
  readonly kind: "exponential" | "constant";
  /** Seconds before the second attempt. */
  readonly seconds: number;
}

const longestDelay = 3_600_000;

/** Reads `exponential(SECONDS)` or `constant(SECONDS)`, or returns `null`. Seconds are a positive whole number. */
export function parseRetry(text: string): Retry | null {
  const match = /^\s*(exponential|constant)\s*\(\s*(\d{1,9})\s*\)\s*$/.exec(text);
  if (match === null) return null;
  const seconds = Number(match[2]);
  return seconds > 0 ? { kind: match[1] === "constant" ? "constant" : "exponential", seconds } : null;
}

/**
 * The milliseconds to wait after attempt `tryNumber` (1 is the first) failed. `exponential(5)` waits 5, 10, 20 ... seconds,
 * `constant(5)` always waits 5; no wait exceeds one hour.
 */
export function retryDelay(retry: Retry, tryNumber: number): number {
  const factor = retry.kind === "constant" ? 1 : 2 ** Math.max(0, tryNumber - 1);
  return Math.min(longestDelay, retry.seconds * 1000 * factor);
}
