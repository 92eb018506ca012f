/** Which files are said to lack a known column: only those of which the reader knows every column. */
import { expect, test } from "vitest";
import type { FileSchema } from "../../../src/catalog/schema/file.ts";
import { lackingColumns } from "../../../src/catalog/schema/lacking.ts";
import { schema } from "../../sql/dialects/duckdb/local-run.ts";

const file = (format: FileSchema["format"], columns: string, isSampled = false): FileSchema => ({
  path: `${columns}.${format}`,
  format,
  columns: schema(columns),
  widened: [],
  missing: [],
  notes: [],
  isSampled,
});
const [both, one] = ["id bigint, v string", "id bigint"];

test.each([
  ["csv, whole", file("csv", one), ["v"]],
  ["csv, of which only parts were read: its header was", file("csv", one, true), ["v"]],
  ["parquet", file("parquet", one), ["v"]],
  ["jsonl, whole", file("jsonl", one), ["v"]],
  ["jsonl, of which only parts were read", file("jsonl", one, true), []],
  ["json, of which only parts were read", file("json", one, true), []],
  ["csv with the column in another case", file("csv", "id bigint, V string"), []],
  ["jsonl with the column in another case", file("jsonl", "id bigint, V string"), ["v"]],
  ["csv with none of the columns", file("csv", "a bigint"), []],
])("%s", (_, other, lacking) => {
  const found = lackingColumns(["id", "v"], [file(other.format, both), other], []);
  expect(found.map(({ column }) => column)).toEqual(lacking);
  for (const { files, of } of found) expect([files, of]).toEqual([[other.path], 2]);
});

test.each([["day"], ["DAY"]])("a column that the folders hold is lacking in no file: %s", (folder) => {
  expect(lackingColumns(["id", "day"], [file("csv", one)], [folder])).toEqual([]);
  expect(lackingColumns(["id", "day"], [file("csv", one)], []).map(({ column }) => column)).toEqual(["day"]);
});
