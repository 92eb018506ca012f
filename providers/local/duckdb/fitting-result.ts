/** The rows of a job without the values that the declared table of its target can't hold, where that table leaves them out. */
import type { DuckDBConnection } from "@duckdb/node-api";
import type { DataTarget } from "../../../src/job/job.ts";
import type { Mismatches, Reject } from "../../../src/model/job.ts";
import type { Schema } from "../../../src/model/schema.ts";
import { type HeldColumn, heldColumns } from "../../../src/sql/dialects/duckdb/held.ts";
import { name } from "../../../src/sql/dialects/duckdb/names.ts";
import { excerpt, itemsOf, rowsOf } from "./find-misfit.ts";

/** A SELECT whose values all fit, except those that must make the job fail. */
export interface Fitting {
  readonly select: string;
  readonly mismatches: readonly Mismatches[];
}

const mostRejects = 100;
const table = name("mason_result");

/** Computes the rows once and keeps them in the catalog of the job, so that what is counted is what is written. */
export async function fittingResult(
  connection: DuckDBConnection,
  select: string,
  target: DataTarget,
  bound: Schema,
): Promise<Fitting> {
  const rule = target.into?.onMismatch;
  const columns = heldColumns(bound, target).filter((column) => rule === "skip_row" || column.isNullable);
  if (target.into === undefined || rule === undefined || columns.length === 0) return { select, mismatches: [] };
  const names = bound.map((column) => name(column.name)).join(", ");
  await connection.run(`CREATE TABLE ${table} AS SELECT * FROM (\n${select}\n) AS result(${names})`);
  const anyMisfit = columns.map((column) => column.misfit).join(" OR ");
  const counts = columns.map((column) => `count(*) FILTER (${column.misfit})`);
  const [row = []] = await rowsOf(
    connection,
    `SELECT count(*) FILTER (${anyMisfit}), ${counts.join(", ")} FROM ${table}`,
  );
  const [rows = 0, ...values] = row.map(Number);
  if (rows === 0) return { select: `SELECT * FROM ${table}`, mismatches: [] };
  const found: Mismatches = {
    table: target.into.name,
    when: "write",
    rule,
    rows,
    values: values.reduce((sum, count) => sum + count, 0),
    columns: Object.fromEntries(
      columns.flatMap((column, at) => ((values[at] ?? 0) > 0 ? [[column.name, values[at] ?? 0]] : [])),
    ),
    rejects: await rejects(connection, columns, anyMisfit),
  };
  return {
    select: rule === "skip_row" ? `SELECT * FROM ${table} WHERE NOT (${anyMisfit})` : nulled(bound, columns),
    mismatches: [found],
  };
}

function nulled(bound: Schema, columns: readonly HeldColumn[]): string {
  const misfits = new Map(columns.map((column) => [column.name, column.misfit]));
  const values = bound.map((column) => {
    const misfit = misfits.get(column.name);
    const own = name(column.name);
    return misfit === undefined ? own : `CASE WHEN ${misfit} THEN NULL ELSE ${own} END AS ${own}`;
  });
  return `SELECT ${values.join(", ")} FROM ${table}`;
}

async function rejects(
  connection: DuckDBConnection,
  columns: readonly HeldColumn[],
  anyMisfit: string,
): Promise<readonly Reject[]> {
  const flags = columns.map((column) => column.misfit);
  const texts = columns.map((column) => `substr(CAST(${name(column.name)} AS VARCHAR), 1, 200)`);
  const rows = await rowsOf(
    connection,
    `SELECT [${flags.join(", ")}], [${texts.join(", ")}] FROM ${table} WHERE ${anyMisfit} LIMIT ${mostRejects}`,
  );
  return rows
    .flatMap(([isOne, values]) =>
      columns.flatMap((column, at): readonly Reject[] => {
        const value = itemsOf(values)[at] ?? null;
        if (itemsOf(isOne)[at] !== true) return [];
        return [{ column: column.name, value: value === null ? null : excerpt(String(value)) }];
      }),
    )
    .slice(0, mostRejects);
}
