/**
 * The client of the memory provider, and the system behind it: spaces of files, tables and schedules. In another provider, this file
 * makes the SDK's client from the settings. Engines take it as an argument, so that tests can pass their own.
 */
import type { Work } from "../../src/job/job.ts";
import type { JsonObject } from "../../src/json.ts";
import type { JobState } from "../../src/model/job.ts";
import type { Registration, RunState, ScheduledRun } from "../../src/model/schedule.ts";
import type { Schema } from "../../src/model/schema.ts";
import type { Database, Partition, Table } from "../../src/model/table.ts";
import type { ProviderContext } from "../../src/provider/contract.ts";
import { ProviderError } from "../../src/provider/error.ts";

/** A file in memory. */
export interface StoredFile {
  readonly bytes: Uint8Array;
  readonly modified: number;
  readonly etag: string;
}

/** A table in memory; `partitionList` holds the partitions that were added. */
export interface StoredTable {
  readonly table: Table;
  readonly partitionList: readonly Partition[];
}

/** A run in memory and its logs. */
export interface StoredRun {
  readonly run: ScheduledRun;
  readonly log: string;
}

/** What a job of the scripted engine does. */
export interface JobScript {
  /** The states that looks at the job see, one after the other; the last one stays. A failed look says what fails. Default: `succeeded`. */
  readonly looks?: readonly (JobState | ProviderError)[];
  /** True if `submit` starts the job and its answer is lost. */
  readonly answerIsLost?: true;
  /** True if each look gives a new handle, and the old ones are no longer known. */
  readonly renewsHandles?: true;
  readonly error?: string;
  readonly columns?: Schema;
  readonly rows?: readonly JsonObject[];
  /** Rows in a page of results. Default: 1,000. */
  readonly pageSize?: number;
}

/** A job in memory. */
export interface StoredJob {
  readonly id: string;
  readonly token: string;
  readonly work: Work;
  readonly script: JobScript;
  readonly submittedAt: string;
  /** Looks that were answered or failed. */
  looks: number;
  /** The present number of its handle. */
  handle: number;
  isCancelled: boolean;
}

/** The content of one space. */
export interface Space {
  readonly files: Map<string, StoredFile>;
  readonly databases: Map<string, Database>;
  /** By `database/table`. */
  readonly tables: Map<string, StoredTable>;
  readonly registrations: Map<string, Registration>;
  /** By registration, then by run key. */
  readonly runs: Map<string, Map<string, StoredRun>>;
  /** Jobs by id. */
  readonly jobs: Map<string, StoredJob>;
  /** What the next jobs do, in order. A job without a script succeeds at once, with no rows. */
  readonly scripts: JobScript[];
  /** The last number in use. Etags and versions are never reused. */
  lastNumber: number;
}

/** What the engines receive. */
export interface MemoryClient {
  readonly name: string;
  readonly space: Space;
  readonly now: () => Date;
  readonly user: string;
}

// The fake system itself, which outlives its clients as a server does. No other provider keeps state in a module.
const spaces = new Map<string, Space>();

/** The space with this name, empty before its first use. */
export function spaceOf(name: string): Space {
  const known = spaces.get(name);
  if (known !== undefined) return known;
  const space: Space = {
    files: new Map(),
    databases: new Map(),
    tables: new Map(),
    registrations: new Map(),
    runs: new Map(),
    jobs: new Map(),
    scripts: [],
    lastNumber: 0,
  };
  spaces.set(name, space);
  return space;
}

/** The client for the settings. */
export function createMemoryClient(context: ProviderContext): MemoryClient {
  const name = typeof context.settings.space === "string" ? context.settings.space : "default";
  return { name, space: spaceOf(name), now: context.now, user: context.user };
}

/** A new number of the space. */
export function nextNumber(space: Space): string {
  space.lastNumber++;
  return String(space.lastNumber);
}

/** Ends a run as a real scheduler's worker would. Memory starts no run, so tests decide how a run ends. */
export function endRun(space: Space, name: string, key: string, state: RunState, at: string, log = ""): void {
  const stored = space.runs.get(name)?.get(key);
  if (stored === undefined)
    throw new ProviderError("not_found", `Schedule "${name}" has no run "${key}". Trigger it first.`);
  space.runs.get(name)?.set(key, { run: { ...stored.run, state, endedAt: at }, log: stored.log + log });
}
