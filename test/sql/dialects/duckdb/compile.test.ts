import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compileJob } from "../../../../src/sql/dialects/duckdb/compile.ts";
import { csv, type LocalRun, localRun, schema, source, target } from "./local-run.ts";

let run: LocalRun;
beforeAll(async () => {
  run = await localRun();
});
afterAll(() => run.close());

const query = (sql: string, rest: object = {}) => ({ kind: "query", sql, sources: [], ...rest }) as const;
let outputs = 0;
const place = () => `out-${++outputs}`;

describe("query", () => {
  test("ends at its limit and says that it was cut", async () => {
    const job = await run.end(query("select range as n from range(5) order by n desc", { limit: 3 }));
    expect(job.facts).toEqual({ rows: 3, cut: true });
    expect((await run.execution.results(job.id)).rows).toEqual([{ n: 4 }, { n: 3 }, { n: 2 }]);
    expect(await run.facts(query("select 1 as n", { limit: 1 }))).toEqual({ rows: 1, cut: false });
  });

  test("keeps at most 10,000 rows", async () => {
    expect(await run.facts(query("select range from range(20000)"))).toEqual({ rows: 10_000, cut: true });
  });

  test.each(["select 1 as n -- end", "select 1 as n; ", "/* a */ select 1 as n ; -- b;"])("takes %j", async (sql) => {
    expect(await run.rows(query(sql))).toEqual([{ n: 1 }]);
  });

  test("two columns of one name are told apart", async () => {
    expect(await run.rows(query("select 1 as a, 2 as a"))).toEqual([{ a: 1, a_1: 2 }]);
  });

  test.each(["select 1; select 2", "drop table x", "", "select 1)", "select 1) to '/tmp/x' (format csv) --"])(
    "refuses %j",
    async (sql) => {
      expect(await run.end(query(sql))).toMatchObject({ state: "failed", errorCode: "invalid" });
    },
  );

  test("an ordered result is one ordered file", async () => {
    const to = place();
    await run.facts(
      query("select range as n from range(500000) order by n desc", { target: target(run.uri(to), "csv") }),
    );
    expect(await run.list(to)).toEqual(["part-0.csv"]);
    const lines = (await run.read(`${to}/part-0.csv`)).trimEnd().split("\n");
    expect([lines[0], lines[1], lines.at(-1), lines.length]).toEqual(["n", "499999", "0", 500_001]);
  });
});

describe("targets", () => {
  test.each([
    ["csv", "a,b\n1,x\n"],
    ["jsonl", '{"a":1,"b":"x"}\n'],
    ["json", '[\n\t{"a":1,"b":"x"}\n]\n'],
  ] as const)("a file of %s", async (format, content) => {
    const to = `${place()}/deep.${format}`;
    const facts = await run.facts(
      query("select 1 as a, 'x' as b", { target: target(run.uri(to), format, { shape: "file" }) }),
    );
    expect(await run.read(to)).toBe(content);
    expect(facts).toEqual({ rows: 1, files: 1, bytes: content.length });
  });

  test("partitioned folders, and one of no value when there are no rows", async () => {
    const to = place();
    const partitioned = (sql: string, name: string) =>
      run.facts(query(sql, { target: target(run.uri(name), "csv", { partitionBy: ["k"] }) }));
    expect(await partitioned("select i, i % 2 as k from range(4) t(i)", to)).toMatchObject({ rows: 4, files: 2 });
    expect(await run.list(to)).toEqual(["k=0/part-0.csv", "k=1/part-0.csv"]);
    expect(await partitioned("select 1 as i, 2 as k where false", `${to}-none`)).toEqual({
      rows: 0,
      files: 1,
      bytes: "i\n".length,
    });
    expect(await run.list(`${to}-none`)).toEqual(["k=__HIVE_DEFAULT_PARTITION__/part-0.csv"]);
  });
});

