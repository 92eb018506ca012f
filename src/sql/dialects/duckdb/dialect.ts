/** DuckDB as data for the printer: it is the reference, so its functions mean themselves. */
import { dialects } from "../../dialect.ts";
import type { PrintDialect, TypeClass } from "../../print/print-dialect.ts";
import { selectFake } from "./jobs/fake.ts";
import { duckDbType } from "./types.ts";

const classes: readonly TypeClass[] = [
  "boolean",
  "int",
  "float",
  "decimal",
  "string",
  "binary",
  "date",
  "time",
  "timestamp",
  "zoned",
  "interval",
  "array",
  "map",
  "struct",
  "json",
  "unknown",
];

const noOption = { refuse: "its tables have no such option." } as const;

/** DuckDB 1.5, for tables that it knows by name. */
export const duckdb: PrintDialect = {
  dialect: dialects.duckdb,
  typeText: duckDbType,
  nulls: { ascending: "last", descending: "last" },
  orders: [{ keys: ["{0}"] }],
  functions: {
    count_rows: [{ template: "count(*)" }],
    count: [{ template: "count({0})" }],
    count_distinct: [{ template: "count(DISTINCT {0})" }],
    min: [{ template: "min({0})" }],
    max: [{ template: "max({0})" }],
    avg: [{ template: "CAST(avg({0}) AS DOUBLE)" }],
    row_number: [{ template: "row_number()" }],
    minus: [{ of: ["int"], template: "({0} - {1})" }],
    to_json: [{ template: "to_json({0})" }],
    fail: [{ template: "CAST(error({0}) AS {type})" }],
  },
  casts: [{ from: classes, to: classes, template: "CAST({0} AS {type})" }],
  tables: {
    identifierQuote: '"',
    all: "",
    format: noOption,
    formats: { csv: noOption, json: noOption, jsonl: noOption, parquet: noOption },
    partitionBy: noOption,
    partitionsLast: false,
    location: noOption,
  },
  madeUp: ({ columns, size, seed }) => selectFake({ kind: "fake", columns, size, seed }),
  capabilities: {
    rowPlace: "rowid",
    comparesNaN: true,
    keepsDerivedOrder: true,
    expand: "list_of_structs",
  },
};
