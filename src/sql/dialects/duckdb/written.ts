/**
 * What a target holds of a job's columns. DuckDB writes HUGEINT as DOUBLE, milliseconds as microseconds and partitions by text, so
 * each column is cast to the type that the plan shows and that a reader of the target finds.
 */
import type { DataTarget } from "../../../job/job.ts";
import { nullPartition } from "../../../model/partition-folder.ts";
import type { Schema } from "../../../model/schema.ts";
import { ProviderError } from "../../../provider/error.ts";
import { type HeldValue, heldValue, writtenColumns } from "./held.ts";
import { finiteIn } from "./json-values.ts";
import { name, text } from "./names.ts";

/** The text in DuckDB's error when a partition value can't be told from a null. */
export const ambiguousNull = "mason: the text of a null partition";

/** The text in DuckDB's error when a partition value is no text, before the name of its column. */
export const noText = "mason: no text in the partition column ";

/** The SELECT of exactly the columns that the target holds. `bound`: what DuckDB says that `select` returns. */
export function selectWritten(select: string, bound: Schema, target: DataTarget): string {
  refuseNames(bound, target);
  const names = bound.map((column) => name(column.name));
  const values = writtenColumns(bound, target).map((value) => `${writtenValue(value, target)} AS ${name(value.name)}`);
  return `SELECT ${values.join(", ")} FROM (\n${select}\n) AS result(${names.join(", ")})`;
}

function writtenValue(column: HeldValue, target: DataTarget): string {
  const value = heldValue(column, target);
  if (target.partitionBy.includes(column.name)) return partitionText(value, column);
  const isJson = target.format === "json" || target.format === "jsonl";
  return isJson ? finiteIn(value, column.to) : value;
}

function partitionText(value: string, { to: type, name: own }: HeldValue): string {
  // The name of a folder is UTF-8.
  if (type.kind === "binary")
    return `CASE WHEN ${value} IS NOT NULL AND TRY(decode(${value})) IS NULL THEN error(${text(noText + own)}) ELSE ${value} END`;
  if (type.kind !== "string" && type.kind !== "varchar" && type.kind !== "unknown") return value;
  return `CASE WHEN ${value} = ${text(nullPartition)} THEN error(${text(ambiguousNull)}) ELSE ${value} END`;
}

function refuseNames(bound: Schema, target: DataTarget): void {
  const nameless = bound.findIndex((column) => column.name === "");
  if (nameless >= 0) {
    throw new ProviderError("invalid", `Column ${nameless + 1} of the result has no name. Name it with AS.`);
  }
  const hidden = target.partitionBy.find((column) => /^[._]/.test(column));
  if (hidden === undefined) return;
  throw new ProviderError(
    "invalid",
    `The partition column "${hidden}" would make folders like "${hidden}=...", which readers skip because of their first character. Rename it with AS.`,
  );
}
