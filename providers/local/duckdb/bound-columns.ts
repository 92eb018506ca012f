/** The columns that DuckDB binds for a statement, and which of them are nulls without a type. */
import type { DuckDBConnection, DuckDBPreparedStatement } from "@duckdb/node-api";
import type { Schema } from "../../../src/model/schema.ts";
import { name } from "../../../src/sql/dialects/duckdb/names.ts";
import { duckDbSdk } from "./sdk.ts";
import { schemaOf } from "./values.ts";

/** The columns of a prepared SELECT. DuckDB shows nulls without a type as integers; they are marked. */
export async function boundColumns(
  connection: DuckDBConnection,
  sql: string,
  prepared: DuckDBPreparedStatement,
): Promise<Schema> {
  const sdk = await duckDbSdk();
  const columns = schemaOf(prepared, sdk);
  const places = columns.flatMap(({ type }, place) => (type.kind === "int" && type.bits === 32 ? [place] : []));
  if (places.length === 0 || !/null/i.test(sql)) return columns;
  const untyped = await untypedAmong(connection, sql, { count: columns.length, places });
  return columns.map((column, place) => (untyped.has(place) ? { ...column, isUntyped: true } : column));
}

/** Beside a boolean, an integer stays an integer, and a null without a type becomes a boolean. */
async function untypedAmong(
  connection: DuckDBConnection,
  sql: string,
  { count, places }: { readonly count: number; readonly places: readonly number[] },
): Promise<ReadonlySet<number>> {
  const names = Array.from({ length: count }, (_, place) => name(`column ${place}`));
  const besides = places.map((place) => `coalesce(${names[place]}, CAST(NULL AS BOOLEAN))`);
  const select = sql.replace(/;\s*$/, "");
  try {
    const probe = await connection.prepare(
      `SELECT ${besides.join(", ")} FROM (\n${select}\n) AS result(${names.join(", ")})`,
    );
    try {
      const types = schemaOf(probe, await duckDbSdk());
      return new Set(places.filter((_, at) => types[at]?.type.kind === "boolean"));
    } finally {
      probe.destroySync();
    }
  } catch {
    // A statement that can't stand in another one has the types that it shows.
    return new Set();
  }
}
