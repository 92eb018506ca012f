/** A canonical job as a relational form. */
import type { AnyJob } from "../../job/job.ts";
import type { Schema } from "../../model/schema.ts";
import type { Dialect } from "../dialect.ts";
import { type Form, limit, madeUp } from "../ir.ts";
import { dedupeForm } from "./dedupe.ts";
import { formatForm } from "./format.ts";
import { mergeForm } from "./merge.ts";
import { queryForm } from "./query.ts";
import { rowsOf } from "./relation.ts";
import { summarizeForm } from "./summarize.ts";

/** What the form depends on besides the job. */
export interface FormOptions {
  /** How the text of a query is scanned. */
  readonly dialect: Dialect;
  /** Whether the engine knows the place of a row in its table. */
  readonly hasPlace: boolean;
  /** The columns of a query, where the engine was asked. */
  readonly columns: Schema | null;
}

/** The rows that a job gives or writes. Throws Refusal for a job that has no such form. */
export function formOf(job: AnyJob, { dialect, hasPlace, columns }: FormOptions): Form {
  switch (job.kind) {
    case "query":
      return queryForm(job, dialect, columns);
    case "format":
      return formatForm(job);
    case "merge":
      return mergeForm(job);
    case "dedupe":
      return dedupeForm(job, hasPlace);
    case "summarize":
      return summarizeForm(job);
    case "preview":
      return limit(rowsOf(job.source), job.limit);
    case "fake":
      return madeUp(job.columns, job.size, job.seed);
  }
}
