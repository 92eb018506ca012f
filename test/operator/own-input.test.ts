/** Whether an output would replace what its step reads, by the texts of the paths alone. */
import { expect, test } from "vitest";
import type { FileFormat } from "../../src/model/table.ts";
import { leadingTo, ownInput } from "../../src/operator/own-input.ts";

const cases: readonly (readonly [output: string, input: string, overlaps: boolean, format?: FileFormat])[] = [
  ["raw", "raw", true],
  ["./raw//", "raw", true],
  ["raw", "./raw/", true],
  ["raw/out", "raw", true],
  ["raw", "raw/a.csv", true],
  ["", "raw", true],
  ["raw2", "raw", false],
  ["raw", "raw2", false],
  ["out", "raw", false],
  ["raw", "raw/*.csv", true],
  ["raw/x.csv", "raw/*.csv", true],
  ["raw/x.json", "raw/*.csv", false, "json"],
  ["raw/sub", "raw/*/*.csv", true],
  ["raw/sub", "raw/*/*.csv", false, "json"],
  ["raw/sub", "raw/**/*.csv", true],
  ["raw/sub", "raw/*/*/part-0.csv", true],
  ["raw/sub", "raw/x*/*.csv", false],
  ["raw", "raw/*.csv", true, "json"],
  ["raw", "raw/sub/*.csv", true, "json"],
  ["out", "raw/*.csv", false],
];

test.each(cases.map(([output, input, overlaps, format = "csv"]) => ({ output, input, overlaps, format })))(
  "output $output of $format, input $input: $overlaps",
  ({ output, input, overlaps, format }) => {
    expect(ownInput(output, format, ["elsewhere", input]) !== null).toBe(overlaps);
  },
);

test("links among the files of an input lead to what is read: directories, and files that the reader takes", () => {
  const links = [
    { path: "raw/a.csv", real: "x/a.csv", kind: "file" },
    { path: "raw/notes.md", real: "x/notes.md", kind: "file" },
    { path: "raw/sub", real: "x/sub", kind: "directory" },
  ] as const;
  expect(leadingTo(links, "raw", {})).toEqual(["x/a.csv", "x/sub"]);
  expect(leadingTo(links, "raw", { exclude: ["*.csv"] })).toEqual(["x/sub"]);
  expect(leadingTo(links, "raw")).toEqual(["x/a.csv", "x/notes.md", "x/sub"]);
});
