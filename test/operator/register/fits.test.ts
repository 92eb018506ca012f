import { describe, expect, test } from "vitest";
import { parseDataType, unknown } from "../../../src/model/data-type.ts";
import { fitsDeclared } from "../../../src/operator/register/fits.ts";

const type = (text: string) => {
  const parsed = parseDataType(text);
  if (parsed === null) throw new Error(`No type: ${text}`);
  return parsed;
};

describe("values found in text", () => {
  test.each([
    ["bigint", "int"],
    ["bigint", "decimal(18,2)"],
    ["double", "decimal(18,2)"],
    ["bigint", "varchar(10)"],
    ["date", "timestamp"],
    ["string", "time"],
    ["struct<a: bigint>", "struct<a: double, b: string>"],
    ["struct<a: bigint>", "map<string, bigint>"],
    ["array<bigint>", "array<int>"],
    ["boolean", "json"],
  ])("%s fits %s", (found, declared) => {
    expect(fitsDeclared(type(found), type(declared), false)).toBe(true);
  });

  test.each([
    ["string", "bigint"],
    ["double", "bigint"],
    ["timestamp", "date"],
    ["bigint", "boolean"],
    ["bigint", "timestamp"],
    ["struct<a: string>", "struct<a: bigint>"],
    ["struct<c: bigint>", "struct<a: bigint>"],
    ["array<string>", "array<bigint>"],
  ])("%s does not fit %s", (found, declared) => {
    expect(fitsDeclared(type(found), type(declared), false)).toBe(false);
  });
});

test("files that carry their types must carry the declared one, except that text types fit each other", () => {
  expect(fitsDeclared(type("bigint"), type("bigint"), true)).toBe(true);
  expect(fitsDeclared(type("string"), type("varchar(5)"), true)).toBe(true);
  expect(fitsDeclared(type("bigint"), type("int"), true)).toBe(false);
  expect(fitsDeclared(type("bigint"), type("string"), true)).toBe(false);
  expect(fitsDeclared(type("string"), unknown, true)).toBe(false);
});

test("Parquet is read with microseconds, so a declared precision is held by the job", () => {
  expect(fitsDeclared(type("timestamp"), type("timestamp(3)"), true)).toBe(true);
  expect(fitsDeclared(type("timestamp"), type("timestamp(0)"), true)).toBe(true);
  expect(fitsDeclared(type("timestamp"), type("timestamp(9)"), true)).toBe(false);
  expect(fitsDeclared(type("timestamp with time zone"), type("timestamp(3)"), true)).toBe(false);
});
