/** One job of this process, from start to end: it waits for a free connection, runs, and is recorded. */
import type { DuckDBConnection } from "@duckdb/node-api";
import type { SqlFile } from "../../src/engine/execution.ts";
import type { CanonicalJob, DataTarget } from "../../src/job/job.ts";
import type { JsonObject } from "../../src/json.ts";
import type { Job, JobState } from "../../src/model/job.ts";
import type { ProviderContext } from "../../src/provider/contract.ts";
import { ProviderError } from "../../src/provider/error.ts";
import type { DuckDb } from "./duckdb/duckdb.ts";
import { type Failure, failureOf, isAftermath, isFatal, withoutDirectories } from "./duckdb/error.ts";
import { type Outcome, runJob as runStatements } from "./duckdb/run.ts";
import { measureTarget, prepareTarget, removeTarget } from "./duckdb/target.ts";
import type { JobRecord, JobStore } from "./job-store.ts";
import { filesOfSql, opened, pathsOfSql } from "./sql-files.ts";
import type { StagedJob, Staging } from "./staging/staging.ts";

/** A job that this process runs. */
export interface RunningJob {
  /** Resolves to the ended job; never rejects. */
  readonly done: Promise<Job>;
  /** Stops the job and waits for its end. */
  cancel(): Promise<void>;
  /** From 0 to 1; absent while unknown. */
  progress(): number | undefined;
}

/** What a job needs to run. */
export interface JobSetting {
  readonly context: ProviderContext;
  readonly store: JobStore;
  readonly record: JobRecord;
  readonly work: CanonicalJob;
  readonly compute: () => Promise<DuckDb>;
  /** Replaces an instance that a fatal error made useless. */
  readonly renew: (broken: DuckDb) => Promise<void>;
  readonly typing: () => Promise<DuckDb>;
  /** Absent without a storage. */
  readonly staging?: Staging;
}

/** What changes while a job runs. */
interface Progress {
  readonly cancel: AbortController;
  connection: DuckDBConnection | null;
  startedAt: string | undefined;
  /** The job's files of another system, while they are on this machine. */
  staged: StagedJob | null;
  /** The statements that take time, and how many have ended. Each counts as an equal part of the progress. */
  readonly parts: { total: number; ended: number };
}

/** Starts a job, which then runs by itself. */
export function startJob(setting: JobSetting): RunningJob {
  const state: Progress = {
    cancel: new AbortController(),
    connection: null,
    startedAt: undefined,
    staged: null,
    parts: { total: 1, ended: -1 },
  };
  const stop = watchCancel(setting, state);
  const done = runJob(setting, state).finally(stop);
  return {
    done,
    cancel: async () => {
      state.cancel.abort();
      await interruptUntil(done, state);
    },
    progress: () => {
      const part = state.connection?.progress.percentage ?? -1;
      const { total, ended } = state.parts;
      return part < 0 ? undefined : Math.min((Math.max(ended, 0) + Math.min(part / 100, 1)) / total, 1);
    },
  };
}

/** Interrupts repeatedly, since an interrupt just before a statement starts is lost. */
async function interruptUntil(done: Promise<Job>, state: Progress): Promise<void> {
  state.connection?.interrupt();
  const timer = setInterval(() => state.connection?.interrupt(), 50);
  await done.finally(() => clearInterval(timer));
}

/** Checks whether another process asked to cancel the job. */
function watchCancel({ store, record }: JobSetting, state: Progress): () => void {
  const timer = setInterval(async () => {
    if (await store.isCancelAsked(record.job.id).catch(() => false)) {
      state.cancel.abort();
      state.connection?.interrupt();
    }
  }, 500);
  timer.unref();
  return () => clearInterval(timer);
}

async function runJob(setting: JobSetting, state: Progress): Promise<Job> {
  const { context, store, record } = setting;
  const end = async (part: Partial<Job> & { readonly state: JobState }, columns: JobRecord["columns"] = []) => {
    const started = state.startedAt === undefined ? {} : { startedAt: state.startedAt };
    const job: Job = { ...record.job, ...started, endedAt: context.now().toISOString(), ...part };
    await store.log(job.id, `${job.endedAt} ${job.state}${job.error === undefined ? "" : `: ${job.error}`}`);
    await store.put({ ...record, job, columns });
    return job;
  };
  try {
    const { outcome, facts } = await compute(setting, state);
    if (outcome.rows.length > 0) await store.putRows(record.job.id, outcome.rows);
    const mismatches = shownMismatches(outcome.mismatches, setting, state);
    return await end({ state: "succeeded", facts, ...mismatches }, outcome.columns);
  } catch (error) {
    const failure = describeFailure(error, setting, state);
    const ending = state.cancel.signal.aborted
      ? ({ state: "cancelled", error: "The job was cancelled." } as const)
      : ({ state: "failed", error: failure.message, errorCode: failure.code } as const);
    // The disk may be full, so that the record can't be written. The waiting caller is told in any case.
    return end(ending).catch(() => ({ ...record.job, ...ending }));
  }
}

