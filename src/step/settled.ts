/** Waits for work that may never settle: a promise that nothing can resolve would make Node exit as if all were well. */
import { ProviderError } from "../provider/error.ts";

/** Watches one piece of work. */
export interface Watch {
  /** Does the work, so that what it does outside of its promise is known to be its own. */
  readonly within: <T>(work: () => T) => T;
  readonly stop: () => void;
}

/**
 * Calls the listener when the process has nothing left to do, or with a sentence's end when the work did something outside of its promise
 * that would end the process. `what` names the work.
 */
export type OnStall = (listener: (strayed?: string) => void, what: string) => Watch;

/** Where the process is not watched. */
export const unwatched: OnStall = () => ({ within: (work) => work(), stop: () => undefined });

/** The result of the work. Throws ProviderError when the process has nothing left to do and the work has not settled, or when it strayed. */
export async function settled<T>(onStall: OnStall, what: string, work: () => Promise<T> | T): Promise<T> {
  let watch = unwatched(() => undefined, what);
  const stalled = new Promise<never>((_, reject) => {
    const listener = (strayed?: string) =>
      reject(strayed === undefined ? neverSettles(what) : new ProviderError("failed", `${what} ${strayed}`));
    watch = onStall(listener, what);
  });
  try {
    return await Promise.race([watch.within(work), stalled]);
  } finally {
    watch.stop();
  }
}

const neverSettles = (what: string) =>
  new ProviderError(
    "failed",
    `${what} never ends: its promise is pending, and nothing left in the process could settle it. Make sure that every promise that it awaits settles.`,
  );
