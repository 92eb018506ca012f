/** Tokens of an apply: they find begun work again after an interruption. */
import type { Clock } from "../model/clock.ts";
import { newRunId, type RunStore } from "../model/run.ts";

/** Makes the tokens of an apply, which are also ids of runs. Ids are short, since people type them, so two of one second may be equal. */
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
