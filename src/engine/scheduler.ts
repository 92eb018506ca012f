/** The scheduler role: what runs when. Types only. */
import type { Diagnostic } from "../diagnostic/diagnostic.ts";
import type { Registration, Schedule, ScheduledRun } from "../model/schedule.ts";

/** What a scheduler is given to register: the name, when, and the bundle by digest. */
export interface RegistrationInput extends Registration {
  readonly bundle: string;
}

/** Every verb but `validateSchedule` may be absent from a manifest's verbs. Absent gives `null`; deleting what is absent succeeds. */
export interface Scheduler {
  /** What of a schedule this scheduler can't do; pure. */
  validateSchedule(schedule: Schedule): readonly Diagnostic[];
  listRegistrations?(): Promise<readonly Registration[]>;
  getRegistration?(name: string): Promise<Registration | null>;
  register?(registration: RegistrationInput): Promise<void>;
  delete?(name: string): Promise<void>;
  pause?(name: string): Promise<void>;
  resume?(name: string): Promise<void>;
  /** Starts a run; a key that was used before gives the run that it started. */
  trigger?(name: string, run: { readonly key: string; readonly at: string }): Promise<ScheduledRun>;
  listRuns?(name: string): Promise<readonly ScheduledRun[]>;
  getRun?(name: string, key: string): Promise<ScheduledRun | null>;
  cancelRun?(name: string, key: string): Promise<void>;
  logs?(name: string, key: string): Promise<string>;
}
