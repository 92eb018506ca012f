/** Trino as data for the printer. A row is here only if rows with NULL, zero, negative, NaN and empty values went through it on Trino 476. */
import { dialects } from "../../dialect.ts";
import type { CastRow, FunctionRow, PrintDialect, TypeClass } from "../../print/print-dialect.ts";
import { floatText, instantText, largestFloat, momentText } from "./quirks.ts";
import { trinoType } from "./types.ts";

const notProven = { refuse: "it was never compared with the reference on rows." } as const;
const cast = "CAST({0} AS {type})";

const ordered: readonly TypeClass[] = ["boolean", "int", "decimal", "string", "date", "time", "timestamp", "zoned"];
const counted: readonly TypeClass[] = [...ordered, "float", "binary", "array", "map", "struct"];

const extreme = (name: "min" | "max", float: string): readonly FunctionRow[] => [
  { of: ordered, template: `${name}({0})` },
  { of: ["float"], template: float },
];

const casts: readonly CastRow[] = [
  { from: ["unknown"], to: [...counted], template: cast },
  { from: ["int"], to: ["int", "float", "decimal", "string"], template: cast },
  { from: ["decimal"], to: ["decimal", "float", "string"], template: cast },
  { from: ["float"], to: ["float"], template: cast },
  { from: ["float"], to: ["string"], template: floatText },
  { from: ["boolean", "date", "string"], to: ["string"], template: cast },
  { from: ["date"], to: ["timestamp"], template: cast },
  { from: ["timestamp", "time"], to: ["string"], template: momentText },
  { from: ["timestamp"], to: ["timestamp"], template: cast },
  { from: ["zoned"], to: ["string"], template: instantText },
];

/** Trino 476. */
export const trino: PrintDialect = {
  dialect: dialects.trino,
  typeText: trinoType,
  nulls: { ascending: "last", descending: "last" },
  orders: [
    { of: ordered, keys: ["{0}"] },
    // With NULLS FIRST, Trino takes NaN for the smallest number.
    { of: ["float"], keys: ["is_nan({0})", "{0}"] },
  ],
  functions: {
    count_rows: [{ template: "count(*)" }],
    count: [{ template: "count({0})" }],
    count_distinct: [{ of: counted, template: "count(DISTINCT {0})" }],
    min: extreme("min", "min({0})"),
    max: extreme("max", largestFloat),
    // The mean of decimals would keep their scale.
    avg: [{ of: ["int", "float", "decimal"], template: "avg(CAST({0} AS double))" }],
    row_number: [{ template: "row_number()" }],
    minus: [{ of: ["int"], template: "({0} - {1})" }],
    to_json: [{ template: notProven }],
    fail: [{ template: "CAST(fail({0}) AS {type})" }],
  },
  casts,
  tables: {
    identifierQuote: '"',
    all: "WITH ({0})",
    format: "format = {0}",
    formats: {
      parquet: "PARQUET",
      csv: { refuse: "a CSV table of its hive connector holds nothing but text." },
      json: notProven,
      jsonl: notProven,
    },
    partitionBy: "partitioned_by = ARRAY[{0}]",
    partitionsLast: true,
    location: "external_location = {0}",
  },
  madeUp: { refuse: "the values come from a hash function that only DuckDB has." },
  capabilities: {
    rowPlace: null,
    comparesNaN: false,
    keepsDerivedOrder: false,
    expand: "array_of_rows",
  },
};
