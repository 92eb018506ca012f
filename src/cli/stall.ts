/**
 * Notices that the process is about to exit although its command has not ended: Node exits with code 0 when nothing is left that could
 * settle the promises it waits for.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type { OnStall } from "../step/settled.ts";

/** A piece of the command's work that runs foreign code. */
export interface WatchedWork {
  readonly what: string;
  /** Makes the work fail; false if it has ended already. */
  readonly fail: (strayed: string) => boolean;
}

const listeners = new Set<() => void>();
const works = new AsyncLocalStorage<WatchedWork>();

/** The work that the running code belongs to, timers and callbacks that it started included. */
export const currentWork = (): WatchedWork | undefined => works.getStore();

/** Calls the listener once when the process has nothing left to do, or when the work does what would end the process. */
export const onStall: OnStall = (listener, what) => {
  const own = () => listener();
  listeners.add(own);
  const fail = (strayed: string) => {
    if (!listeners.delete(own)) return false;
    listener(strayed);
    return true;
  };
  return {
    within: (work) => works.run({ what, fail }, work),
    stop: () => {
      listeners.delete(own);
    },
  };
};

/** Runs a command. When it stalls, the listeners are called; if there are none, `giveUp` is, and the process exits. */
export async function watchStalls(command: () => Promise<void>, giveUp: () => void): Promise<void> {
  const stalled = () => {
    const waiting = [...listeners];
    listeners.clear();
    if (waiting.length === 0) giveUp();
    for (const listener of waiting) listener();
  };
  process.on("beforeExit", stalled);
  try {
    await command();
  } finally {
    process.off("beforeExit", stalled);
  }
}
