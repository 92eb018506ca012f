import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatDataType } from "../../../../src/model/data-type.ts";
import { fromTrino, toTrino } from "../../../../src/sql/dialects/trino/types.ts";
import { anyType } from "../../../support/any-type.ts";

test("a type that loses nothing comes back", () => {
  fc.assert(
    fc.property(anyType, (type) => {
      const mapped = toTrino(type);
      const back = fromTrino(mapped.type);
      expect(back.lossy).toBeUndefined();
      if (mapped.lossy === undefined) expect(formatDataType(back.type)).toBe(formatDataType(type));
    }),
    { numRuns: 500 },
  );
});

describe("types that Trino prints", () => {
  test.each([
    ["varchar", "string", undefined],
    ["varchar(25)", "varchar(25)", undefined],
    ["char(3)", "varchar(3)", "blanks"],
    ["decimal(18, 2)", "decimal(18,2)", undefined],
    ["decimal", "decimal(38,0)", undefined],
    ["timestamp(3)", "timestamp(3)", undefined],
    ["timestamp", "timestamp(3)", undefined],
    ["timestamp(6) with time zone", "timestamp with time zone", undefined],
    ["timestamp(12)", "timestamp(9)", "precision 12"],
    ["timestamp(1) with time zone", "timestamp(3) with time zone", "precision 1"],
    ["time(6)", "time", undefined],
    ["time(3)", "time", "precision 3"],
    ["time(6) with time zone", "string", "time with time zone"],
    ["interval day to second", "interval", undefined],
    ["interval year to month", "interval", undefined],
    ["row(a bigint, b array(varchar(2)))", "struct<a: bigint, b: array<varchar(2)>>", undefined],
    ['row("Odd ""x"", y" real, date date)', 'struct<"Odd ""x"", y": float, date: date>', undefined],
    ["row(bigint, varchar)", "struct<field0: bigint, field1: string>", undefined],
    [
      "row(interval day to second, timestamp(3) with time zone)",
      "struct<field0: interval, field1: timestamp(3) with time zone>",
      undefined,
    ],
    ["map(varchar, array(row(x integer)))", "map<string, array<struct<x: int>>>", undefined],
    ["array(uuid)", "array<string>", "uuid"],
    ["HyperLogLog", "binary", "HyperLogLog"],
    ["unknown", "unknown", "nulls"],
    ["row(a", "unknown", "no counterpart"],
    ["constructor", "unknown", "no counterpart"],
    ["bigint)", "unknown", "no counterpart"],
  ])("%s is %s", (text, expected, lossy) => {
    const mapped = fromTrino(text);
    expect(formatDataType(mapped.type)).toBe(expected);
    if (lossy === undefined) expect(mapped.lossy).toBeUndefined();
    else expect(mapped.lossy).toContain(lossy);
  });
});
