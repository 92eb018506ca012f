/** Runs the statements of one compiled job on one connection, in a catalog that exists only for the job. */
import type { DuckDBConnection } from "@duckdb/node-api";
import type { Json, JsonObject } from "../../../src/json.ts";
import type { Schema } from "../../../src/model/schema.ts";
import type { CompiledJob } from "../../../src/sql/dialects/duckdb/compiled.ts";
import { duckDbSdk } from "./sdk.ts";
import { schemaOf, toJson } from "./values.ts";

/** The largest result to keep, in bytes of JSON. */
const maxBytes = 16 * 1024 * 1024;

/** The result of a job. */
export interface Outcome {
  readonly columns: Schema;
  /** One JSON object per line. */
  readonly rows: readonly string[];
  readonly facts: JsonObject;
}

/** Callbacks during a job. */
export interface RunHooks {
  /** Called before each statement; throws to stop the job. */
  readonly next: (statement: string) => void;
  /** Called when no statement of the job runs any longer. From here on, nothing may be interrupted. */
  readonly ended: () => void;
}

/** Runs setup, main and facts; throws DuckDB's errors. */
export async function runCompiled(
  connection: DuckDBConnection,
  compiled: CompiledJob,
  catalog: string,
  { next, ended }: RunHooks,
): Promise<Outcome> {
  const run = async (statement: string) => {
    next(statement);
    return connection.run(statement);
  };
  await connection.run(`ATTACH ':memory:' AS "${catalog}"`);
  try {
    await connection.run(`USE "${catalog}"`);
    for (const statement of compiled.setup) await run(statement);
    next(compiled.main);
    const outcome =
      compiled.rowLimit === undefined
        ? await write(connection, compiled.main)
        : await read(connection, compiled.main, compiled.rowLimit);
    const facts = new Map<string, number>();
    for (const fact of compiled.facts) facts.set(fact.name, await oneNumber(await run(fact.sql)));
    return { ...outcome, facts: { ...outcome.facts, ...derived(facts, Number(outcome.facts.rows)) } };
  } finally {
    ended();
    await connection.run("USE memory");
    await connection.run(`DETACH "${catalog}"`);
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

async function write(connection: DuckDBConnection, copy: string): Promise<Outcome> {
  return { columns: [], rows: [], facts: { rows: await oneNumber(await connection.run(copy)) } };
}

/** Fetches rows as they arrive, so that memory never holds a whole result that is too large. */
async function read(connection: DuckDBConnection, select: string, limit: number): Promise<Outcome> {
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
