/** What a step tells about the values that its jobs left out, because they did not fit the columns of a table. */
import type { Job, Mismatches, Reject } from "../model/job.ts";
import { withoutSecrets } from "../model/secret.ts";
import type { OperatorResult } from "../operator/operator.ts";
import { counted } from "../operator/output.ts";

/** The result with the values that the jobs left out, and a sentence for each table. */
export function withMismatches(
  result: OperatorResult,
  jobs: readonly Job[],
  env: Readonly<Record<string, string | undefined>>,
): OperatorResult {
  const found = jobs.flatMap((job) => job.mismatches ?? []);
  if (found.length === 0) return result;
  const shown = (reject: Reject): Reject =>
    reject.value === null ? reject : { ...reject, value: withoutSecrets(reject.value, env) };
  return {
    ...result,
    info: [...result.info, ...found.map(sentenceOf)],
    mismatches: found.map((one) => ({ ...one, rejects: one.rejects.map(shown) })),
  };
}

/** `3 rows of "sales.orders" were skipped, since a value does not fit its column.` */
export function sentenceOf({ table, when, rule, rows, values }: Mismatches): string {
  const of = when === "read" ? "of" : "for";
  return rule === "skip_row"
    ? `${counted(rows, "row")} ${of} "${table}" ${were(rows)} skipped, since a value does not fit its column.`
    : `${counted(values, "value")} ${of} "${table}" became null, since ${values === 1 ? "it does" : "they do"} not fit ${values === 1 ? "its column" : "their columns"}.`;
}

const were = (count: number) => (count === 1 ? "was" : "were");
