/** Jobs: units of work in an execution engine, in the form that every engine reports. */
import type { Json, JsonObject } from "../json.ts";
import type { Column } from "./schema.ts";

export type JobState = "queued" | "running" | "succeeded" | "failed" | "cancelled" | "unknown";

/** A job as last seen. Times are ISO 8601 instants. */
export interface Job {
  readonly id: string;
  readonly state: JobState;
  /** The idempotency token it was submitted with. */
  readonly token?: string;
  readonly submittedAt?: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  /** Why it failed, in the engine's words without secrets. */
  readonly error?: string;
  /** The ProviderError code of this failure: `invalid`, `no_space`. */
  readonly errorCode?: string;
  /** From 0 to 1, where the engine knows. */
  readonly progress?: number;
  /** The engine's own opaque value; each `getJob` may renew it. */
  readonly handle?: Json;
  /** Facts about the work: rows written, files, bytes. */
  readonly facts?: JsonObject;
  /** The values that it left out. */
  readonly mismatches?: readonly Mismatches[];
}

/** The values that did not fit the columns of a table, and were left out by its rule `on_mismatch`. */
export interface Mismatches {
  /** `sales.orders`. */
  readonly table: string;
  /** Whether they stand in the files of the table, or would have been written into it. */
  readonly when: "read" | "write";
  readonly rule: "null" | "skip_row";
  /** Rows with such a value. */
  readonly rows: number;
  readonly values: number;
  /** The number of values by column. */
  readonly columns: Readonly<Record<string, number>>;
  /** The first of the values. */
  readonly rejects: readonly Reject[];
}

/** One value that did not fit. Only text files have lines. */
export interface Reject {
  readonly file?: string;
  readonly line?: number;
  readonly record?: number;
  readonly column: string;
  /** The start of a long value; `null`: it is missing. */
  readonly value: string | null;
}

/** What a verb about the job takes: its handle, or its id where the engine gave none. */
export const handleOf = ({ id, handle }: Pick<Job, "id" | "handle">): Json => handle ?? id;

/** True when a job has reached a final state. */
export const hasEnded = (job: Job): boolean =>
  job.state === "succeeded" || job.state === "failed" || job.state === "cancelled";

/** A page of result rows; `next` names the following page and is absent on the last. */
export interface ResultPage {
  readonly columns: readonly Column[];
  readonly rows: readonly JsonObject[];
  readonly next?: string;
}
