/**
 * Execution on this machine. Canonical jobs are compiled for the embedded DuckDB, which runs them on its own threads. Records on disk let
 * later processes read them. It runs only jobs, and SQL reaches no file outside the config's roots.
 */
import { rmSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { totalmem } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Execution } from "../../src/engine/execution.ts";
import type { Storage } from "../../src/engine/storage.ts";
import type { CanonicalJob } from "../../src/job/job.ts";
import { hasEnded, type Job, type ResultPage } from "../../src/model/job.ts";
import type { ProviderContext } from "../../src/provider/contract.ts";
import { ProviderError } from "../../src/provider/error.ts";
import { type DuckDb, openDuckDb } from "./duckdb/duckdb.ts";
import { describeFiles, describeSql, findReferences } from "./duckdb/typing.ts";
import { type RunningJob, startJob } from "./job-run.ts";
import { createJobStore, type JobStore, thisProcess } from "./job-store.ts";
import { bytesOf } from "./size.ts";
import { createStaging, sizeSetting } from "./staging/staging.ts";

const pageSize = 1000;

/** Engines of this process, each with a directory of its own for what it stages. */
let engines = 0;

/** The execution engine of the local provider. Opens DuckDB on the first verb that needs it. */
export function createLocalExecution(context: ProviderContext, storage: Storage | null = null): Execution {
  const staged = join(context.scratch, `staged-${++engines}`);
  const most = bytesOf(context.settings[sizeSetting]) ?? 20e9;
  const staging = storage === null ? {} : { staging: createStaging(storage, staged, most) };
  const store = createJobStore(join(context.keep, "jobs"));
  const running = new Map<string, RunningJob>();
  const starting = new Map<string, Promise<Job>>();
  const compute = once(() => openCompute(context));
  const typing = once(() => openDuckDb(typingLimits));
  const looking = once(() => openDuckDb({ ...typingLimits, directories: context.allowedDirectories }));

  const start = async (work: CanonicalJob, token: string): Promise<Job> => {
    const known = await store.findToken(token);
    if (known !== null && known.job.state !== "failed" && known.job.state !== "cancelled") return known.job;
    const record = {
      job: { id: context.newId(), state: "queued", token, submittedAt: context.now().toISOString() },
      process: await thisProcess(),
      columns: [],
    } as const;
    await store.put(record);
    await store.putToken(token, record.job.id);
    const job = startJob({
      context,
      store,
      record,
      work,
      compute: () => compute.value(),
      renew: (broken) => compute.drop(broken),
      typing: () => typing.value(),
      ...staging,
    });
    running.set(record.job.id, job);
    void job.done.finally(() => running.delete(record.job.id));
    return record.job;
  };

  return {
    dialect: "duckdb",
    submit: async (work, token, options = {}) => {
      if (options.signal?.aborted) throw aborted();
      if (work.kind === "statement")
        throw new ProviderError("unsupported", "The local engine takes jobs, no statements.");
      // Two concurrent submits of one token are one job.
      const first = starting.get(token) ?? start(work, token).finally(() => starting.delete(token));
      starting.set(token, first);
      const job = await first;
      const own = running.get(job.id);
      if (own !== undefined && options.signal !== undefined) cancelWith(options.signal, own);
      return job;
    },
    findJob: async (token) => withProgress((await store.findToken(token))?.job ?? null, running),
    getJob: async (handle, { signal, wait = 0 } = {}) => {
      const id = String(handle);
      await endOrWait(running.get(id), wait, signal);
      return withProgress((await store.get(id))?.job ?? null, running);
    },
    cancelJob: async (handle) => {
      const id = String(handle);
      const own = running.get(id);
      if (own !== undefined) return own.cancel();
      const record = await store.get(id);
      if (record !== null && !hasEnded(record.job)) await store.askCancel(id);
    },
    listJobs: async (options = {}) => {
      const records = await store.list(options.limit ?? 100);
      return records.map((record) => withProgress(record.job, running) ?? record.job);
    },
    results: (handle, page) => results(String(handle), page, store),
    logs: async (handle) => {
      const id = String(handle);
      if ((await store.get(id)) === null) throw unknownJob(id);
      return store.readLog(id);
    },
    references: async (statements) =>
      (await typing.value()).use((connection) => findReferences(connection, statements)),
    describe: async (sql, tables, { root } = {}) => {
      if (root === undefined) return (await typing.value()).use((connection) => describeSql(connection, sql, tables));
      const directories = context.allowedDirectories;
      return (await looking.value()).use((connection) => describeFiles(connection, sql, tables, { root, directories }));
    },
    close: async () => {
      await Promise.all([...running.values()].map((job) => job.cancel()));
      await compute.end((open) => open.close());
      await typing.end((open) => open.close());
      await looking.end((open) => open.close());
      // What can't be removed now is removed by the next command, and fails no work that is done.
      await rm(staged, { recursive: true, force: true }).catch(() => undefined);
    },
  };
}

