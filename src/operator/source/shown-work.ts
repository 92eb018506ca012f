/** The work of a step as the plan shows it: the statements of the engine's dialect, or the kind of a job that the engine takes whole. */
import type { AnyJob, Sink } from "../../job/job.ts";
import type { Schema } from "../../model/schema.ts";
import { findPrintDialect, statementsOf } from "../../sql/statements.ts";
import type { PreviewContext } from "../operator.ts";
import { tableSink, writesTables } from "../sink/table.ts";
import type { Problem } from "./choose-columns.ts";
import type { OutputPreview } from "./preview-source.ts";

/** What stands for the token of the run in the name of the table that is written first. */
const runHole = "<run>";

/** Statements, and why the dialect has none for the job. */
export interface ShownWork {
  readonly statements: readonly string[];
  readonly problems: readonly Problem[];
}

/** `job`: the job over a sink, or without one if it gives rows; `null` while it is not known. `columns`: those of a query. */
export function shownWork(
  { engines }: PreviewContext,
  output: OutputPreview | null,
  { kinds, columns = null }: { readonly kinds: readonly string[]; readonly columns?: Schema | null },
  job: (target: { readonly target?: Sink }) => AnyJob | null,
): ShownWork {
  const named = { statements: kinds, problems: [] };
  const dialect = writesTables(engines) ? findPrintDialect(engines.execution?.dialect ?? "") : null;
  if (dialect === null || (output !== null && output.table === undefined)) return named;
  const asked = job(output?.table === undefined ? {} : { target: tableSink({ ...output, ...output.table }, runHole) });
  if (asked === null) return named;
  const printed = statementsOf(asked, dialect, columns);
  return printed.ok
    ? { statements: printed.statements.map(({ sql }) => sql), problems: [] }
    : { statements: kinds, problems: [{ message: printed.reason }] };
}
