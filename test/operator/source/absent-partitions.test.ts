/** Which texts name the partition of a folder: those of the same value, whatever their form. */
import { expect, test } from "vitest";
import { refuseAbsent } from "../../../src/operator/source/absent-partitions.ts";
import { schema, source } from "../../sql/dialects/duckdb/local-run.ts";

const isThere = (type: string, folder: string | null, wanted: string | null): boolean => {
  const files = folder === null ? [] : [`file:///data/t/p=${folder}/part-0.csv`];
  const one = source(files, "csv", "id bigint");
  try {
    refuseAbsent({ sources: [one], partitions: schema(`p ${type}`), label: "s.t" }, [{ p: wanted }]);
    return true;
  } catch {
    return false;
  }
};
const nothing = "__HIVE_DEFAULT_PARTITION__";

test.each<readonly [type: string, folder: string, wanted: string | null, isThere: boolean]>([
  ["bigint", "1", "1", true],
  ["bigint", "01", "1", true],
  ["bigint", "1", "01", true],
  ["bigint", "1", "2", false],
  ["double", "1.50", "1.5", true],
  ["decimal(4,2)", "1.50", "1.5", true],
  ["decimal(4,2)", "1.50", "1.51", false],
  ["string", "01", "1", false],
  ["string", "a", "a", true],
  ["string", "a", "A", false],
  ["varchar(3)", "01", "1", false],
  ["date", "2024-01-02", "2024-1-2", true],
  ["date", "2024-01-02", "2024-01-03", false],
  // Instants have many texts, so the engine decides.
  ["timestamp", "2024-01-02 00%3A00%3A00", "2024-01-02T00:00:00Z", true],
  ["bigint", nothing, null, true],
  ["bigint", "1", null, false],
  ["bigint", nothing, "1", false],
  ["bigint", "", null, true],
  ["string", nothing, null, true],
  ["string", "a", null, false],
])("a partition of type %s in the folder %j is named by %j: %s", (type, folder, wanted, expected) => {
  expect(isThere(type, folder, wanted)).toBe(expected);
});

test("a table without files has no rows in any partition", () => {
  expect(isThere("bigint", null, "1")).toBe(true);
});

test("the nearest folder of a column counts, and each wanted partition must be there", () => {
  const one = source(["file:///a=9/t/a=1/b=2/x.csv", "file:///a=9/t/a=3/b=4/x.csv"], "csv", "id bigint");
  const refuse = (...wanted: readonly Readonly<Record<string, string>>[]) =>
    refuseAbsent({ sources: [one], partitions: schema("a bigint, b bigint"), label: "s.t" }, wanted);
  expect(() => refuse({ a: "1" }, { a: "3", b: "4" })).not.toThrow();
  expect(() => refuse({ a: "9" })).toThrow(/"a=9", but no file of s.t .* It has "a=1\/b=2", "a=3\/b=4"\./);
  expect(() => refuse({ a: "1" }, { a: "1", b: "4" })).toThrow('"a=1/b=4"');
});
