/** Fills references in SQL: a value becomes a literal or a quoted name, never text of the statement. Plans and runs share this. */
import type { Json } from "../json.ts";
import { fillReferences, type Reference, withoutReferences } from "../model/references.ts";
import type { ParameterType } from "../operator/definition.ts";
import type { Dialect } from "../sql/dialect.ts";
import { quoteIdentifier, quoteJson, quoteTable, splitTableName } from "../sql/quote.ts";
import { scanSql } from "../sql/scan.ts";
import type { BundleStep } from "./bundle.ts";

/** The SQL with references replaced by SQL text, or left as they are where `write` gives none. Comments stay unchanged. */
export function fillSql(
  sql: string,
  parameter: string,
  dialect: Dialect,
  write: (reference: Reference) => string | undefined,
): string {
  const parts = scanSql(withoutReferences(sql), dialect).map(({ kind, start, end }) => {
    const text = sql.slice(start, end);
    return kind === "comment" ? text : String(fillReferences(text, parameter, write, { literals: true }));
  });
  return parts.join("");
}

/** A value as SQL text. Outputs of type `table` and `column` are names; all other values are literals. Throws QuoteError. */
export function sqlText(value: Json, type: ParameterType | undefined, dialect: Dialect): string {
  if (typeof value === "string" && type === "table") return quoteTable(splitTableName(value), dialect);
  return typeof value === "string" && type === "column" ? quoteIdentifier(value, dialect) : quoteJson(value, dialect);
}

/** The declared type of the output that a reference names. */
export function outputType(steps: readonly BundleStep[], reference: Reference): ParameterType | undefined {
  if (reference.kind !== "pull" && reference.kind !== "output") return undefined;
  const outputs = steps.find(({ id }) => id === reference.step)?.operator.outputs;
  return outputs?.find(({ name }) => name === reference.name)?.type;
}