function describeFailure(error: unknown, setting: JobSetting, { staged }: Progress): Failure {
  const directories = directoriesOf(setting);
  const text = error instanceof Error ? error.message : String(error);
  const message = staged?.shown(text) ?? text;
  if (!(error instanceof ProviderError)) return failureOf(new Error(message), directories);
  return { code: error.code, message: withoutDirectories(message, directories) };
}

/** The values that were left out, with the paths that people know. */
function shownMismatches(
  found: Outcome["mismatches"],
  setting: JobSetting,
  { staged }: Progress,
): Pick<Job, "mismatches"> {
  if (found.length === 0) return {};
  const directories = directoriesOf(setting);
  const shown = (file: string | undefined) =>
    file === undefined ? {} : { file: withoutDirectories(staged?.path(file) ?? file, directories) };
  const rejects = (all: Outcome["mismatches"][number]["rejects"]) =>
    all.map((reject) => ({ ...reject, ...shown(reject.file) }));
  return { mismatches: found.map((one) => ({ ...one, rejects: rejects(one.rejects) })) };
}

const directoriesOf = ({ context }: JobSetting) => [...context.allowedDirectories, context.scratch];

/** How often a job is done again because another job broke the instance under it. */
const mostRepeats = 5;

async function compute(setting: JobSetting, state: Progress): Promise<Computed> {
  const { work, staging } = setting;
  const files = await filesOfSql(work, setting.typing);
  if (staging?.isNeeded(work) !== true) return repeated({ ...setting, work: opened(work, files) }, state);
  return computeStaged({ ...setting, staging }, state, files);
}

/** Fetches what the job reads, computes on this machine, and uploads what it wrote. */
async function computeStaged(
  setting: JobSetting & { readonly staging: Staging },
  state: Progress,
  files: readonly SqlFile[],
): Promise<Computed> {
  const { work, staging, store, record } = setting;
  const { signal } = state.cancel;
  const staged = await staging.begin(work, pathsOfSql(work, files), record.job.id, signal);
  state.staged = staged;
  try {
    await store.log(record.job.id, `${setting.context.now().toISOString()} staged ${staged.summary}`);
    const computed = await repeated({ ...setting, work: opened(staged.work, files, staged.root) }, state);
    refuseCancelled(state);
    // A later process tells by the size whether the file at the target is ours.
    await store.put({ ...record, job: { ...record.job, state: "running", facts: computed.facts } });
    await staged.publish(signal);
    return computed;
  } finally {
    await staged.end();
  }
}

async function repeated(setting: JobSetting, state: Progress): Promise<Computed> {
  for (let repeats = 0; ; repeats++) {
    const duckdb = await setting.compute();
    try {
      return await computeOn(duckdb, setting, state);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (!isFatal(message)) throw error;
      await setting.renew(duckdb);
      if (!isAftermath(message) || repeats === mostRepeats) throw error;
    }
  }
}

interface Computed {
  readonly outcome: Outcome;
  readonly facts: JsonObject;
}

function computeOn(duckdb: DuckDb, setting: JobSetting, state: Progress): Promise<Computed> {
  const { context, store, record, work } = setting;
  return duckdb.use(async (connection) => {
    refuseCancelled(state);
    state.startedAt = context.now().toISOString();
    state.connection = connection;
    try {
      await store.put({ ...record, job: { ...record.job, state: "running", startedAt: state.startedAt } });
      await store.log(record.job.id, `${state.startedAt} running ${work.kind}`);
      return await intoTarget(setting, () => runOn(connection, setting, state));
    } finally {
      state.connection = null;
    }
  }, state.cancel.signal);
}

function refuseCancelled(state: Progress): void {
  if (state.cancel.signal.aborted) throw new ProviderError("cancelled", "The job was cancelled.");
}

async function runOn(
  connection: DuckDBConnection,
  { store, record, work }: JobSetting,
  state: Progress,
): Promise<Outcome> {
  const catalog = `mason job ${record.job.id}`.replaceAll('"', "");
  const statements: string[] = [];
  let heavy: readonly string[] = [];
  try {
    return await runStatements(connection, work, catalog, {
      begin: (timed) => {
        heavy = timed;
        state.parts.total = timed.length;
      },
      next: (statement) => {
        refuseCancelled(state);
        if (heavy.includes(statement)) state.parts.ended++;
        statements.push(statement.length > 2000 ? `${statement.slice(0, 2000)} ...` : statement);
      },
      ended: () => {
        state.connection = null;
      },
    });
  } finally {
    for (const statement of statements) await store.log(record.job.id, `${statement};`);
  }
}

/** Prepares the target, then runs. After a failure it removes what was written. */
async function intoTarget({ context, work }: JobSetting, run: () => Promise<Outcome>) {
  const target: DataTarget | undefined = work.target;
  if (target === undefined) {
    const outcome = await run();
    return { outcome, facts: outcome.facts };
  }
  await prepareTarget(target, [...context.allowedDirectories, context.scratch]);
  try {
    const outcome = await run();
    return { outcome, facts: { ...outcome.facts, ...(await measureTarget(target)) } };
  } catch (error) {
    await removeTarget(target);
    throw error;
  }
}
