/** Hands a job to an engine in the form that it takes: the job as it is, or one statement after another. */
import type { Engines } from "../engine/engines.ts";
import type { Execution } from "../engine/execution.ts";
import type { AnyJob, Work } from "../job/job.ts";
import { isOverFiles } from "../job/relations.ts";
import type { JsonObject } from "../json.ts";
import { handleOf, type Job } from "../model/job.ts";
import type { Schema } from "../model/schema.ts";
import { engineOf } from "../operator/source/source.ts";
import { ProviderError } from "../provider/error.ts";
import { findPrintDialect, statementsOf } from "../sql/statements.ts";

/** The engine as a job is handed to it. */
export interface Taker {
  readonly takes: "jobs" | "statements";
  readonly engines: Engines;
  /**
   * Submits one work and waits for its end. Each is recorded by itself, so that a resumed step goes on at the one that it had reached;
   * with `isAnew`, what an earlier process submitted is not asked for.
   */
  readonly submit: (work: Work, isAnew?: boolean) => Promise<Job>;
}

/** The ended job: of several statements the one that gives or writes the rows, with the facts of the others. Throws ProviderError if one failed. */
export async function computeJob(job: AnyJob, taker: Taker): Promise<Job> {
  if (taker.takes === "statements") return computeStatements(job, taker);
  if (isOverFiles(job)) return taker.submit(job);
  throw new ProviderError("unsupported", "This engine reads and writes files, and the job is over tables by name.");
}

async function computeStatements(job: AnyJob, { engines, submit }: Taker): Promise<Job> {
  const execution = engineOf(engines, "execution");
  const dialect = findPrintDialect(execution.dialect);
  if (dialect === null)
    throw new ProviderError("unsupported", `Mason prints no jobs for the dialect "${execution.dialect}".`);
  const printed = statementsOf(job, dialect, await columnsOf(execution, job));
  if (!printed.ok) throw new ProviderError("unsupported", printed.reason);
  const facts: Record<string, number> = {};
  let main: Job | null = null;
  for (const statement of printed.statements) {
    // The table beside the output was removed, whether it was complete or not.
    const ended = await submit({ kind: "statement", sql: statement.sql }, job.target !== undefined);
    if (statement.purpose === "main") main = cutAt(statement.rowLimit, ended);
    if (statement.purpose === "fact") facts[statement.name ?? "rows"] = await numberIn(execution, ended);
  }
  if (main === null) throw new ProviderError("failed", "The job has no statement that gives rows.");
  return { ...main, facts: { ...main.facts, ...derived(facts, main.facts) } };
}

/** The columns of a query whose rows are written, in the words of the engine; `null` if it can't tell. */
async function columnsOf(execution: Execution, job: AnyJob): Promise<Schema | null> {
  if (job.kind !== "query" || job.target === undefined) return null;
  const described = await execution.describe?.(job.sql, []);
  return described?.ok === true ? described.columns : null;
}

/** Says so when the engine gives more rows than are shown. */
function cutAt(limit: number | undefined, job: Job): Job {
  const { rows } = job.facts ?? {};
  return limit === undefined || typeof rows !== "number" || rows <= limit
    ? job
    : { ...job, facts: { ...job.facts, cut: true } };
}

/** The only number in the result of a job. */
async function numberIn(execution: Execution, job: Job): Promise<number> {
  const { columns, rows } = await execution.results(handleOf(job));
  return Number(rows[0]?.[columns[0]?.name ?? ""] ?? 0);
}

/** A job reports the rows that it read or the rows that it dropped; the other number follows. */
function derived(facts: Readonly<Record<string, number>>, main: JsonObject | undefined): JsonObject {
  const rows = main?.rows;
  const { rows_in: read, removed } = facts;
  if (typeof rows !== "number") return facts;
  if (read !== undefined) return { ...facts, removed: read - rows };
  return removed === undefined ? facts : { ...facts, rows_in: rows + removed };
}
