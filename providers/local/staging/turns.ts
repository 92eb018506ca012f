/** Bounds how much goes on at once. */
import { ProviderError } from "../../../src/provider/error.ts";

/** Places for work; who finds none waits. */
export interface Turns {
  /** Does the work when there is a place. Throws `cancelled` if the signal aborts before it begins. */
  take<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T>;
}

/** Turns for so many at once. */
export function createTurns(atOnce: number): Turns {
  let free = atOnce;
  const waiting: (() => void)[] = [];
  return {
    take: async (signal, work) => {
      if (free > 0) free--;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        if (signal.aborted) throw new ProviderError("cancelled", "The job was cancelled.");
        return await work();
      } finally {
        const next = waiting.shift();
        if (next === undefined) free++;
        else next();
      }
    },
  };
}
