/** One mistake is one error, and a suggestion is a word that somebody could have meant. */
import { describe, expect, test } from "vitest";
import { failureOf } from "../../providers/local/duckdb/error.ts";
import { changesBetween, type Shape } from "../../src/operator/register/differences.ts";
import { locate } from "../../src/project/yaml/locate.ts";
import { loadFiles, localFiles } from "../support/load.ts";

const located = async (text: string) => {
  const { diagnostics } = loadFiles({ ...localFiles, "a.yaml": text });
  const own = diagnostics.filter(({ place }) => place?.file === "a.yaml");
  return locate(own, () => text);
};

describe("YAML", () => {
  test.each([
    ["a bracket that is not closed", "type: table\ncolumns: [{ name: id, type: bigint ]\n"],
    ["a key that is indented too far", "type: table\nname: t\n  database: s\n"],
    ["two mistakes of which the second may follow from the first", "type: table\nname: [\nfoo: : x\n"],
    ["a colon in a text", "type: database\nname: d\ncomment: a: b\n"],
    ["a tab", "type: database\n\tname: d\n"],
    ["an open quote", 'type: database\nname: "d\ncomment: x\n'],
  ])("%s is one error", async (_, text) => {
    expect((await located(text)).map(({ code }) => code)).toEqual(["yaml/syntax"]);
  });

  test("each document and each repeated key has its own error", async () => {
    const broken = "type: table\ncolumns: [{ name: id ]\n";
    expect(await located(`${broken}---\n${broken}`)).toHaveLength(2);
    const twice = "type: database\nname: a\nname: b\ncomment: x\ncomment: y\n";
    expect((await located(twice)).map(({ code }) => code)).toEqual(["yaml/duplicate-key", "yaml/duplicate-key"]);
  });
});

test.each([
  ["bigin", "bigint"],
  ["arry<string>", "array"],
  ["array<strng>", "string"],
  ["timestmp with time zone", "timestamp"],
  ["decimal(18,2", null],
  ["xyzzy", null],
])("the type %j: did you mean %s", async (written, meant) => {
  const text = `type: table\ndatabase: s\nname: t\ncolumns: [{ name: id, type: ${JSON.stringify(written)} }]\n---\ntype: database\nname: s\n`;
  const [problem] = await located(text);
  expect(problem?.detail).toContain(`"${written}"`);
  expect(/Did you mean "(.*)"\?/.exec(problem?.detail ?? "")?.[1] ?? null).toBe(meant);
});

test.each(["duckdb_logs", "pg_type", "sqlite_master", "information_schema.tables"])(
  "DuckDB's own %s is suggested to nobody",
  (name) => {
    const said = (own: string) =>
      failureOf(
        new Error(`Catalog Error: Table with name logs does not exist!\nDid you mean "${own}"?\n\nLINE 1: x`),
        [],
      ).message;
    expect(said(name)).toBe("Table with name logs does not exist!");
    expect(said("sales.logs")).toContain('Did you mean "sales.logs"?');
  },
);

const csv = {
  delimiter: ",",
  quote: '"',
  header: true,
  compression: "none",
  nullPadding: false,
  newline: "\n",
} as const;
const shape: Shape = { format: "csv", columns: [], partitions: [], location: "raw", csv };
test.each([
  [{ header: false }, "In its files, the header changed."],
  [{ delimiter: ";" }, "In its files, the delimiter changed."],
  [{ compression: "gzip" as const }, "In its files, the compression changed."],
  [{ skip: 1 }, "In its files, the number of lines above the header changed."],
  [
    { header: false, delimiter: ";", skip: 2 },
    "In its files, the delimiter, header and number of lines above the header changed.",
  ],
])("a dialect with %j names what changed", (part, text) => {
  expect(changesBetween(shape, { ...shape, csv: { ...csv, ...part } })).toEqual([text]);
  expect(changesBetween(shape, shape)).toEqual([]);
});
