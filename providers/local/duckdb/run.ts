/** Runs the statements of one job on one connection, in a catalog that exists only for the job. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import type { CanonicalJob, DataTarget } from "../../../src/job/job.ts";
import type { Json, JsonObject } from "../../../src/json.ts";
import type { Mismatches } from "../../../src/model/job.ts";
import type { Schema } from "../../../src/model/schema.ts";
import { compileJob } from "../../../src/sql/dialects/duckdb/compile.ts";
import { type CompiledJob, maxRows } from "../../../src/sql/dialects/duckdb/compiled.ts";
import { localPath } from "../../../src/sql/dialects/duckdb/names.ts";
import { sourcesOf } from "../../../src/sql/dialects/duckdb/sources-of.ts";
import { noRowsTo, writeTo } from "../../../src/sql/dialects/duckdb/target.ts";
import { boundColumns } from "./bound-columns.ts";
import { explained } from "./explain.ts";
import { fittingResult } from "./fitting-result.ts";
import { lookForMisfits } from "./mismatches.ts";
import { refusedWrite } from "./refused-write.ts";
import { duckDbSdk } from "./sdk.ts";
import { withStored } from "./stored.ts";
import { refuseUnknownFields } from "./unknown-fields.ts";
import { schemaOf, toJson } from "./values.ts";

/** The largest result to keep, in bytes of JSON. */
const maxBytes = 16 * 1024 * 1024;

/** The result of a job. */
export interface Outcome {
  readonly columns: Schema;
  /** One JSON object per line. */
  readonly rows: readonly string[];
  readonly facts: JsonObject;
  /** The values that did not fit and were left out. */
  readonly mismatches: readonly Mismatches[];
}

/** Callbacks during a job. */
export interface RunHooks {
  /** Called once, with the statements that take time. */
  readonly begin: (heavy: readonly string[]) => void;
  /** Called before each statement; throws to stop the job. */
  readonly next: (statement: string) => void;
  /** Called when no statement of the job runs any longer. From here on, nothing may be interrupted. */
  readonly ended: () => void;
}

/** Binds, then runs setup, main and facts; throws DuckDB's errors, with the file that they are about. */
export async function runJob(
  connection: DuckDBConnection,
  work: CanonicalJob,
  catalog: string,
  hooks: RunHooks,
): Promise<Outcome> {
  await connection.run(`ATTACH ':memory:' AS "${catalog}"`);
  let outcome: Outcome;
  let job = work;
  try {
    await connection.run(`USE "${catalog}"`);
    for (const source of sourcesOf(work)) await refuseUnknownFields(connection, source);
    const looked = await lookForMisfits(connection, await withStored(connection, work));
    job = looked.job;
    const ran = await runBound(connection, job, hooks);
    outcome = { ...ran, mismatches: [...looked.mismatches, ...ran.mismatches] };
  } catch (error) {
    const better = await explained(connection, job, error);
    hooks.ended();
    // After a fatal error nothing can be cleaned up, and the error that says so must not hide the first one.
    await leave(connection, catalog).catch(() => undefined);
    throw better;
  }
  hooks.ended();
  await leave(connection, catalog);
  return outcome;
}

async function leave(connection: DuckDBConnection, catalog: string): Promise<void> {
  await connection.run("USE memory");
  await connection.run(`DETACH "${catalog}"`);
}

async function runBound(connection: DuckDBConnection, job: CanonicalJob, { begin, next }: RunHooks): Promise<Outcome> {
  const compiled = compileJob(job);
  const { target, select, setup } = compiled;
  begin([...setup.filter((statement) => statement.startsWith("CREATE TABLE")), select]);
  const run = async (statement: string) => {
    next(statement);
    return connection.run(statement);
  };
  for (const statement of setup) await run(statement);
  next(select);
  const outcome =
    target === undefined
      ? { ...(await read(connection, select, compiled.rowLimit ?? maxRows)), mismatches: [] }
      : await write(connection, job, { ...compiled, target });
  const facts = new Map<string, number>();
  for (const fact of compiled.facts) facts.set(fact.name, await oneNumber(await run(fact.sql)));
  return { ...outcome, facts: { ...outcome.facts, ...derived(facts, Number(outcome.facts.rows)) } };
}

/** The columns that DuckDB binds for a SELECT. */
async function columnsOf(connection: DuckDBConnection, select: string): Promise<Schema> {
  const prepared = await connection.prepare(select);
  try {
    return await boundColumns(connection, select, prepared);
  } finally {
    prepared.destroySync();
  }
}

/** A job reports the rows that it read or the rows that it dropped; the other number follows. */
function derived(facts: ReadonlyMap<string, number>, rows: number): JsonObject {
  const [read, removed] = [facts.get("rows_in"), facts.get("removed")];
  if (read !== undefined) return { rows_in: read, removed: read - rows };
  return removed === undefined ? {} : { rows_in: rows + removed, removed };
}

type Result = Awaited<ReturnType<DuckDBConnection["run"]>>;

async function oneNumber(result: Result): Promise<number> {
  const [row] = await result.getRows();
  return Number(row?.[0] ?? 0);
}

async function write(
  connection: DuckDBConnection,
  job: CanonicalJob,
  compiled: CompiledJob & { readonly target: DataTarget },
): Promise<Outcome> {
  const { target } = compiled;
  const bound = await columnsOf(connection, compiled.select);
  try {
    const { select, mismatches } = await fittingResult(connection, compiled.select, target, bound);
    const rows = await oneNumber(await connection.run(writeTo(target, { ...compiled, select }, bound)));
    if (rows === 0) await keepColumns(connection, target, bound);
    return { columns: [], rows: [], facts: { rows }, mismatches };
  } catch (error) {
    throw (await refusedWrite(connection, job, bound, error)) ?? error;
  }
}

/** DuckDB writes no file for a partitioned output of no rows. */
async function keepColumns(connection: DuckDBConnection, target: DataTarget, bound: Schema): Promise<void> {
  const empty = noRowsTo(target, bound);
  if (empty === null) return;
  await mkdir(join(localPath(target.uri), empty.folder), { recursive: true });
  await connection.run(empty.copy);
}

/** Fetches rows as they arrive, so that memory never holds a whole result that is too large. */
async function read(connection: DuckDBConnection, select: string, limit: number): Promise<Omit<Outcome, "mismatches">> {
  const sdk = await duckDbSdk();
  const result = await connection.stream(select);
  const columns = schemaOf(result, sdk);
  const rows: string[] = [];
  let bytes = 0;
  for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    for (const values of chunk.getRows()) {
      const row = JSON.stringify(
        Object.fromEntries(columns.map((column, at): [string, Json] => [column.name, toJson(values[at] ?? null, sdk)])),
      );
      bytes += row.length;
      if (rows.length === limit || bytes > maxBytes) return { columns, rows, facts: { rows: rows.length, cut: true } };
      rows.push(row);
    }
  }
  return { columns, rows, facts: { rows: rows.length, cut: false } };
}
