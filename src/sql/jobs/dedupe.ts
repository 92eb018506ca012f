/**
 * Rows without duplicates, as a whole or by keys. The row to keep comes first in the order. Ties are broken by the row's place in its table or,
 * where the engine knows no place, by the other columns in their order: the same rows are kept on every engine.
 */
import type { AnyJob } from "../../job/job.ts";
import { bigint } from "../../model/data-type.ts";
import type { Column } from "../../model/schema.ts";
import { call, columnValue, compare, type Expression, literal, type Order } from "../expression.ts";
import { columnOf, distinct, type Form, filter, pick, window } from "../ir.ts";
import { Refusal } from "../refusal.ts";
import { relationColumns, rowsOf, unusedName } from "./relation.ts";

type Dedupe = Extract<AnyJob, { kind: "dedupe" }>;

/** The rows of a dedupe job. `hasPlace`: the engine knows the place of each row in its table. */
export function dedupeForm(job: Dedupe, hasPlace: boolean): Form {
  if (job.keys.length === 0) return distinct(rowsOf(job.source));
  const columns = relationColumns(job.source);
  const place = hasPlace ? unusedName("mason_place", columns) : null;
  const rows = rowsOf(job.source, place);
  const row = unusedName("mason_row", columns);
  const numbered = window(
    rows,
    { name: row, value: call("row_number", [], bigint) },
    {
      partitionBy: job.keys.map((key) => columnOf(rows, key)),
      orderBy: orderOf(job, rows, place),
    },
  );
  const kept = filter(numbered, compare("=", columnOf(numbered, row), literal("1", bigint)));
  return pick(
    kept,
    columns.map(({ name }) => name),
  );
}

/** The order that puts the row to keep first. To keep the last one, all of it is turned around. */
function orderOf({ source, keys, orderBy, keep }: Dedupe, rows: Form, place: string | null): readonly Order[] {
  const isLast = keep === "last";
  const order = (value: Expression, descending: boolean): Order => ({
    value,
    descending: descending !== isLast,
    nulls: isLast ? "first" : "last",
  });
  const used = new Set([...keys, ...orderBy.map(({ column }) => column)].map((name) => name.toLowerCase()));
  const others = relationColumns(source).filter(({ name }) => !used.has(name.toLowerCase()));
  const ties = place === null ? others.map(orderedValue) : [columnOf(rows, place)];
  return [
    ...orderBy.map(({ column, descending }) => order(columnOf(rows, column), descending)),
    ...ties.map((value) => order(value, false)),
  ];
}

const withoutOrder = new Set(["map", "json", "unknown"]);

function orderedValue(column: Column): Expression {
  if (!withoutOrder.has(column.type.kind)) return columnValue(column);
  throw new Refusal(
    `Which of several rows with equal keys is kept would depend on the column "${column.name}", whose values have no order. Add it to "keys", or remove it from the table first.`,
  );
}
