/** Summarizes a table in DuckDB: one pass, one result row for each column. Distinct counts are exact and spill to disk. */
import { bigint, type DataType, double, formatDataType, string } from "../../../../model/data-type.ts";
import { type Column, column, type Schema } from "../../../../model/schema.ts";
import { name, text } from "../names.ts";
import { selectNothing } from "../source.ts";

/** The SELECT that summarizes columns of a relation. Min and max are texts, so that all columns fit into one table. */
export function selectSummary(relation: string, columns: readonly Column[]): string {
  if (columns.length === 0) return selectNothing(summarySchema);
  const structs = columns.map((item) => {
    const parts = Object.entries(summary(item)).map(([key, value]) => `${text(key)}: ${value}`);
    return `{${parts.join(", ")}}`;
  });
  return `SELECT unnest([\n  ${structs.join(",\n  ")}\n], recursive := true) FROM (${relation})`;
}

/** The columns of a summary. */
export const summarySchema: Schema = [
  column("column", string),
  column("type", string),
  column("rows", bigint),
  column("non_null", bigint),
  column("null", bigint),
  column("distinct", bigint),
  column("min", string),
  column("max", string),
  column("mean", double),
];

function summary(item: Column): Readonly<Record<string, string>> {
  const quoted = name(item.name);
  const ordered = hasOrder(item.type);
  return {
    column: text(item.name),
    type: text(formatDataType(item.type)),
    rows: "count(*)",
    non_null: `count(${quoted})`,
    null: `count(*) - count(${quoted})`,
    distinct: `count(DISTINCT ${quoted})`,
    min: ordered ? `CAST(min(${quoted}) AS VARCHAR)` : "CAST(NULL AS VARCHAR)",
    max: ordered ? `CAST(max(${quoted}) AS VARCHAR)` : "CAST(NULL AS VARCHAR)",
    mean: isNumber(item.type) ? `CAST(avg(${quoted}) AS DOUBLE)` : "CAST(NULL AS DOUBLE)",
  };
}

const isNumber = (type: DataType) => type.kind === "int" || type.kind === "float" || type.kind === "decimal";

const hasOrder = (type: DataType) => !["array", "map", "struct", "json", "binary", "unknown"].includes(type.kind);
