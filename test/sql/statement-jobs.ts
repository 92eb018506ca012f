/** Canonical jobs over tables of an engine, for the tests of printing. */
import type { HeldTable, TableRelation, TableSink } from "../../src/job/job.ts";
import type { Schema } from "../../src/model/schema.ts";
import type { PrintDialect } from "../../src/sql/print/print-dialect.ts";
import { findPrintDialect } from "../../src/sql/statements.ts";
import { schema } from "./dialects/duckdb/local-run.ts";

export const tableOf = (
  table: readonly string[],
  columns: string | Schema,
  rest: Partial<TableRelation> = {},
): TableRelation => ({
  kind: "table",
  name: table.slice(-2),
  table,
  columns: typeof columns === "string" ? schema(columns) : columns,
  partitions: [],
  ...rest,
});

export const sinkOf = (table: readonly string[], rest: Partial<TableSink> = {}): TableSink => ({
  kind: "table",
  table,
  mode: "create",
  partitionBy: [],
  ...rest,
});

export const held = (name: string, columns: Schema, rest: Partial<HeldTable> = {}): HeldTable => ({
  name,
  columns,
  ...rest,
});

export function printDialect(name: string): PrintDialect {
  const dialect = findPrintDialect(name);
  if (dialect === null) throw new Error(`No dialect ${name}`);
  return dialect;
}
