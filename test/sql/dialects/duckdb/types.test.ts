import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatDataType } from "../../../../src/model/data-type.ts";
import { fromDuckDb, toDuckDb } from "../../../../src/sql/dialects/duckdb/types.ts";
import { anyType } from "../../../support/any-type.ts";

test("a type that loses nothing comes back, also through DuckDB's own text", async () => {
  const connection = await (await DuckDBInstance.create()).connect();
  await fc.assert(
    fc.asyncProperty(anyType, async (type) => {
      const mapped = toDuckDb(type);
      const back = fromDuckDb(mapped.type);
      const result = await connection.runAndReadAll(`select typeof(cast(null as ${mapped.type}))`);
      const own = fromDuckDb(String(result.getRows()[0]?.[0]));
      expect(formatDataType(own.type)).toBe(formatDataType(back.type));
      if (mapped.lossy === undefined) expect(formatDataType(back.type)).toBe(formatDataType(type));
      else expect(formatDataType(back.type)).not.toBe(formatDataType(type));
    }),
  );
});

describe("types that DuckDB prints", () => {
  test.each([
    ["STRUCT(a INTEGER, b VARCHAR[])", "struct<a: int, b: array<string>>", undefined],
    [
      'STRUCT("my col" DECIMAL(18,2), m MAP(VARCHAR, BIGINT))',
      'struct<"my col": decimal(18,2), m: map<string, bigint>>',
      undefined,
    ],
    ["TIMESTAMP WITH TIME ZONE", "timestamp with time zone", undefined],
    ["UBIGINT", "decimal(20,0)", undefined],
    ["HUGEINT", "decimal(38,0)", "HUGEINT"],
    ["ENUM('a', 'b''c', ')')", "string", "ENUM"],
    ["INTEGER[3][]", "array<array<int>>", "length 3"],
    ['UNION("a" INTEGER, b VARCHAR)', "json", "UNION"],
    ["VARCHAR(10)", "string", undefined],
    ["numeric(4, 1)", "decimal(4,1)", undefined],
    ["NOSUCHTYPE", "unknown", "NOSUCHTYPE"],
    ["STRUCT(a", "unknown", "no counterpart"],
    ["constructor", "unknown", "no counterpart"],
  ])("%s is %s", (text, expected, lossy) => {
    const mapped = fromDuckDb(text);
    expect(formatDataType(mapped.type)).toBe(expected);
    if (lossy === undefined) expect(mapped.lossy).toBeUndefined();
    else expect(mapped.lossy).toContain(lossy);
  });
});
