import { DuckDBInstance } from "@duckdb/node-api";
import { expect, test } from "vitest";
import { isWidening } from "../../src/job/widening.ts";
import { type DataType, formatDataType, parseDataType } from "../../src/model/data-type.ts";

const type = (text: string): DataType => parseDataType(text) ?? { kind: "unknown" };

/** Types, DuckDB's names of them, and values at their limits, in DuckDB's notation. */
const limits: Readonly<Record<string, readonly [string, readonly string[]]>> = {
  tinyint: ["TINYINT", ["-128", "127"]],
  smallint: ["SMALLINT", ["-32768", "32767", "-32767"]],
  int: ["INTEGER", ["-2147483648", "2147483647", "16777217"]],
  bigint: ["BIGINT", ["-9223372036854775808", "9223372036854775807", "9007199254740993"]],
  float: ["FLOAT", ["16777216", "0.1", "3.4e38", "1e-40", "'nan'", "'-inf'"]],
  double: ["DOUBLE", ["0.1", "9007199254740992", "1.7e308", "5e-324"]],
  "decimal(5,2)": ["DECIMAL(5,2)", ["999.99", "-999.99", "0.01"]],
  "decimal(7,2)": ["DECIMAL(7,2)", ["99999.99", "0.01"]],
  "decimal(7,4)": ["DECIMAL(7,4)", ["999.9999", "0.0001"]],
  "decimal(19,0)": ["DECIMAL(19,0)", ["9999999999999999999", "-1"]],
  "decimal(38,0)": ["DECIMAL(38,0)", ["99999999999999999999999999999999999999"]],
  boolean: ["BOOLEAN", ["true", "false"]],
  string: ["VARCHAR", ["'a text that is long'", "''", "'17'"]],
  date: ["DATE", ["'2024-02-29'", "'0001-01-01'", "'infinity'"]],
  "timestamp(0)": ["TIMESTAMP_S", ["'2024-02-29 12:34:56'", "'1400-01-01 00:00:00'"]],
  "timestamp(3)": ["TIMESTAMP_MS", ["'2024-02-29 12:34:56.789'"]],
  timestamp: ["TIMESTAMP", ["'2024-02-29 12:34:56.789012'", "'3000-01-01 00:00:00'"]],
  "timestamp(9)": ["TIMESTAMP_NS", ["'2024-02-29 12:34:56.789012345'"]],
};

test("a type widens to another only when DuckDB keeps each value at its limits, there and back", async () => {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const wrong: string[] = [];
  for (const [from, [own, values]] of Object.entries(limits)) {
    for (const [to, [other]] of Object.entries(limits)) {
      if (!isWidening(type(from), type(to))) continue;
      for (const value of values) {
        const given = `CAST(${value} AS ${own})`;
        // DuckDB can't cast every type of a time back to a coarser one.
        const back = own.startsWith("TIMESTAMP") ? "TIMESTAMP" : own;
        const [there, here] = [`TRY_CAST(TRY_CAST(${given} AS ${other}) AS ${back})`, `CAST(${given} AS ${back})`];
        const sql = `SELECT ${there} IS NOT DISTINCT FROM ${here}`;
        const [row] = await (await connection.run(sql)).getRows();
        if (row?.[0] !== true) wrong.push(`${value}: ${from} -> ${to}`);
      }
    }
  }
  connection.closeSync();
  expect(wrong).toEqual([]);
});

test.each([
  ["int", "bigint"],
  ["int", "double"],
  ["int", "decimal(12,2)"],
  ["float", "double"],
  ["decimal(5,2)", "decimal(7,2)"],
  ["varchar(5)", "string"],
  ["varchar(5)", "varchar(6)"],
  ["timestamp(3)", "timestamp"],
  ["array<int>", "array<bigint>"],
  ["struct<a:int,b:float>", "struct<a:bigint,b:double>"],
  ["map<string,int>", "map<string,bigint>"],
  ["unknown", "date"],
])("%s widens to %s", (from, to) => {
  expect(isWidening(type(from), type(to))).toBe(true);
});

test.each([
  ["bigint", "int"],
  ["bigint", "double"],
  ["int", "float"],
  ["int", "decimal(10,2)"],
  ["int", "string"],
  ["double", "float"],
  ["double", "decimal(38,10)"],
  ["decimal(5,2)", "decimal(7,1)"],
  ["decimal(5,2)", "decimal(5,3)"],
  ["decimal(5,2)", "double"],
  ["string", "varchar(5)"],
  ["date", "timestamp"],
  ["timestamp", "timestamp(9)"],
  ["timestamp", "timestamp with time zone"],
  ["struct<a:int>", "struct<b:int>"],
  ["struct<a:int>", "struct<a:int,b:int>"],
])("%s does not widen to %s", (from, to) => {
  expect(isWidening(type(from), type(to))).toBe(false);
});

test("every type of the list is known", () => {
  for (const text of Object.keys(limits)) expect(formatDataType(type(text))).toBe(text);
});