describe("format", () => {
  const sources = async () => [
    await run.put("f/d=2026-01-01/a.csv", "a,b\n1,x\n"),
    await run.put("f/d=2026-01-02/a.csv", "a,b\nbroken,y\n"),
  ];

  test("keeps the columns that are asked for, in that order", async () => {
    const to = `${place()}.csv`;
    const [file = ""] = await sources();
    const data = source([file], "csv", "a bigint, b string", { csv, partitions: schema("d date") });
    await run.facts({
      kind: "format",
      source: data,
      columns: ["d", "b"],
      target: target(run.uri(to), "csv", { shape: "file" }),
    });
    expect(await run.read(to)).toBe("d,b\n2026-01-01,x\n");
  });

  test("opens the files of the wanted partitions only", async () => {
    const data = source(await sources(), "csv", "a bigint, b string", { csv, partitions: schema("d date") });
    const format = (partitions: readonly Record<string, string | null>[]) =>
      run.end({ kind: "format", source: data, partitions, target: target(run.uri(place()), "parquet") });
    expect(await format([{ d: "2026-01-01" }, { d: null }])).toMatchObject({ state: "succeeded", facts: { rows: 1 } });
    expect(await format([{ d: "2026-01-02" }])).toMatchObject({ state: "failed" });
    expect(await format([])).toMatchObject({ state: "succeeded", facts: { rows: 0 } });
  });
});

test("merge casts to the united columns and keeps texts as they were written", async () => {
  const to = `${place()}.jsonl`;
  const one = source([await run.put("m1.csv", "Code,n\n007,1\n")], "csv", "Code bigint, n bigint", { csv });
  const two = source([await run.put("m2.jsonl", '{"code":"x","d":2.5}\n')], "jsonl", "code string, d double");
  const facts = await run.facts({
    kind: "merge",
    sources: [one, two, source([], "csv", "z date")],
    columns: schema("code string, n double, d double"),
    target: target(run.uri(to), "jsonl", { shape: "file" }),
  });
  expect(facts).toMatchObject({ rows: 2 });
  expect(
    (await run.read(to))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line)),
  ).toEqual([
    { code: "007", n: 1, d: null },
    { code: "x", n: null, d: 2.5 },
  ]);
});

test("summarize counts exactly, in one row for each column", async () => {
  const file = await run.put("s.csv", "id,name,day\n1,b,2026-01-02\n2,a,2026-01-01\n2,,\n");
  const data = source([file], "csv", "id bigint, name string, day date", { csv });
  const part = { rows: 3 };
  expect(await run.rows({ kind: "summarize", source: data, columns: data.columns })).toEqual([
    { column: "id", type: "bigint", ...part, non_null: 3, null: 0, distinct: 2, min: "1", max: "2", mean: 5 / 3 },
    { column: "name", type: "string", ...part, non_null: 2, null: 1, distinct: 2, min: "a", max: "b", mean: null },
    {
      column: "day",
      type: "date",
      ...part,
      non_null: 2,
      null: 1,
      distinct: 2,
      min: "2026-01-01",
      max: "2026-01-02",
      mean: null,
    },
  ]);
  expect(await run.rows({ kind: "summarize", source: data, columns: [] })).toEqual([]);
});

test("summarize takes nested columns, and no rows", async () => {
  const file = await run.put("n.jsonl", '{"o":{"k":1},"l":[1],"m":{"a":1},"j":{"x":1}}\n');
  const nested = "o struct<k: bigint>, l array<bigint>, m map<string, bigint>, j json";
  const data = source([file], "jsonl", nested);
  const rows = await run.rows({ kind: "summarize", source: data, columns: data.columns });
  expect(rows.map((row) => [row.column, row.distinct, row.min])).toEqual(
    ["o", "l", "m", "j"].map((name) => [name, 1, null]),
  );
  const empty = source([], "jsonl", nested);
  expect(await run.rows({ kind: "summarize", source: empty, columns: empty.columns })).toMatchObject([
    { rows: 0 },
    {},
    {},
    {},
  ]);
});

test("many files of one schema are one scan", () => {
  const files = Array.from({ length: 2000 }, (_, at) => `file:///d/${at}.csv`);
  const { select } = compileJob({
    kind: "merge",
    sources: [source(files, "csv", "a bigint", { csv })],
    columns: schema("a bigint"),
    target: target("file:///o", "parquet"),
  });
  expect(select.match(/read_csv/g)).toHaveLength(1);
  expect(select).toContain("auto_detect = false");
});
