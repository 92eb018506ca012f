import fc from "fast-check";
import { expect, test } from "vitest";
import { formatDataType, parseDataType } from "../../src/model/data-type.ts";
import { anyType } from "../support/any-type.ts";

test("the text of every type reads back as that type", () => {
  fc.assert(
    fc.property(anyType, (type) => {
      expect(parseDataType(formatDataType(type))).toEqual(type);
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ["timestamp with time zone", "timestamp with time zone"],
  ["TIMESTAMP ( 3 )  WITH  TIME ZONE", "timestamp(3) with time zone"],
  ["timestamp ", "timestamp"],
  ["varchar", "string"],
  ["array< map < string , timestamp with time zone > >", "array<map<string, timestamp with time zone>>"],
  ["numeric ( 4 , 1 )", "decimal(4,1)"],
])("%s is %s", (text, expected) => {
  const type = parseDataType(text);
  expect(type === null ? null : formatDataType(type)).toBe(expected);
});

test.each([
  "timestampwith time zone",
  "timestamp with",
  "timestamp with time",
  "array<",
  "struct<a>",
  "decimal(39,0)",
  "decimal(0,0)",
  "decimal(3,4)",
  "decimal(1,38)",
  "array<decimal(2,3)>",
  "map<int>",
])("%s is no type", (text) => {
  expect(parseDataType(text)).toBeNull();
});
