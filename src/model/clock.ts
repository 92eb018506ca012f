/** Time as an argument: what is real in a command and made up in a test. */

/** Tells the time and waits. */
export interface Clock {
  now(): Date;
  /** Resolves after so many milliseconds, or at once when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
