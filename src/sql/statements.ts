/**
 * A canonical job as the statements of a dialect, in the order in which they run. A pure function: the plan shows what it gives, and the step runs the
 * same. The dialect is data (src/sql/dialects/<name>/dialect.ts); what it does not know is refused with the reason.
 */
import type { AnyJob, TableSink } from "../job/job.ts";
import { bigint } from "../model/data-type.ts";
import type { Schema } from "../model/schema.ts";
import { maxRows } from "./dialects/duckdb/compiled.ts";
import { duckdb } from "./dialects/duckdb/dialect.ts";
import { trino } from "./dialects/trino/dialect.ts";
import { call } from "./expression.ts";
import { aggregate, type Form } from "./ir.ts";
import { formOf } from "./jobs/form-of.ts";
import { catalogOf } from "./jobs/query.ts";
import { rowsOf } from "./jobs/relation.ts";
import { sinkForm } from "./jobs/sink-form.ts";
import { formText } from "./print/form-text.ts";
import type { PrintDialect } from "./print/print-dialect.ts";
import { writeText } from "./print/table-text.ts";
import { QuoteError } from "./quote.ts";
import { Refusal } from "./refusal.ts";

/** One statement of a job. */
export interface JobStatement {
  /** `main` gives or writes the rows; `fact` gives one row with one number. */
  readonly purpose: "main" | "fact";
  readonly sql: string;
  /** The fact's name. */
  readonly name?: string;
  /** The most rows that are fetched from a `main` that writes none. The engine may have more. */
  readonly rowLimit?: number;
}

/** The statements of a job, or a sentence about why the dialect has none. */
export type Statements =
  | {
      readonly ok: true;
      readonly statements: readonly JobStatement[];
      /** The session's catalog, in which the SQL of the user finds its tables; absent: they have their whole names. */
      readonly catalog?: string;
    }
  | { readonly ok: false; readonly reason: string };

/** The dialects in which jobs are printed. Users' SQL is quoted and scanned in more (src/sql/dialect.ts). */
const printDialects: Readonly<Record<string, PrintDialect>> = { duckdb, trino };

/** The dialect with this name as data for the printer, or `null`. */
export const findPrintDialect = (name: string): PrintDialect | null =>
  Object.hasOwn(printDialects, name) ? (printDialects[name] ?? null) : null;

/**
 * The statements of a job. A fact stands before the rows are written, so that it sees the source as it was: `rows_in` of a dedupe job, whose
 * `removed` is `rows_in` less the rows that `main` wrote. `columns`: what the engine's `describe` says of a query; without them the engine itself
 * checks that its rows fit the table.
 */
export function statementsOf(job: AnyJob, to: PrintDialect, columns: Schema | null = null): Statements {
  try {
    const form = formOf(job, { dialect: to.dialect, hasPlace: to.capabilities.rowPlace !== null, columns });
    const main = mainText(job, form, to);
    const catalog = job.kind === "query" ? catalogOf(job) : null;
    const fetched = job.target === undefined ? { rowLimit: rowLimitOf(job) } : {};
    const statements = [...factsOf(job, to), { purpose: "main", sql: main, ...fetched } as const];
    return { ok: true, statements, ...(catalog === null ? {} : { catalog }) };
  } catch (thrown) {
    if (thrown instanceof Refusal || thrown instanceof QuoteError) return { ok: false, reason: thrown.message };
    throw thrown;
  }
}

const rowLimitOf = (job: AnyJob): number => Math.min("limit" in job ? (job.limit ?? maxRows) : maxRows, maxRows);

function mainText(job: AnyJob, form: Form, to: PrintDialect): string {
  const { target } = job;
  if (target === undefined) return formText(form, to);
  const sink = tableSink(target);
  return writeText(sinkForm(form, sink, to.tables.partitionsLast), sink, to);
}

function tableSink(target: NonNullable<AnyJob["target"]>): TableSink {
  if ("kind" in target) return target;
  throw new Refusal(
    "The output is a path of files, and statements write tables. Write a table of the engine, or choose an engine that writes files.",
  );
}

function factsOf(job: AnyJob, to: PrintDialect): readonly JobStatement[] {
  if (job.kind !== "dedupe") return [];
  const count = aggregate(rowsOf(job.source), [], [{ name: "n", value: call("count_rows", [], bigint) }]);
  return [{ purpose: "fact", name: "rows_in", sql: formText(count, to) }];
}
