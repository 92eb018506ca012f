/**
 * Notices that the process is about to exit although its command has not ended: Node exits with code 0 when nothing is left that could
 * settle the promises it waits for.
 */
import type { OnStall } from "../step/settled.ts";

const listeners = new Set<() => void>();

/** Calls the listener once when the process has nothing left to do. */
export const onStall: OnStall = (listener) => {
  const own = () => listener();
  listeners.add(own);
  return () => {
    listeners.delete(own);
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
