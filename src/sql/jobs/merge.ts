/** Unites sources of several schemas: each column is cast to its united type, and one that a source does not have is null. */
import type { AnyJob } from "../../job/job.ts";
import type { Column, Schema } from "../../model/schema.ts";
import { call, caseWhen, castTo, columnValue, type Expression, isNull, literal, not } from "../expression.ts";
import { columnsOf, type Form, project, union, values } from "../ir.ts";
import { rowsOf } from "./relation.ts";

type Merge = Extract<AnyJob, { kind: "merge" }>;

/** The rows of a merge job. */
export function mergeForm({ sources, columns }: Merge): Form {
  const [first, ...others] = sources.map((source) => united(rowsOf(source), columns));
  if (first === undefined) return values(columns);
  return others.length === 0 ? first : union([first, ...others]);
}

const united = (rows: Form, columns: Schema): Form =>
  project(
    rows,
    columns.map((column) => ({ name: column.name, value: unitedValue(rows, column) })),
  );

/** A text becomes a JSON string, since it need not be JSON itself. */
function unitedValue(rows: Form, { name, type }: Column): Expression {
  const found = columnsOf(rows).find((column) => column.name.toLowerCase() === name.toLowerCase());
  if (found === undefined) return literal(null, type);
  const value = columnValue(found);
  const becomesJson = type.kind === "json" && found.type.kind !== "json";
  return becomesJson ? caseWhen(not(isNull(value)), call("to_json", [value], type)) : castTo(value, type);
}
