/** A clock for those who wait for a lease: they sleep until it is released, and time passes only while they sleep. */
import type { Clock } from "../../src/model/clock.ts";

/** Where clients wait. */
export interface WaitingRoom {
  /** The clock of one client. */
  readonly clock: () => Clock;
  /** To be called when the lease was released: some of those who sleep look again, the others at a later release. */
  readonly released: () => void;
}

/** A room of which at most `awake` are woken by a release. Who began to sleep after a release that it has not seen is awake at once. */
export function waitingRoom(awake: number): WaitingRoom {
  const sleepers: (() => void)[] = [];
  let releases = 0;
  let time = Date.parse("2026-03-01T12:00:00Z");
  return {
    clock: () => {
      let seen = releases;
      return {
        now: () => new Date(time),
        sleep: async (ms) => {
          time += ms;
          if (releases === seen) await new Promise<void>((wake) => sleepers.push(wake));
          seen = releases;
        },
      };
    },
    released: () => {
      releases++;
      for (const wake of sleepers.splice(0, awake)) wake();
    },
  };
}

/** A clock on which a sleep is over at once, and has taken its time. */
export function hurriedClock(): Clock {
  let time = Date.parse("2026-03-01T12:00:00Z");
  return {
    now: () => new Date(time),
    sleep: async (ms) => {
      time += ms;
    },
  };
}
