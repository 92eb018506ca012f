/**
 * Statements on Trino. A look reads pages until the query has ended or the time is up, and keeps their rows on disk. The handle has the
 * address of the next page, for a process that has lost the disk.
 */
import { join } from "node:path";
import type { Execution, LookOptions } from "../../src/engine/execution.ts";
import { isObject, type Json, type JsonObject } from "../../src/json.ts";
import { hasEnded, type Job, type JobState, type ResultPage } from "../../src/model/job.ts";
import type { ProviderContext } from "../../src/provider/contract.ts";
import { isProviderError, ProviderError } from "../../src/provider/error.ts";
import { createSqlParser } from "../support/sql-parser/parser.ts";
import { findReferences } from "../support/sql-parser/references.ts";
import { createTrino, type Page, type Trino } from "../support/trino/client.ts";
import { failureText } from "../support/trino/error.ts";
import { columnsOf, rowOf } from "../support/trino/values.ts";
import { describeQuery, explainQuery } from "./describe.ts";
import { createJobFiles, isQueryId, type JobFiles, type JobRecord } from "./job-files.ts";

const pageSize = 1000;
/** What the rows of one query may take on disk. */
const mostBytes = 2 ** 30;
const stoppedWithin = 10_000;

/** What the functions below share. */
interface Setting {
  readonly trino: Trino;
  readonly files: JobFiles;
  readonly now: () => Date;
}

/** The engine of the settings. Does no I/O. */
export function createTrinoExecution(context: ProviderContext): Execution {
  const trino = createTrino(context);
  const setting = { trino, files: createJobFiles(join(context.keep, "jobs")), now: context.now };
  const parser = createSqlParser();
  const taken = new Map<string, Promise<unknown>>();
  /** One look at a query at a time, since each takes pages away. */
  const inTurn = <T>(id: string, work: () => Promise<T>): Promise<T> => {
    const turn = (taken.get(id) ?? Promise.resolve()).then(work, work);
    const settled: Promise<unknown> = turn
      .catch(() => undefined)
      .then(() => (taken.get(id) === settled ? taken.delete(id) : false));
    taken.set(id, settled);
    return turn;
  };
  return {
    dialect: "trino",
    catalog: trino.catalog,
    submit: async (work, token, { signal } = {}) => {
      if (signal?.aborted) throw new ProviderError("cancelled", "The work was cancelled.");
      if (work.kind !== "statement")
        throw new ProviderError("unsupported", "Trino takes statements, not jobs. This is a bug in Mason.");
      const page = await trino.post(work.sql, signal === undefined ? {} : { signal });
      const job = { id: page.id, state: "queued", token, submittedAt: context.now().toISOString() } as const;
      return shown(await take(setting, { ...unread, job, uri: page.next }, page));
    },
    getJob: async (handle, options = {}) => {
      const id = idOf(handle);
      return isQueryId(id) ? inTurn(id, () => look(setting, handle, options)) : null;
    },
    cancelJob: async (handle) => {
      const id = idOf(handle);
      // Not in turn: a look may be waiting for the query.
      if (isQueryId(id)) await cancel(setting, handle);
    },
    results: (handle, page = "0") => resultsOf(setting, idOf(handle), Number(page)),
    logs: async (handle) => (await required(setting, idOf(handle))).log,
    references: (statements) => findReferences(parser, statements, "trino"),
    describe: (sql, tables) => describeQuery(trino, sql, tables),
    explain: (sql) => explainQuery(trino, sql),
    close: () => parser.close(),
  };
}

const unread = { columns: [], pages: 0, rows: 0, bytes: 0, log: "" };

/** The id in a handle, which is `{ id, uri }`, or the id itself. */
const idOf = (handle: Json): string => String(isObject(handle) ? handle.id : handle);

const shown = ({ job, uri }: JobRecord): Job => ({ ...job, handle: uri === null ? job.id : { id: job.id, uri } });

