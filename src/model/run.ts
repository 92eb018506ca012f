/** Runs: one execution of a deployment, operator or workflow, with its step runs. Times are ISO 8601 instants. */
import type { Json } from "../json.ts";
import type { Mismatches } from "./job.ts";
import type { ProcessFacts } from "./process-facts.ts";
import type { ProviderErrorCode } from "./provider-error-code.ts";
import type { RunState } from "./schedule.ts";

/** The stored record of a run. */
export interface RunRecord {
  readonly id: string;
  /** The scheduler's key: two runs of one deployment with one key are the same run. */
  readonly key: string;
  /** `deployment.nightly`, or `operator.table:infer` and `workflow.table:export` for a run by hand. */
  readonly address: string;
  readonly state: RunState;
  /** The instant for which the run was scheduled. */
  readonly at: string;
  readonly startedAt: string;
  readonly endedAt?: string;
  /** Digest of the bundle that ran. */
  readonly bundle: string;
  readonly environment: string | null;
  /** The process that executes the run; when it is gone before the end, the run was interrupted. */
  readonly process?: ProcessFacts;
  /** Why the run failed: the first failure that counts. */
  readonly error?: string;
}

/** The state of a step. `skipped`: its `when` did not hold, or the run did not reach it. */
export type StepState = "running" | "succeeded" | "failed" | "skipped" | "cancelled";

/** Why a step failed. */
export interface StepFailure {
  readonly code: ProviderErrorCode | "timeout" | "stopped";
  readonly message: string;
}

/** The decision of a step module about the edge to one later step. */
export type EdgeDecision =
  | { readonly action: "next"; readonly parameters?: Readonly<Record<string, Json>> }
  | { readonly action: "stop" }
  | { readonly action: "fail"; readonly reason: string }
  | { readonly action: "retry" };

/** An engine job of a step. A resumed run waits for the same job. */
export interface StepJob {
  readonly token: string;
  /** The token of the try that started it; a later job of one try has a token of its own. */
  readonly tryToken: string;
  readonly id: string;
  /** The last handle that the engine gave; absent where the id is the handle. */
  readonly handle?: Json;
}

/** One step of a run. */
export interface StepRecord {
  readonly step: string;
  /** `table:infer`. */
  readonly operator: string;
  readonly attempt: number;
  readonly state: StepState;
  /** Tries of the last attempt, retries included. */
  readonly tries: number;
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly outputs: Readonly<Record<string, Json>>;
  readonly info: readonly string[];
  readonly warnings: readonly string[];
  /** The values that did not fit and were left out. */
  readonly mismatches?: readonly Mismatches[];
  readonly error?: StepFailure;
  /** Why it was skipped. */
  readonly reason?: string;
  /** Digest of everything that determines the result: a resumed run does not repeat a step whose digest is the same. */
  readonly identity?: string;
  /** The engine jobs that its last attempt started. */
  readonly jobs?: readonly StepJob[];
  /** Decisions by the id of the later step; only for workflows with a module. */
  readonly decisions?: Readonly<Record<string, EdgeDecision>>;
}

/** The store of one run. The next call sees each record that was put, and later processes find it on disk. */
export interface RunJournal {
  readonly run: RunRecord;
  step(id: string): StepRecord | null;
  /** The record of the step in the run that this run resumes. */
  earlier(id: string): StepRecord | null;
  putStep(record: StepRecord): void;
  log(step: string, at: string, line: string): void;
  end(run: RunRecord): void;
}

/** One line of a log. */
export interface LogLine {
  readonly step: string;
  readonly at: string;
  readonly line: string;
}

/** Which runs to list; by default all. */
export interface RunChoice {
  readonly limit?: number;
  readonly address?: string;
  readonly environment?: string;
}

/** The runs of a project that are still kept. */
export interface RunStore {
  /** Starts a run. `earlier`: the step records of the run that it resumes. A run with the same id continues in its files. */
  create(run: RunRecord, earlier?: readonly StepRecord[]): RunJournal;
  /** Newest first. */
  list(options?: RunChoice): readonly RunRecord[];
  get(id: string): { readonly run: RunRecord; readonly steps: readonly StepRecord[] } | null;
  logs(id: string, step?: string): readonly LogLine[];
  /** Gives the runs of a resource its new address. */
  move(from: string, to: string): void;
  /** Deletes runs that ended before the instant, and killed ones that started before it. */
  prune(before: string): void;
}

/** An id that sorts by time: `20261125-070512-4f2a91`. `random` is letters and digits. */
export const newRunId = (at: Date, random: string): string =>
  `${at.toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-")}-${random.slice(0, 6)}`;

/** The files that one run left at one path. */
export interface OutputList {
  /** The key of the path with its client. */
  readonly place: string;
  /** The digest of the data files, by which the list is found. */
  readonly digest: string;
  /** The digest of the bundle that ran. */
  readonly bundle: string;
  readonly run: string;
  /** Relative to the path and sorted; an empty name for a path of one file. */
  readonly names: readonly string[];
}

/** The lists that are kept. */
export interface OutputLists {
  put(list: OutputList): void;
  get(place: string, digest: string): OutputList | null;
  /** The names of all files that runs ever left at a place; `null` if no run is known to have written there. */
  namesAt(place: string): readonly string[] | null;
  /** Deletes lists that were last named before the instant. Those with one of these digests stay. */
  prune(before: string, named: ReadonlySet<string>): void;
}
