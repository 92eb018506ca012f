import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { columnsOf, columnsText, reading } from "./memory.ts";

const lines = (...records: readonly unknown[]) => `${records.map((record) => JSON.stringify(record)).join("\n")}\n`;

describe("formats", () => {
  test.each([
    ["a.json", '[{"a":1},{"a":2}]', "json"],
    ["a.json", '{\n "a": 1\n}\n', "json"],
    ["a.json", '{"a":1}', "json"],
    ["a.jsonl", '{"a":1}', "jsonl"],
    ["a.json", '{"a":1}\n{"a":2}\n', "jsonl"],
    ["a.json", '{"a":1} {"a":2}\n', "json"],
    ["a.json", '{\n"a":1}\n{"a":2}\n', "json"],
    ["events", '{"a":1}\r\n\r\n{"a":2}', "jsonl"],
    ["events", '[{"a":1}]', "json"],
    ["a.json", '\ufeff{"a":1}\n{"a":2}', "json"],
  ])("%s with %j is %s", async (name, text, format) => {
    const found = await reading({ [name]: text }, {}, name);
    expect(found.format).toBe(format);
    expect(columnsText(found.columns)).toBe("a bigint");
  });

  test("compressed", async () => {
    expect(await columnsOf("a.jsonl.gz", gzipSync('{"a":1}\n'))).toBe("a bigint");
    await expect(columnsOf("a.jsonl", gzipSync('{"a":1}\n'))).rejects.toThrow(/not named ".gz"/);
  });

  test("text in brackets is delimited text", async () => {
    expect((await reading({ "t/a.txt": "[x],b\n1,2\n" })).format).toBe("csv");
  });

  test("a byte order mark that engines can't read past is an error", async () => {
    await expect(columnsOf("a.json", '\ufeff[{"a":1}]')).rejects.toThrow(/byte order mark/);
  });
});

describe("types", () => {
  test("nested values are structs, lists and lists of structs", async () => {
    const text = lines({
      o: { k: 1, z: [1, 2.5] },
      items: [
        { id: 1, tags: ["a"] },
        { id: 2, tags: [] },
      ],
      none: [],
    });
    const found = await reading({ "t/a.jsonl": text });
    expect(columnsText(found.columns)).toBe(
      "o struct<k: bigint, z: array<double>>, items array<struct<id: bigint, tags: array<string>>>, none array<string>",
    );
    expect(found.notes).toContain('A part of column "none" holds only nulls; it is read as string.');
  });

  test("types widen along the lattice, and it is said", async () => {
    const text = lines(
      { a: 1, b: 1, c: true, d: { x: 1 } },
      { a: 1.5, b: "x", c: 2, d: { x: "q", y: 1 } },
      { a: null },
    );
    const found = await reading({ "t/a.jsonl": text });
    expect(columnsText(found.columns)).toBe("a double, b string, c string, d struct<x: string, y: bigint>");
    expect(found.notes).toEqual([
      '"a" holds bigint and double; it is read as double.',
      '"b" holds bigint and string; it is read as string.',
      '"c" holds boolean and bigint; it is read as string.',
      '"d.x" holds bigint and string; it is read as string.',
      'Some records lack "b", "c", "d", "d.y"; they are null there.',
    ]);
  });

  test("an object and a scalar in one field are json, and it is said", async () => {
    const found = await reading({ "t/a.jsonl": lines({ a: { x: 1 } }, { a: 3 }, { a: [1] }) });
    expect(columnsText(found.columns)).toBe("a json");
    expect(found.notes).toEqual(['"a" holds bigint and object and list; it is read as json.']);
  });

  test.each([
    ["1.0", "double"],
    ["9223372036854775807", "bigint"],
    ["9223372036854775808", "string"],
    ["-0", "double"],
    ["NaN", "double"],
    ['"2024-01-02"', "date"],
    ['"2024-01-02T03:04:05"', "timestamp"],
    ['"2024-01-02T03:04:05Z"', "timestamp with time zone"],
    ['"12"', "string"],
    ['"true"', "string"],
    ['""', "string"],
    ["null", "string"],
    ["{}", "json"],
    ['{"x":1,"X":2}', "json"],
    ['{"":1}', "json"],
    ['"inf"},{"x":1.5},{"x":"-inf"},{"x":"nan"', "double"],
    ['"inf"', "double"],
    ['"nan"', "double"],
    ['"inf"},{"x":"other"', "string"],
  ])("%s is %s", async (value, type) => {
    expect(await columnsOf("a.json", `[{"x":${value}}]`)).toBe(`x ${type}`);
  });

  test("an object of very many keys is a map", async () => {
    const keys = Object.fromEntries(Array.from({ length: 250 }, (_, index) => [`k${index}`, index % 2 ? 1.5 : 1]));
    expect(await columnsOf("a.json", JSON.stringify({ id: 1, m: keys }))).toBe("id bigint, m map<string, double>");
  });

  test("names with escapes, and a field without a name", async () => {
    const found = await reading({ "t/a.json": '[{"a\\u0041\\n":1,"":2}]' });
    expect(found.columns.map((column) => column.name)).toEqual(["aA\n"]);
    expect(found.notes).toEqual(["A field without a name is left out."]);
  });
});