/** A value made on first use. A failure is not kept. */
function once<T>(make: () => Promise<T>) {
  let made: Promise<T> | undefined;
  const dropped: T[] = [];
  return {
    /** Makes a new value for the next use, unless somebody did so already. Others may still hold this one, so it stays open. */
    drop: async (value: T): Promise<void> => {
      if ((await made?.catch(() => undefined)) !== value) return;
      dropped.push(value);
      made = undefined;
    },
    value: (): Promise<T> => {
      made ??= make().catch((error) => {
        made = undefined;
        throw error;
      });
      return made;
    },
    end: async (close: (value: T) => void): Promise<void> => {
      const value = await made?.catch(() => undefined);
      made = undefined;
      for (const open of [...dropped.splice(0), ...(value === undefined ? [] : [value])]) close(open);
    },
  };
}

const typingLimits = {
  directories: [],
  temporary: null,
  threads: 1,
  memory: "256MB",
  connections: 1,
  optimizes: false,
};

async function openCompute(context: ProviderContext): Promise<DuckDb> {
  const { threads, memory_limit: memory, max_temp_directory_size: temporarySize } = context.settings;
  const temporary = join(context.scratch, `duckdb-${context.newId()}`);
  await mkdir(context.scratch, { recursive: true });
  const duckdb = await openDuckDb({
    directories: [...context.allowedDirectories, context.scratch],
    temporary,
    memory: typeof memory === "string" ? memory : `${defaultMemory()}MB`,
    ...(typeof threads === "number" ? { threads } : {}),
    ...(typeof temporarySize === "string" ? { temporarySize } : {}),
    // Each running statement holds one of libuv's four threads, which file operations also need.
    connections: 2,
  });
  const close = () => {
    duckdb.close();
    rmSync(temporary, { recursive: true, force: true });
  };
  return { ...duckdb, close };
}

/** 60 % of the machine's memory, at most 4 GB, in MB. */
const defaultMemory = () => Math.floor(Math.min(totalmem() * 0.6, 4e9) / 1e6);

const aborted = () => new ProviderError("cancelled", "The work was cancelled.");

const unknownJob = (id: string) =>
  new ProviderError("not_found", `There is no local job "${id}". Run "job:list" to see the jobs that are kept.`);

function cancelWith(signal: AbortSignal, job: RunningJob): void {
  const cancel = () => void job.cancel();
  if (signal.aborted) cancel();
  else signal.addEventListener("abort", cancel, { once: true });
  void job.done.finally(() => signal.removeEventListener("abort", cancel));
}

function withProgress(job: Job | null, running: ReadonlyMap<string, RunningJob>): Job | null {
  const progress = job === null || hasEnded(job) ? undefined : running.get(job.id)?.progress();
  return job === null || progress === undefined ? job : { ...job, progress };
}

/** Resolves at the end of a job of this process, after `wait` milliseconds, or when the signal aborts. */
async function endOrWait(own: RunningJob | undefined, wait: number, signal: AbortSignal | undefined): Promise<void> {
  if (own === undefined || wait === 0) return;
  const ended = new AbortController();
  const either = signal === undefined ? ended.signal : AbortSignal.any([ended.signal, signal]);
  void own.done.finally(() => ended.abort());
  await setTimeout(wait, undefined, { signal: either }).catch(() => undefined);
}

async function results(id: string, page: string | undefined, store: JobStore): Promise<ResultPage> {
  const record = await store.get(id);
  if (record === null) throw unknownJob(id);
  if (record.job.state !== "succeeded") {
    throw new ProviderError(
      "conflict",
      `The job "${id}" has no rows, because it is ${record.job.state}. Wait until it has succeeded.`,
    );
  }
  const rows = await store.rows(id);
  const from = page === undefined ? 0 : Number(page);
  const to = from + pageSize;
  return {
    columns: record.columns,
    rows: rows.slice(from, to),
    ...(to < rows.length ? { next: String(to) } : {}),
  };
}
