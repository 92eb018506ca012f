import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findPartitions } from "../../../../src/catalog/schema/partitions.ts";
import type { DataSource } from "../../../../src/job/job.ts";
import { string } from "../../../../src/model/data-type.ts";
import { column } from "../../../../src/model/schema.ts";
import { csv, type LocalRun, localRun, schema, source } from "./local-run.ts";

let run: LocalRun;
beforeAll(async () => {
  run = await localRun();
});
afterAll(() => run.close());

const all = (data: DataSource) => run.rows({ kind: "preview", source: data, limit: 100 });

describe("partition folders", () => {
  test("keys and values of any characters are read as they are named", async () => {
    const words = fc.oneof(
      fc.constantFrom(
        "größe",
        "a b",
        "x+y",
        "a:b",
        "NULL",
        "null",
        "x=y",
        "50%",
        "%41",
        "é",
        "01",
        "it's",
        'q"q',
        "[x]",
        "*",
      ),
      fc.string({ minLength: 1, maxLength: 8, unit: "grapheme" }),
    );
    const isName = (word: string) => !/^(\.*|id)$/i.test(word);
    const names = words.filter(isName);
    let number = 0;
    await fc.assert(
      fc.asyncProperty(names, fc.uniqueArray(names, { minLength: 1, maxLength: 3 }), async (key, values) => {
        const base = `folders/${number++}`;
        const files: string[] = [];
        for (const [index, value] of values.entries())
          files.push(
            await run.put(`${base}/${encodeURIComponent(key)}=${encodeURIComponent(value)}/a.csv`, `id\n${index}\n`),
          );
        const data = source(files, "csv", "id bigint", { csv, partitions: [column(key, string)] });
        expect(await all(data)).toEqual(values.map((value, id) => ({ id, [key]: value })));
      }),
      { numRuns: 40 },
    );
  });

  test("another tool's folders without escapes, a null, and an empty value", async () => {
    const files = [
      await run.put("raw/größe=a b/v=x=y/a.csv", "id\n1\n"),
      await run.put("raw/größe=NULL/v=/a.csv", "id\n2\n"),
      await run.put("raw/größe=__HIVE_DEFAULT_PARTITION__/v=ok/a.csv", "id\n3\n"),
    ];
    const data = source(files, "csv", "id bigint", { csv, partitions: [column("größe", string), column("v", string)] });
    expect(await all(data)).toEqual([
      { id: 1, größe: "a b", v: "x=y" },
      { id: 2, größe: "NULL", v: "" },
      { id: 3, größe: null, v: "ok" },
    ]);
    expect(await all({ ...data, partitions: schema("v string") })).toHaveLength(3);
  });

  test("an escape that is none is text as it stands, also where its bytes are no UTF-8", async () => {
    const values = ["50%", "%zz", "a%2", "%e4", "a%ffb", "%C3"];
    const files: string[] = [];
    for (const [id, value] of values.entries()) files.push(await run.put(`plain/v=${value}/a.csv`, `id\n${id}\n`));
    const data = source(files, "csv", "id bigint", { csv, partitions: schema("v string") });
    const rows = await all(data);
    expect(rows).toHaveLength(values.length);
    expect(rows).toEqual(expect.arrayContaining(values.map((v, id) => ({ id, v }))));
  });

  test("of two folders with one name the nearest counts, in what is listed and in what is read", async () => {
    const path = "twice/v=1/w=x/v=2/a.csv";
    const data = source([await run.put(path, "id\n1\n")], "csv", "id bigint", {
      csv,
      partitions: schema("w string, v bigint"),
    });
    expect(await all(data)).toEqual([{ id: 1, w: "x", v: 2 }]);
    const { values } = findPartitions("twice", [{ path, kind: "file", size: 5, modified: 0 }]);
    expect(values.map((partition) => partition.values)).toEqual([{ w: "x", v: "2" }]);
  });

  test("an empty value of a number is null, and a table can be deduplicated over such folders", async () => {
    const files = [await run.put("num/n=/a.csv", "id\n1\n1\n"), await run.put("num/n=7/a.csv", "id\n2\n")];
    const data = source(files, "csv", "id bigint", { csv, partitions: schema("n bigint") });
    expect(await all(data)).toEqual([
      { id: 1, n: null },
      { id: 1, n: null },
      { id: 2, n: 7 },
    ]);
  });
});

describe("the layout of files", () => {
  test("columns come in the declared order, undeclared ones are left out, absent ones are null", async () => {
    const file = await run.put("layout/a.csv", "b,extra,a\n1,x,01\n2,y,02\n");
    const data = source([file], "csv", "a string, b bigint, c date", {
      csv,
      layout: schema("B bigint, extra string, a string"),
    });
    expect(await all(data)).toEqual([
      { a: "01", b: 1, c: null },
      { a: "02", b: 2, c: null },
    ]);
    expect(Object.keys((await all(data))[0] ?? {})).toEqual(["a", "b", "c"]);
  });

  test("settings of delimited files reach the engine", async () => {
    const text = "Report\n\nid;v;d;t\n1;1,5;31.12.2024;'it\\'s'\n2;NA;NA;NA\n";
    const file = await run.put("settings/a.csv", Buffer.from(`\ufeff${text}`, "utf16le"));
    const data = source([file], "csv", "id bigint, v double, d date, t string", {
      csv: {
        ...csv,
        delimiter: ";",
        quote: "'",
        escape: "\\",
        skip: 2,
        nulls: ["NA"],
        decimal: ",",
        encoding: "utf-16",
        dateFormat: "%d.%m.%Y",
      },
    });
    expect(await all(data)).toEqual([
      { id: 1, v: 1.5, d: "2024-12-31", t: "it's" },
      { id: 2, v: null, d: null, t: null },
    ]);
  });

  test("a record without the only column is null, not its own text", async () => {
    const lines = await run.put("json/a.jsonl", `{"b":1}\n{"a":"x"}\n{}\n${'{"c":2}\n'.repeat(20)}`);
    const rows = await all(source([lines], "jsonl", "a string"));
    expect(rows.map((row) => row.a)).toEqual([null, "x", ...Array.from({ length: 21 }, () => null)]);
    const array = await run.put("json/a.json", `[{}, {"n": 1}, {"m": 2}]`);
    expect(await all(source([array], "json", "n bigint"))).toEqual([{ n: null }, { n: 1 }, { n: null }]);
  });
});
