import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type DataType, formatDataType } from "../../../../src/model/data-type.ts";
import { fromDuckDb, toDuckDb } from "../../../../src/sql/dialects/duckdb/types.ts";

const leaf: fc.Arbitrary<DataType> = fc.oneof(
  fc.constantFrom<DataType>(
    { kind: "boolean" },
    { kind: "string" },
    { kind: "binary" },
    { kind: "date" },
    { kind: "time" },
    { kind: "interval" },
    { kind: "json" },
    { kind: "unknown" },
    { kind: "varchar", length: 7 },
  ),
  fc.constantFrom(8, 16, 32, 64).map((bits): DataType => ({ kind: "int", bits: bits as 8 })),
  fc.constantFrom(32, 64).map((bits): DataType => ({ kind: "float", bits: bits as 32 })),
  fc
    .tuple(fc.integer({ min: 1, max: 38 }), fc.nat())
    .map(([precision, scale]): DataType => ({ kind: "decimal", precision, scale: scale % (precision + 1) })),
  fc
    .tuple(fc.constantFrom(0, 3, 6, 9), fc.boolean())
    .map(([precision, zone]): DataType => ({ kind: "timestamp", precision: precision as 6, zone })),
);
const { type: anyType } = fc.letrec<{ type: DataType }>((tie) => ({
  type: fc.oneof(
    { maxDepth: 3 },
    leaf,
    tie("type").map((element): DataType => ({ kind: "array", element })),
    fc.tuple(tie("type"), tie("type")).map(([key, value]): DataType => ({ kind: "map", key, value })),
    fc
      .uniqueArray(fc.string({ minLength: 1, unit: fc.constantFrom("a", "B", " ", '"', ",", "é", "(", "1") }), {
        minLength: 1,
        maxLength: 3,
        selector: (name) => name.toLowerCase(),
      })
      .chain((names) => fc.tuple(...names.map((name) => tie("type").map((type) => ({ name, type })))))
      .map((fields): DataType => ({ kind: "struct", fields })),
  ),
}));

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
