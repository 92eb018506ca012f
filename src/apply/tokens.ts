/** Tokens of an apply: by them what was begun is found again after an interruption. */
import type { Clock } from "../model/clock.ts";
import { newRunId, type RunStore } from "../model/run.ts";

/** Tokens of an apply, which are ids of runs too. An id has few letters, since people type it: another one of its second may have it. */
export function createTokens(
  { clock, newId }: { readonly clock: Clock; readonly newId: () => string },
  store: RunStore,
): { readonly next: () => string } {
  const given = new Set<string>();
  return {
    next: () => {
      const id = newRunId(clock.now(), newId());
      let token = id;
      for (let tries = 2; given.has(token) || store.get(token) !== null; tries++) token = `${id}x${tries}`;
      given.add(token);
      return token;
    },
  };
}
