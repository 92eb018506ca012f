import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DataSource } from "../../../../src/job/job.ts";
import { csv, type LocalRun, localRun, schema, source, target } from "./local-run.ts";

let run: LocalRun;
beforeAll(async () => {
  run = await localRun();
});
afterAll(() => run.close());

const all = (data: DataSource) => run.rows({ kind: "preview", source: data, limit: 100 });

describe("delimited files", () => {
  test("with a byte order mark, CRLF, quotes and another delimiter", async () => {
    const file = await run.put("a.csv", '\ufeffid;name\r\n1;"x; ""y"""\r\n2;\r\n');
    const data = source([file], "csv", "id bigint, name string", { csv: { ...csv, delimiter: ";", newline: "\r\n" } });
    expect(await all(data)).toEqual([
      { id: 1, name: 'x; "y"' },
      { id: 2, name: null },
    ]);
  });

  test("without quotes, without a header, compressed", async () => {
    const file = await run.put("b.csv.gz", gzipSync("1,it's \"q\n"));
    const data = source([file], "csv", "col_0 bigint, col_1 string", {
      csv: { ...csv, quote: "", header: false, compression: "gzip" },
    });
    expect(await all(data)).toEqual([{ col_0: 1, col_1: "it's \"q" }]);
  });

  test("a short row is an error with its line and file, or padded when asked", async () => {
    const file = await run.put("c.csv", 'id,name\n1,"line\nbreak"\n2\n');
    const data = source([file], "csv", "id bigint, name string", { csv });
    const failed = await run.end({ kind: "preview", source: data, limit: 10 });
    expect(failed).toMatchObject({
      state: "failed",
      errorCode: "invalid",
      error: expect.stringMatching(/Line: 3.*Found: 1, in "c\.csv"\.$/),
    });
    expect(await all({ ...data, csv: { ...csv, nullPadding: true } })).toEqual([
      { id: 1, name: "line\nbreak" },
      { id: 2, name: null },
    ]);
  });

  test("a row that is too long is an error", async () => {
    const data = source([await run.put("d.csv", "id\n1\n2,3\n")], "csv", "id bigint", { csv });
    expect((await run.end({ kind: "preview", source: data, limit: 10 })).error).toContain("Line: 3");
  });

  test("a name that looks like a wildcard means one file", async () => {
    await run.put("w1.csv", "id\n9\n");
    const odd = await run.put("w[1]*?.csv", "id\n1\n");
    expect(await all(source([odd, run.uri("w1.csv")], "csv", "id bigint", { csv }))).toEqual([{ id: 1 }, { id: 9 }]);
  });
});

describe("JSON", () => {
  test.each([
    ["of other keys than the table's", '{"id":1}', (index: number) => `{"k${index}":${index}}`],
    ["without keys", "{}", () => "{}"],
    ["of which some are no records but null", '{"id":1}', (index: number) => (index % 2 === 0 ? "null" : '{"x":{}}')],
  ])("records %s are rows of nulls, not values of the table's only column", async (_, first, other) => {
    const lines = [first, ...Array.from({ length: 300 }, (_, index) => other(index))];
    for (const type of ["bigint", "string", "json"]) {
      const file = await run.put("records.jsonl", `${lines.join("\n")}\n`);
      const rows = await run.rows({ kind: "preview", source: source([file], "jsonl", `id ${type}`), limit: 1000 });
      const [one, ...others] = rows.map(({ id }) => id);
      expect([String(one), others.length]).toEqual([first === "{}" ? "null" : "1", 300]);
      expect(new Set(others)).toEqual(new Set([null]));
    }
  });

  test("one document, an array and compressed ones together", async () => {
    const files = [
      await run.put("one.json", '{\n "a": 1.5, "s": {"q": 1}\n}\n'),
      await run.put("many.json", '[{"a": 2, "s": "007", "more": 1},\n{"a": 3}]'),
      await run.put("packed.json.gz", gzipSync('[{"a": 4, "s": null}]')),
      await run.put("none.json", "[]"),
    ];
    expect(await all(source(files, "json", "a double, s string"))).toEqual([
      { a: 1.5, s: '{"q":1}' },
      { a: 2, s: "007" },
      { a: 3, s: null },
      { a: 4, s: null },
    ]);
  });

  test("lines with nested values and times", async () => {
    const file = await run.put(
      "l.jsonl",
      '{"o":{"k":1,"z":[1,2]},"t":"2026-01-02T03:04:05Z","m":{"x":1}}\n{"o":null}\n',
    );
    const columns = "o struct<k: bigint, z: array<int>>, t timestamptz, m map<string, bigint>";
    expect(await all(source([file], "jsonl", columns))).toEqual([
      { o: { k: 1, z: [1, 2] }, t: "2026-01-02T03:04:05Z", m: { x: 1 } },
      { o: null, t: null, m: null },
    ]);
  });
});

describe("parquet and partitions", () => {
  test("partitions come from folders of the table, not from those above it", async () => {
    const files = [
      await run.put("env=x/p=1/f.csv", "a\n1\n"),
      await run.put("env=x/p=__HIVE_DEFAULT_PARTITION__/f.csv", "a\n2\n"),
      await run.put("env=x/p=3/f.csv", "a\n3\n"),
    ];
    const data = source(files, "csv", "a bigint", { csv, partitions: schema("p bigint") });
    expect(await all(data)).toEqual([
      { a: 1, p: 1 },
      { a: 2, p: null },
      { a: 3, p: 3 },
    ]);
    expect(await all({ ...data, partitions: [] })).toEqual([{ a: 1 }, { a: 2 }, { a: 3 }]);
  });

  test("parquet is cast to the declared type", async () => {
    await run.facts({
      kind: "query",
      sql: "select 7::utinyint as n, 1.5::decimal(9,3) as d",
      sources: [],
      target: target(run.uri("p1"), "parquet"),
    });
    const data = source([run.uri("p1/part-0.parquet")], "parquet", "n bigint, d decimal(9,3)");
    expect(await run.rows({ kind: "query", sql: "select n, d, typeof(n) as t from db.t", sources: [data] })).toEqual([
      { n: 7, d: "1.500", t: "BIGINT" },
    ]);
  });

  test("no files are no rows, with the columns", async () => {
    expect(
      await run.rows({
        kind: "query",
        sql: "select count(id) as n from db.t",
        sources: [source([], "csv", "id bigint")],
      }),
    ).toEqual([{ n: 0 }]);
  });

  test("sources of one name are united by the names of their columns", async () => {
    const left = source([await run.put("u.csv", "a,b\n1,x\n")], "csv", "a bigint, b string", { csv });
    const right = source([await run.put("u.jsonl", '{"b":"y","c":true}\n')], "jsonl", "b string, c boolean");
    expect(
      await run.rows({ kind: "query", sql: "select a, b, c from db.t order by b", sources: [left, right] }),
    ).toEqual([
      { a: 1, b: "x", c: null },
      { a: null, b: "y", c: true },
    ]);
  });
});
