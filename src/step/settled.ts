/** Waits for work that may never settle: a promise that nothing can resolve would make Node exit as if all were well. */
import { ProviderError } from "../provider/error.ts";

/** Calls the listener once when the process has nothing left to do. Returns a function that stops listening. */
export type OnStall = (listener: () => void) => () => void;

/** The result of the work. Throws ProviderError when the process has nothing left to do and the work has not settled. */
export async function settled<T>(onStall: OnStall, what: string, work: () => Promise<T> | T): Promise<T> {
  let stop = (): void => undefined;
  const stalled = new Promise<never>((_, reject) => {
    stop = onStall(() => reject(neverSettles(what)));
  });
  try {
    return await Promise.race([work(), stalled]);
  } finally {
    stop();
  }
}

const neverSettles = (what: string) =>
  new ProviderError(
    "failed",
    `${what} never ends: its promise is pending, and nothing left in the process could settle it. Make sure that every promise that it awaits settles.`,
  );
