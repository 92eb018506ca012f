import { describe, expect, test } from "vitest";
import type { ParameterType } from "../../src/operator/definition.ts";
import { dialects } from "../../src/sql/dialect.ts";
import {
  QuoteError,
  quoteIdentifier,
  quoteString,
  quoteTable,
  quoteValue,
  splitTableName,
  type ValueType,
} from "../../src/sql/quote.ts";

const { duckdb, spark, trino, redshift } = dialects;

test("the types of values are those of parameters", () => {
  const parameters: ParameterType[] = ["string"];
  const values: readonly ValueType[] = parameters;
  const back: readonly ParameterType[] = values;
  expect(back).toEqual(["string"]);
});

describe("quoting", () => {
  test.each([
    [quoteIdentifier('a"b', duckdb), '"a""b"'],
    [quoteIdentifier("a`b", spark), "`a``b`"],
    [quoteTable(["sales", "my orders"], duckdb), '"sales"."my orders"'],
    [quoteString("it's \\ \n", duckdb), "'it''s \\ \n'"],
    [quoteString("it's \\", spark), "'it\\'s \\\\'"],
    [quoteString("it's \\", redshift), "'it''s \\\\'"],
    [quoteValue(-5, "integer", duckdb), "(-5)"],
    [quoteValue(1e20, "number", duckdb), "100000000000000000000"],
    [quoteValue("2026-01-02", "date", trino), "DATE '2026-01-02'"],
    [quoteValue("2026-01-02T03:04:05Z", "timestamp", duckdb), "TIMESTAMP '2026-01-02 03:04:05Z'"],
    [quoteValue("2024-01-01T10:00:00+05:00", "timestamp", duckdb), "TIMESTAMP '2024-01-01 05:00:00'"],
    [quoteValue("2024-01-01 00:30:00.25-0330", "timestamp", duckdb), "TIMESTAMP '2024-01-01 04:00:00.25'"],
    [quoteValue("2024-01-01T10:00+00", "timestamp", trino), "TIMESTAMP '2024-01-01 10:00+00'"],
    [quoteValue("2024-02-29", "timestamp", duckdb), "TIMESTAMP '2024-02-29'"],
    [quoteValue("2024-01-01T10:00:00.123456000", "timestamp", duckdb), "TIMESTAMP '2024-01-01 10:00:00.123456000'"],
    [quoteValue("12345678901234567.25", "number", duckdb), "12345678901234567.25"],
    [quoteValue("-0.12345678901234567890", "number", duckdb), "(-0.12345678901234567890)"],
    [quoteValue(["a", "b'c", 1], "list", duckdb), "['a', 'b''c', 1]"],
    [quoteValue(["a"], "list", trino), "ARRAY['a']"],
    [quoteValue(["a"], "list", spark), "array('a')"],
    [quoteValue({ k: 1 }, "map", duckdb), "MAP {'k': 1}"],
    [quoteValue({ k: [1] }, "map", trino), "MAP(ARRAY['k'], ARRAY[ARRAY[1]])"],
    [quoteValue({ k: 1 }, "map", spark), "map('k', 1)"],
    [quoteValue({ k: "it's" }, "map", redshift), "JSON_PARSE('{\"k\":\"it''s\"}')"],
    [quoteValue('sales."odd.name"', "table", duckdb), '"sales"."odd.name"'],
    [quoteValue("a.b", "column", duckdb), '"a.b"'],
    [quoteValue(null, "string", duckdb), "NULL"],
    [quoteValue("all", "size", duckdb), "'all'"],
  ])("%s", (actual, expected) => expect(actual).toBe(expected));

  test.each([
    ["a.b", "date"],
    ["2026-01-01'; drop table x", "timestamp"],
    ["2024-02-30", "date"],
    ["2023-02-29T00:00:00Z", "timestamp"],
    ["2024-01-01T10:00:00.123456789", "timestamp"],
    ["2024-01-01T10:00:00+99:00", "timestamp"],
    ["2024-01-01T25:00:00", "timestamp"],
    ["0001-01-01-", "timestamp"],
    ["12345678901234567.25", "integer"],
    ["1.5", "number"],
    ["1 or 1=1", "number"],
    [1.5, "integer"],
    ["yes", "boolean"],
    ["a\0b", "string"],
    ["a..b", "table"],
    ["", "column"],
  ] as const)("refuses %j as %s", (value, type) => {
    expect(() => quoteValue(value, type, duckdb)).toThrow(QuoteError);
  });

  test("splits names at dots outside of quotes", () => {
    expect(splitTableName('db."a.b".c')).toEqual(["db", "a.b", "c"]);
  });
});
