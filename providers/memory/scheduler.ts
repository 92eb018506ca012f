/**
 * A scheduler in memory, the reference for authors of schedulers. It keeps registrations but fires and runs nothing: a triggered run
 * stays queued until it is cancelled or a test ends it.
 */
import type { RegistrationInput, Scheduler } from "../../src/engine/scheduler.ts";
import type { Registration, ScheduledRun } from "../../src/model/schedule.ts";
import { ProviderError } from "../../src/provider/error.ts";
import type { MemoryClient, Space, StoredRun } from "./client.ts";

/** A scheduler over the registrations in the client's space. */
export function createMemoryScheduler({ space, now }: MemoryClient): Required<Scheduler> {
  return {
    // It accepts every cron that Mason can read; another provider reports what it can't express.
    validateSchedule: () => [],
    listRegistrations: async () => [...space.registrations.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    getRegistration: async (name) => space.registrations.get(name) ?? null,
    // Registering again replaces, so the same call twice equals one call.
    register: async (registration: RegistrationInput) => {
      space.registrations.set(registration.name, registration);
    },
    delete: async (name) => {
      space.registrations.delete(name);
      space.runs.delete(name);
    },
    pause: async (name) => setPaused(space, name, true),
    resume: async (name) => setPaused(space, name, false),
    // The key is the idempotency token: repeating a trigger whose answer was lost returns the run that it started.
    trigger: async (name, { key, at }) => {
      requireRegistration(space, name);
      const known = space.runs.get(name)?.get(key);
      if (known !== undefined) return known.run;
      const run: ScheduledRun = { key, name, state: "queued", at };
      putRun(space, name, key, { run, log: `${now().toISOString()} queued\n` });
      return run;
    },
    listRuns: async (name) => {
      const runs = [...(space.runs.get(name)?.values() ?? [])].map((stored) => stored.run);
      return runs.sort((a, b) => (a.at === b.at ? (a.key < b.key ? -1 : 1) : a.at < b.at ? -1 : 1));
    },
    getRun: async (name, key) => space.runs.get(name)?.get(key)?.run ?? null,
    cancelRun: async (name, key) => {
      const stored = space.runs.get(name)?.get(key);
      // A run that is absent or has ended needs no cancelling, and its outcome stays.
      if (stored === undefined || !["queued", "running"].includes(stored.run.state)) return;
      const endedAt = now().toISOString();
      putRun(space, name, key, {
        run: { ...stored.run, state: "cancelled", endedAt },
        log: `${stored.log}${endedAt} cancelled\n`,
      });
    },
    logs: async (name, key) => {
      const stored = space.runs.get(name)?.get(key);
      if (stored !== undefined) return stored.log;
      throw new ProviderError("not_found", `Schedule "${name}" has no run "${key}". List its runs to see their keys.`);
    },
  };
}

function putRun(space: Space, name: string, key: string, stored: StoredRun): void {
  const runs = space.runs.get(name) ?? new Map<string, StoredRun>();
  space.runs.set(name, runs.set(key, stored));
}

function requireRegistration(space: Space, name: string): Registration {
  const registration = space.registrations.get(name);
  if (registration !== undefined) return registration;
  throw new ProviderError("not_found", `There is no schedule "${name}". List the schedules to see their names.`);
}

function setPaused(space: Space, name: string, paused: boolean): void {
  const registration = requireRegistration(space, name);
  space.registrations.set(name, { ...registration, schedule: { ...registration.schedule, paused } });
}