/** The record on disk; without one, that of the handle, whose earlier rows are gone. */
async function recordOf({ files, trino }: Setting, handle: Json): Promise<JobRecord | null> {
  const id = idOf(handle);
  const known = await files.read(id);
  if (known !== null) return known;
  const job = { id, state: "running" as const };
  if (isObject(handle) && typeof handle.uri === "string") return { ...unread, job, uri: handle.uri, isPartial: true };
  const info = await trino.look(id);
  return info === null ? null : { ...unread, job: { ...job, ...endOf(info) }, uri: null, isPartial: true };
}

async function look(setting: Setting, handle: Json, { signal, wait = 0 }: LookOptions): Promise<Job | null> {
  const found = await recordOf(setting, handle);
  if (found === null) return null;
  const until = performance.now() + wait;
  let record = found;
  while (!hasEnded(record.job) && record.uri !== null && !signal?.aborted) {
    const left = until - performance.now();
    try {
      const options = { wait: Math.min(Math.max(left, 1), 1000), ...(signal === undefined ? {} : { signal }) };
      record = await take(setting, record, await setting.trino.next(record.uri, options));
    } catch (error) {
      if (signal?.aborted === true && isProviderError(error, "cancelled")) break;
      if (!isProviderError(error, "not_found") && !isProviderError(error, "conflict")) throw error;
      record = await lost(setting, record);
      break;
    }
    if (performance.now() >= until) break;
  }
  return shown(record);
}

/** The record with a page in it; on disk before anything else is asked for. */
async function take(setting: Setting, before: JobRecord, page: Page): Promise<JobRecord> {
  const { files, now, trino } = setting;
  const columns = page.columns === null ? before.columns : columnsOf(page.columns);
  let { pages, bytes } = before;
  for (let from = 0; from < page.rows.length; from += pageSize, pages++)
    bytes += await files.writeRows(
      before.job.id,
      pages,
      page.rows.slice(from, from + pageSize).map((values) => rowOf(columns, values)),
    );
  const rows = before.rows + page.rows.length;
  const isTooLarge = bytes > mostBytes;
  if (isTooLarge) await trino.stop(page.id, page.next);
  const job = { ...before.job, ...stateOf(page, isTooLarge), ...factsOf(page, rows) };
  const ended = hasEnded(job) ? { endedAt: now().toISOString() } : {};
  const progress = page.stats.progressPercentage;
  const part = typeof progress === "number" ? { progress: Math.min(progress / 100, 1) } : {};
  const record: JobRecord = {
    ...before,
    job: { ...job, ...ended, ...part },
    uri: hasEnded(job) ? null : page.next,
    columns,
    pages,
    rows,
    bytes,
    log: logOf(page, job),
  };
  await files.write(record);
  return record;
}

type End = Pick<Job, "state" | "error" | "errorCode">;

function stateOf({ failure, next, stats }: Page, isTooLarge: boolean): End {
  if (isTooLarge)
    return { state: "failed", errorCode: "no_space", error: "The rows take more than 1 GB. Write them into a table." };
  if (failure !== null)
    return failure.code === "cancelled"
      ? { state: "cancelled" }
      : { state: "failed", error: failureText(failure), errorCode: failure.code };
  if (next === null) return { state: "succeeded" };
  return { state: stats.state === "QUEUED" ? "queued" : "running" };
}

function factsOf({ stats, update }: Page, rows: number): { readonly facts: JsonObject } {
  const facts = { read_rows: stats.processedRows, read_bytes: stats.processedBytes, cpu_ms: stats.cpuTimeMillis };
  const written = update?.rows;
  return { facts: { ...facts, ...(update === undefined ? { rows } : written === undefined ? {} : { rows: written }) } };
}

