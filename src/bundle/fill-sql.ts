/**
 * Fills references in SQL: a value becomes a literal or a quoted name, or text within the quotes that it stands in, and never a part of the
 * statement. Plans and runs share this.
 */
import type { Json } from "../json.ts";
import { fillReferences, hasReference, type Reference, withoutReferences } from "../model/references.ts";
import type { ParameterType } from "../operator/definition.ts";
import type { Dialect } from "../sql/dialect.ts";
import { isFileName } from "../sql/dialects/duckdb/file-functions.ts";
import { quoteIdentifier, quoteJson, quoteTable, quoteWithin, splitTableName } from "../sql/quote.ts";
import { scanSql } from "../sql/scan.ts";
import type { BundleStep } from "./bundle.ts";

/** The quotes around a reference. */
export interface Quotes {
  /** A quoted name is no value: until it is known, nothing can be said about it. */
  readonly kind: "string" | "name";
  /** The text as it is written within these quotes. Throws QuoteError. */
  readonly write: (text: string) => string;
}

/** The SQL with references replaced by SQL text, or left as they are where `write` gives none. Comments stay unchanged. */
export function fillSql(
  sql: string,
  parameter: string,
  dialect: Dialect,
  write: (reference: Reference, quotes: Quotes | null) => string | undefined,
  options: { readonly literals: boolean } = { literals: true },
): string {
  if (!hasReference(sql)) return sql;
  const parts = scanSql(withoutReferences(sql), dialect).map(({ kind, start, end }) => {
    const text = sql.slice(start, end);
    if (kind === "comment") return text;
    const quotes = kind === "code" ? null : quotesOf(kind, text, sql.slice(0, start), dialect);
    return String(fillReferences(text, parameter, (reference) => write(reference, quotes), options));
  });
  return parts.join("");
}

const quotesOf = (kind: "string" | "identifier", text: string, before: string, dialect: Dialect): Quotes => ({
  kind: kind === "string" || isFileName(text.slice(1, -1)) ? "string" : "name",
  write: (value) => quoteWithin(value, text, before, dialect),
});

/** A value within quotes. */
export const textWithin = (value: Json, { write }: Quotes): string =>
  write(typeof value === "object" && value !== null ? JSON.stringify(value) : String(value));

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
