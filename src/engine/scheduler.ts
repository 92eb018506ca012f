/** The scheduler role: when deployments run. Types only. */
import type { Diagnostic } from "../diagnostic/diagnostic.ts";
import type { Registration, Schedule, ScheduledRun } from "../model/schedule.ts";

/** A registration for a scheduler: its name, its schedule, and the digest of its bundle. */
export interface RegistrationInput extends Registration {
  readonly bundle: string;
}

/** Every verb but `validateSchedule` is optional. An absent object is `null`; deleting one succeeds. */
export interface Scheduler {
  /** The parts of a schedule that this scheduler can't honour. Pure. */
  validateSchedule(schedule: Schedule): readonly Diagnostic[];
  listRegistrations?(): Promise<readonly Registration[]>;
  getRegistration?(name: string): Promise<Registration | null>;
  register?(registration: RegistrationInput): Promise<void>;
  delete?(name: string): Promise<void>;
  pause?(name: string): Promise<void>;
  resume?(name: string): Promise<void>;
  /** Starts a run. A key that was used before returns the run that it started. */
  trigger?(name: string, run: { readonly key: string; readonly at: string }): Promise<ScheduledRun>;
  listRuns?(name: string): Promise<readonly ScheduledRun[]>;
  getRun?(name: string, key: string): Promise<ScheduledRun | null>;
  cancelRun?(name: string, key: string): Promise<void>;
  logs?(name: string, key: string): Promise<string>;
}
