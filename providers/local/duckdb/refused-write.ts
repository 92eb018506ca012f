/** Says which value a job could not write into a declared table, and where it was read if that can be told. */
import type { DuckDBConnection } from "@duckdb/node-api";
import { declaredColumn } from "../../../src/job/held.ts";
import type { CanonicalJob, DataSource } from "../../../src/job/job.ts";
import type { Schema } from "../../../src/model/schema.ts";
import { ProviderError } from "../../../src/provider/error.ts";
import { typeWords } from "../../../src/sql/dialects/duckdb/fits.ts";
import { type Refused, refusedValue } from "../../../src/sql/dialects/duckdb/held.ts";
import { sourcesOf } from "../../../src/sql/dialects/duckdb/sources-of.ts";
import { excerpt, findMisfit } from "./find-misfit.ts";

/** The error about a value that the declared table of the target can't hold; `null` for any other error. */
export async function refusedWrite(
  connection: DuckDBConnection,
  job: CanonicalJob,
  bound: Schema,
  error: unknown,
): Promise<ProviderError | null> {
  const refused = refusedValue(error instanceof Error ? error.message : String(error), bound);
  const into = job.target?.into;
  if (refused === null || into === undefined) return null;
  const declared = declaredColumn({ into }, refused.column);
  const type = declared === undefined ? "" : typeWords(declared.type).replace(/^an? /, "");
  const from = await originOf(connection, job, refused);
  const what =
    refused.value === null
      ? `The column "${refused.column}" has no value ${from}, but table "${into.name}", into which it would be written, declares it with "nullable: false".`
      : `The value "${excerpt(refused.value)}" of the column "${refused.column}" ${from} does not fit the type ${type} of table "${into.name}", into which it would be written.`;
  return new ProviderError("invalid", `${what} Correct it, leave the row out, or change the declaration.`);
}

/** Jobs that hand on the columns of their source, so that a missing value can be found there. */
const handsOn = new Set(["format", "dedupe", "merge"]);

async function originOf(connection: DuckDBConnection, job: CanonicalJob, refused: Refused): Promise<string> {
  const sources = sourcesOf(job);
  if (handsOn.has(job.kind) && refused.value === null) {
    const found = await findMisfit(
      connection,
      sources.flatMap((source) => requiring(source, refused.column)),
    ).catch(() => null);
    if (found !== null) return `in ${found.place}`;
  }
  const names = new Set(sources.flatMap(({ name }) => (name.length > 1 ? [`"${name.join(".")}"`] : [])));
  return names.size === 0 ? "in a row" : `in a row made from ${[...names].join(", ")}`;
}

/** The source with only this column, which must have a value. */
function requiring(source: DataSource, column: string): readonly DataSource[] {
  const required = (columns: Schema) =>
    columns.map((own) => (own.name.toLowerCase() === column.toLowerCase() ? { ...own, nullable: false } : own));
  const columns = required(source.columns).filter(({ nullable }) => !nullable);
  return [{ ...source, layout: source.layout ?? source.columns, columns, partitions: required(source.partitions) }];
}
