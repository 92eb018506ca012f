/** One row for each column of a table: its type, counts, smallest and largest value as text, and mean. Distinct counts are exact. */
import type { AnyJob } from "../../job/job.ts";
import { bigint, double, formatDataType, string } from "../../model/data-type.ts";
import type { Column } from "../../model/schema.ts";
import { summarySchema } from "../dialects/duckdb/jobs/summarize.ts";
import { call, castTo, type Expression, literal } from "../expression.ts";
import { aggregate, columnOf, expand, type Form, type Named, values } from "../ir.ts";
import { rowsOf } from "./relation.ts";

type Summarize = Extract<AnyJob, { kind: "summarize" }>;

/** The rows of a summarize job: one pass over the table gives all figures in one row, which is then turned. */
export function summarizeForm({ source, columns }: Summarize): Form {
  if (columns.length === 0) return values(summarySchema);
  const rows = rowsOf(source);
  const measured = columns.map((item, at) => measures(columnOf(rows, item.name), at));
  const figures = aggregate(
    rows,
    [],
    [{ name: "all_rows", value: call("count_rows", [], bigint) }, ...measured.flat()],
  );
  return expand(
    figures,
    summarySchema,
    columns.map((item, at) => summaryRow(figures, item, at)),
  );
}

function measures(value: Expression, at: number): readonly Named[] {
  const { type } = value;
  return [
    { name: `non_null_${at}`, value: call("count", [value], bigint) },
    { name: `distinct_${at}`, value: call("count_distinct", [value], bigint) },
    ...(hasOrder(type.kind) ? [{ name: `min_${at}`, value: call("min", [value], type) }] : []),
    ...(hasOrder(type.kind) ? [{ name: `max_${at}`, value: call("max", [value], type) }] : []),
    ...(isNumber(type.kind) ? [{ name: `mean_${at}`, value: call("avg", [value], double) }] : []),
  ];
}

function summaryRow(figures: Form, { name, type }: Column, at: number): readonly Expression[] {
  const figure = (measure: string) => columnOf(figures, `${measure}_${at}`);
  const text = (measure: string) => (hasOrder(type.kind) ? castTo(figure(measure), string) : literal(null, string));
  const all = columnOf(figures, "all_rows");
  return [
    literal(name, string),
    literal(formatDataType(type), string),
    all,
    figure("non_null"),
    call("minus", [all, figure("non_null")], bigint),
    figure("distinct"),
    text("min"),
    text("max"),
    isNumber(type.kind) ? figure("mean") : literal(null, double),
  ];
}

const isNumber = (kind: string) => kind === "int" || kind === "float" || kind === "decimal";

const hasOrder = (kind: string) => !["array", "map", "struct", "json", "binary", "unknown"].includes(kind);