describe("what can't be read", () => {
  test.each([
    ["[{]", /line 1 at character 3/],
    ['{"a":1}\n{"a":}\n', /"a.json" is not valid JSON: .*line 2 at character 6/],
    ['[{"a":1},{"a":2}', /ends too early, in line 1/],
    ['[{"a":1},]', /not valid JSON: it has a trailing comma, .*line 1 at character 9/],
    ['[\n{"a":1}\n,\n]', /not valid JSON: it has a trailing comma, .*line 3 at character 1/],
    ['{"a":1,}', /not valid JSON: it has a trailing comma, .*line 1 at character 7/],
    ['{"a":[1, 2 , ]}', /not valid JSON: it has a trailing comma, .*line 1 at character 12/],
    ['{"a":1},\n{"a":2}', /not valid JSON/],
    ['[{"a":1},,{"a":2}]', /not valid JSON/],
    ['{"a":"x', /ends within a text/],
    ['{"a":01}', /number/],
    ['{"a":"\\ud800"}', /half a character/],
    ['{"a":"x\ty"}', /control character/],
    ['{"a":1,"a":2}', /field twice/],
    [
      "[1,2]",
      /can't be read as rows: it has a record that is not an object, in line 1 at character 2\. Write each row/,
    ],
    ['[{"a":1}, "x"]', /can't be read as rows: .*character 11/],
    ['{"a":1}\n[1]\n', /can't be read as rows: .*line 2/],
    ["3", /can't be read as rows/],
    ['[[{"a":1}]]', /can't be read as rows/],
    ["[nope]", /not valid JSON/],
    ['[{"a":1}] x', /continues/],
    ["{}", /no JSON objects with fields/],
    ["hello", /not valid JSON: it has a record that is not an object/],
    [`{"a":${"[".repeat(300)}${"]".repeat(300)}}`, /deeper than 200/],
  ])("%j", async (text, message) => {
    await expect(columnsOf("a.json", text)).rejects.toThrow(message);
  });

  test("an array without elements is an empty file", async () => {
    const found = await reading({ "t/a.json": "[]", "t/b.json": '[{"a":1}]' });
    expect(found.files.map((file) => file.path)).toEqual(["t/b.json"]);
    expect(found.notes).toEqual(['An empty file was left out: "t/a.json".']);
  });
});

describe("large files", () => {
  const records = Array.from({ length: 40_000 }, (_, id) => ({ id, text: "x".repeat(30) }));

  test("lines are read at both ends", async () => {
    const text = lines(...records, { id: 1.5, more: true });
    expect(text.length).toBeGreaterThan(2_000_000);
    expect(await columnsOf("a.jsonl", text, { values: "ends" })).toBe("id double, text string, more boolean");
  });

  test("a line that is broken near the end is found", async () => {
    await expect(columnsOf("a.jsonl", `${lines(...records)}{"id":`, { values: "ends" })).rejects.toThrow(
      /before its end/,
    );
  });

  test("an array is read at its start, and must be closed", async () => {
    const text = JSON.stringify(records);
    expect(await columnsOf("a.json", text)).toBe("id bigint, text string");
    await expect(columnsOf("a.json", text.slice(0, -1), { values: "ends" })).rejects.toThrow(/not closed/);
    await expect(columnsOf("a.json", text.slice(0, -1))).rejects.toThrow(/ends too early/);
  });

  test("one document is read whole", async () => {
    expect(await columnsOf("a.json", JSON.stringify({ records, n: 1 }))).toBe(
      "records array<struct<id: bigint, text: string>>, n bigint",
    );
  });
});
