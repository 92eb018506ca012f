/** Schedules, registrations and runs, in the form that every scheduler reports. */

/** The schedule of a deployment. */
export interface Schedule {
  /** Five-field unix cron as the user wrote it (or `@daily` ...); absent: triggered by hand only. */
  readonly cron?: string;
  /** IANA name. */
  readonly timezone: string;
  /** ISO date or instant; no fire time comes before it. */
  readonly start?: string;
  readonly catchup: "skip" | "latest" | "all";
  readonly maxActiveRuns: number;
  readonly paused: boolean;
}

/** A deployment as a scheduler knows it. */
export interface Registration {
  /** The scheduler's own name for it. */
  readonly name: string;
  readonly schedule: Schedule;
  /** Digest of the bundle that it runs; absent when Mason did not create the registration. */
  readonly bundle?: string;
  readonly owner?: { readonly lineage: string; readonly address: string };
}

export type RunState = "queued" | "running" | "succeeded" | "failed" | "cancelled";

/** One run that a scheduler knows; times are ISO 8601 instants. */
export interface ScheduledRun {
  readonly key: string;
  readonly name: string;
  readonly state: RunState;
  readonly at: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
}
