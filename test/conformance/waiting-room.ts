/** A clock for clients that wait for a lease: they sleep until it is released, and time passes only while they sleep. */
import type { Clock } from "../../src/model/clock.ts";

/** Where clients wait. */
export interface WaitingRoom {
  /** The clock of one client. */
  readonly clock: () => Clock;
  /** Call it after the lease was released: some sleepers look again now, the others at a later release. */
  readonly released: () => void;
}

/** A room in which a release wakes at most `awake` sleepers. A client that has not seen the last release does not sleep. */
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

/** A clock that moves on at once by the time of each sleep. */
export function hurriedClock(): Clock {
  let time = Date.parse("2026-03-01T12:00:00Z");
  return {
    now: () => new Date(time),
    sleep: async (ms) => {
      time += ms;
    },
  };
}
