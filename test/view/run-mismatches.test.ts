import { expect, test } from "vitest";
import type { Mismatches } from "../../src/model/job.ts";
import { result } from "../../src/operator/operator.ts";
import { sentenceOf, withMismatches } from "../../src/step/mismatches.ts";
import { mismatchLines } from "../../src/view/run/mismatches.ts";

const found: Mismatches = {
  table: "sales.orders",
  when: "read",
  rule: "skip_row",
  rows: 1200,
  values: 1201,
  columns: { amount: 1200, day: 1 },
  rejects: [
    { file: "raw/a.csv", line: 3, column: "amount", value: 'a "quoted"\u001b[31m text' },
    { file: "raw/b.json", record: 7, column: "day", value: null },
    { column: "amount", value: "x" },
  ],
};

test("counts and places, without control characters", () => {
  expect(mismatchLines([found])).toEqual([
    "from sales.orders: 1200 skipped (amount 1200, day 1), the first 3",
    '  raw/a.csv:3  amount  "a \\"quoted\\"\\u001b[31m text"',
    "  raw/b.json record 7  day  no value",
    '  amount  "x"',
  ]);
});

test.each([
  [{}, '1,200 rows of "sales.orders" were skipped, since a value does not fit its column.'],
  [{ rows: 1, when: "write" }, '1 row for "sales.orders" was skipped, since a value does not fit its column.'],
  [{ rule: "null" }, '1,201 values of "sales.orders" became null, since they do not fit their columns.'],
  [{ rule: "null", values: 1 }, '1 value of "sales.orders" became null, since it does not fit its column.'],
] as const)("%o", (part, sentence) => {
  expect(sentenceOf({ ...found, ...part })).toBe(sentence);
});

test("a value of a secret variable of the environment is kept out, wherever it stands in a rejected value", () => {
  const rejects = ["s3cr3t-value", "before s3cr3t-value after", "other"].map((value) => ({ column: "amount", value }));
  const job = { id: "1", state: "succeeded" as const, mismatches: [{ ...found, rejects }] };
  const { mismatches } = withMismatches(result({}), [job], { MY_TOKEN: "s3cr3t-value", HOME: "other" });
  expect(mismatches?.flatMap((one) => one.rejects.map(({ value }) => value))).toEqual([
    "REDACTED",
    "before REDACTED after",
    "other",
  ]);
});