function logOf({ id, stats, update }: Page, job: Job): string {
  const lines = [
    `query ${id}: ${job.state}${job.submittedAt === undefined ? "" : `, submitted ${job.submittedAt}`}`,
    `${stats.elapsedTimeMillis} ms, ${stats.cpuTimeMillis} ms of CPU, peak memory ${stats.peakMemoryBytes} bytes`,
    `read ${stats.processedRows} rows, ${stats.processedBytes} bytes; ${stats.completedSplits} of ${stats.totalSplits} splits done`,
    ...(update === undefined ? [] : [`${update.kind}${update.rows === undefined ? "" : `: ${update.rows} rows`}`]),
    ...(job.error === undefined ? [] : [job.error]),
  ];
  return `${lines.join("\n")}\n`;
}

/** The record of a query whose next page can't be had: what the server says of the query, or that it is gone. */
async function lost({ files, trino, now }: Setting, record: JobRecord): Promise<JobRecord> {
  const info = await trino.look(record.job.id);
  const gone: End = {
    state: "failed",
    errorCode: "unavailable",
    error: `Trino no longer knows the query "${record.job.id}": it was started again, or nobody asked for the query for minutes. What the query would have written is not there, unless it was at its very end. Look, and run it again.`,
  };
  const end = info === null ? gone : endOf(info);
  const ended = hasEnded({ id: record.job.id, ...end });
  const job = { ...record.job, ...end, ...(ended ? { endedAt: now().toISOString() } : {}) };
  const next: JobRecord = { ...record, job, uri: ended ? null : record.uri, isPartial: true };
  await files.write(next);
  return next;
}

/** The state that the server tells of a query. */
function endOf(info: JsonObject): End {
  if (info.state === "FINISHED") return { state: "succeeded" };
  if (info.state !== "FAILED") return { state: info.state === "QUEUED" ? "queued" : "running" };
  const name = isObject(info.errorCode) ? String(info.errorCode.name) : "UNKNOWN";
  if (name === "USER_CANCELED" || name === "ADMINISTRATIVELY_KILLED") return { state: "cancelled" };
  return { state: "failed", error: `${name}: Look at the query in Trino for the reason.`, errorCode: "failed" };
}

/** Stops a query and waits until the server says how it ended: it may have been faster. */
async function cancel(setting: Setting, handle: Json): Promise<void> {
  const { trino, files, now } = setting;
  const record = await recordOf(setting, handle);
  if (record === null || hasEnded(record.job)) return;
  await trino.stop(record.job.id, record.uri);
  const until = performance.now() + stoppedWithin;
  let state: JobState = "running";
  while (state === "running" || state === "queued") {
    const info = await trino.look(record.job.id);
    state = info === null ? "cancelled" : endOf(info).state;
    if (performance.now() > until) throw new ProviderError("unavailable", "Trino has not stopped the query yet.");
  }
  const { error: _, errorCode: __, ...job } = record.job;
  const end = state === "succeeded" ? { state } : { state: "cancelled" as const };
  const log = `${record.log}stopped on request\n`;
  await files.write({
    ...record,
    log,
    job: { ...job, ...end, endedAt: now().toISOString() },
    uri: null,
    isPartial: true,
  });
}

async function required({ files }: Setting, id: string): Promise<JobRecord> {
  const record = await files.read(id);
  if (record !== null) return record;
  throw new ProviderError("not_found", `There is no query "${id}" on this machine. Run "job:get" to ask Trino for it.`);
}

async function resultsOf(setting: Setting, id: string, page: number): Promise<ResultPage> {
  const { job, columns, pages, isPartial } = await required(setting, id);
  const { state } = job;
  if (state !== "succeeded")
    throw new ProviderError(
      "conflict",
      `The query "${id}" has no rows, because it is ${state}. Wait until it has succeeded.`,
    );
  if (isPartial)
    throw new ProviderError(
      "not_found",
      `Trino gives the rows of query "${id}" only once, and they were lost. Run it again.`,
    );
  const rows = page < pages ? await setting.files.rows(id, page) : [];
  return { columns, rows, ...(page + 1 < pages ? { next: String(page + 1) } : {}) };
}
