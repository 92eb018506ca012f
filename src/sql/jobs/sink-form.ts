/** The rows of a job as a table takes them: with the declared types where no value is lost, and the partition columns where they must stand. */
import type { TableSink } from "../../job/job.ts";
import { isWidening } from "../../job/widening.ts";
import { formatDataType, string } from "../../model/data-type.ts";
import type { Column } from "../../model/schema.ts";
import { call, caseWhen, castTo, columnValue, type Expression, isNull, literal } from "../expression.ts";
import { type Form, type FormColumn, type Named, pick, project } from "../ir.ts";
import { Refusal } from "../refusal.ts";

/** The rows for a sink. `partitionsLast`: the engine wants the partition columns behind all others. */
export function sinkForm(rows: Form, sink: TableSink, partitionsLast: boolean): Form {
  const { columns } = rows;
  if (columns === null) return textForm(rows, sink);
  const held =
    sink.into === undefined
      ? rows
      : project(
          rows,
          columns.map((column) => heldColumn(column, sink)),
        );
  const isFolder = ({ name }: Pick<Column, "name">) =>
    sink.partitionBy.some((folder) => folder.toLowerCase() === name.toLowerCase());
  if (!partitionsLast || sink.mode === "append" || !columns.some(isFolder)) return held;
  const inFiles = columns.filter((column) => !isFolder(column)).map(({ name }) => name);
  return pick(held, [...inFiles, ...sink.partitionBy]);
}

/** Nobody typed the columns of a user's text, so the engine itself checks that they fit. */
function textForm(rows: Form, { into }: TableSink): Form {
  const checked = into?.columns.find(({ nullable }) => !nullable);
  if (checked === undefined) return rows;
  throw new Refusal(
    `The column "${checked.name}" of "${into?.name}" must have a value, which is checked only if the query's columns are known. Write the query's rows without "nullable: false".`,
  );
}

function heldColumn(column: FormColumn, { into, mode }: TableSink): Named {
  const declared = into?.columns.find(({ name }) => name.toLowerCase() === column.name.toLowerCase());
  const value = columnValue(column);
  if (declared === undefined) return { name: column.name, value };
  if (isWidening(column.type, declared.type))
    return { name: column.name, value: required(castTo(value, declared.type), declared) };
  if (mode === "create") return { name: column.name, value: required(value, declared) };
  throw new Refusal(
    `The column "${column.name}" is ${formatDataType(column.type)}, and "${into?.name}" declares it as ${formatDataType(declared.type)}, which does not hold all its values. Cast it in a query, or change the table.`,
  );
}

/** The value, where null is not allowed a failure. */
function required(value: Expression, { name, nullable }: Column): Expression {
  if (nullable) return value;
  const message = literal(`The column "${name}" has no value in some row.`, string);
  return caseWhen(isNull(value), call("fail", [message], value.type), value);
}
