/** What DuckDB says about SQL without running it: the tables it names and the columns it would give. Reaches no file and no setting. */
import type { DuckDBConnection } from "@duckdb/node-api";
import type { Described, Execution, SqlReferences } from "../../src/engine/execution.ts";
import { dialects } from "../../src/sql/dialect.ts";
import { referencesOf, serializeSql } from "../../src/sql/duckdb/references.ts";
import { duckDbType } from "../../src/sql/duckdb/types.ts";
import { quoteIdentifier, quoteString } from "../../src/sql/quote.ts";
import { caretOffset, failureOf } from "./duckdb-error.ts";
import { schemaOf } from "./duckdb-values.ts";

type Describe = NonNullable<Execution["describe"]>;
type ShadowTables = Parameters<Describe>[1];

const name = (text: string) => quoteIdentifier(text, dialects.duckdb);

/** The tables of each statement, in order. */
export async function findReferences(
  connection: DuckDBConnection,
  statements: readonly string[],
): Promise<readonly SqlReferences[]> {
  const found: SqlReferences[] = [];
  for (const sql of statements) {
    if (sql.includes("\0")) {
      found.push({ ok: false, message: "The SQL holds a NUL character. Remove it.", offset: sql.indexOf("\0") });
      continue;
    }
    const result = await connection.run(serializeSql(quoteString(sql, dialects.duckdb)));
    const [row] = await result.getRows();
    found.push(referencesOf(String(row?.[0]), sql));
  }
  return found;
}

/** The columns that a query gives over shadows of its tables, which are rolled back afterwards. */
export async function describeSql(connection: DuckDBConnection, sql: string, tables: ShadowTables): Promise<Described> {
  await connection.run("BEGIN TRANSACTION");
  try {
    for (const statement of shadows(tables)) await connection.run(statement);
    return await prepare(connection, sql);
  } finally {
    await connection.run("ROLLBACK");
  }
}

async function prepare(connection: DuckDBConnection, sql: string): Promise<Described> {
  const sdk = await import("@duckdb/node-api");
  try {
    const prepared = await connection.prepare(sql);
    try {
      // The SDK throws on the type of a column that is an untyped parameter.
      if (prepared.parameterCount > 0) return unbound(prepared.parameterName(1), sql);
      return { ok: true, columns: schemaOf(prepared, sdk) };
    } finally {
      prepared.destroySync();
    }
  } catch (error) {
    const failure = failureOf(error, []);
    if (failure.code === "denied") return { ok: false, undecided: true, message: readsFiles };
    const offset = caretOffset(error instanceof Error ? error.message : "", sql);
    return { ok: false, message: failure.message, ...(offset === undefined ? {} : { offset }) };
  }
}

const readsFiles =
  "The SQL reads files by itself, so its columns are known when it runs. Declare a table to see them in the plan.";

function unbound(parameter: string, sql: string): Described {
  const offset = sql.search(new RegExp(`\\$${parameter}(?!\\w)|\\?`));
  return {
    ok: false,
    message: `The SQL has a parameter "$${parameter}" without a value. Declare it, or remove it.`,
    ...(offset < 0 ? {} : { offset }),
  };
}

function shadows(tables: ShadowTables): readonly string[] {
  const schemas = new Set(tables.flatMap((shadow) => shadow.name.slice(-2, -1)));
  return [
    ...[...schemas].map((schema) => `CREATE SCHEMA IF NOT EXISTS ${name(schema)}`),
    ...tables.map(({ name: parts, table }) => {
      const columns = [...table.columns, ...table.partitions].map(
        (column) => `${name(column.name)} ${duckDbType(column.type)}`,
      );
      return `CREATE TABLE ${parts.slice(-2).map(name).join(".")} (${columns.length === 0 ? '"no_columns" INTEGER' : columns.join(", ")})`;
    }),
  ];
}
