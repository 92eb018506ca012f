import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { duckDbType } from "../../../src/sql/dialects/duckdb/types.ts";
import { type Proof, proof } from "./duckdb.ts";
import { columnsText } from "./memory.ts";

let run: Proof;
beforeAll(async () => {
  run = await proof();
});
afterAll(() => run.close());

let folders = 0;

/** Puts files into a folder of their own, reads their schema, and reads them with it. */
async function readBack(files: Readonly<Record<string, string | Uint8Array>>, options = {}) {
  const folder = `d${++folders}`;
  for (const [path, content] of Object.entries(files)) await run.put(`${folder}/${path}`, content);
  const reading = await run.reading(folder, options);
  return { columns: columnsText(reading.columns), rows: await run.rowsOf(reading), reading };
}

describe("DuckDB reads delimited files as they were found", () => {
  test.each([
    ["comma", "id,n\n1,x\n"],
    ["tab", "id\tn\n1\tx\n"],
    ["pipe", "id|n\n1|x\n"],
    ["semicolon", "id;n\n1;x\n"],
    ["CRLF", "id,n\r\n1,x\r\n"],
    ["CR", "id,n\r1,x\r"],
    ["byte order mark", "\ufeffid,n\n1,x\n"],
    ["blanks in the header", "id , n\n1,x\n"],
    ["quotes", '"id","n"\n"1","x"\n'],
    ["blank in front of a quote", 'id,n\n1, "x"\n'],
    ["blanks after a quote", 'id,n\n1,"x"  \n'],
    ["single quotes", "'id','n'\n'1','x'\n"],
    ["blank lines", "id,n\n\n1,x\n\n"],
    ["delimiters too many", "id,n\n1,x,,\n"],
    ["no line end at the end", "id,n\n1,x"],
    ["gzip", gzipSync("id,n\n1,x\n")],
  ])("%s", async (_, content) => {
    expect(await readBack({ "a.csv": content })).toMatchObject({
      columns: "id bigint, n string",
      rows: [{ id: 1, n: "x" }],
    });
  });

  test("values of every type, with nulls", async () => {
    const text = [
      "i,f,b,d,t,z,n9,s,code,big",
      '-1,1.5,true,2024-02-29,2024-01-02 03:04:05,2024-01-02T03:04:05+02:00,2024-01-02 03:04:05.123456789,"a ""b""\nc",007,99999999999999999999',
      " 2 ,-.5e3,FALSE,1999-01-01,2024-01-02T03:04,2024-01-02 03:04:05.5Z,2024-01-02T03:04:05.1,,+1,1",
      ",,,,,,,,,",
    ].join("\n");
    const { columns, rows } = await readBack({ "a.csv": `${text}\n` });
    expect(columns).toBe(
      "i bigint, f double, b boolean, d date, t timestamp, z timestamp with time zone, n9 timestamp(9), s string, code string, big string",
    );
    expect(rows).toEqual([
      {
        i: -1,
        f: 1.5,
        b: true,
        d: "2024-02-29",
        t: "2024-01-02T03:04:05",
        z: "2024-01-02T01:04:05Z",
        n9: "2024-01-02T03:04:05.123456789",
        s: 'a "b"\nc',
        code: "007",
        big: "99999999999999999999",
      },
      {
        i: 2,
        f: -500,
        b: false,
        d: "1999-01-01",
        t: "2024-01-02T03:04:00",
        z: "2024-01-02T03:04:05.5Z",
        n9: "2024-01-02T03:04:05.1",
        s: null,
        code: "+1",
        big: "1",
      },
      Object.fromEntries(["i", "f", "b", "d", "t", "z", "n9", "s", "code", "big"].map((name) => [name, null])),
    ]);
  });

  test("what stands above the table is left out, whatever it is", async () => {
    const title = fc.constantFrom(
      "Report of May",
      "# a comment",
      "",
      "  ",
      "Größe, in cm",
      "-- x",
      "Total: 5",
      "A B;;",
    );
    const ends = fc.constantFrom("\n", "\r\n");
    const delimiters = fc.constantFrom(";", "\t", "|", ",");
    let number = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(title, { maxLength: 3 }),
        delimiters,
        ends,
        fc.boolean(),
        async (above, delimiter, end, hasHeader) => {
          fc.pre(delimiter !== "," || !above.some((line) => line.includes(",")));
          const rows = [
            ...(hasHeader ? [["id", "name", "day"]] : []),
            ["1", "x", "2024-01-31"],
            ["2", "", "2024-02-29"],
          ];
          const text = [...above, ...rows.map((row) => row.join(delimiter)), ""].join(end);
          const { reading, rows: found } = await readBack({ [`above-${number++}.csv`]: text });
          const values = found.map((row) => Object.values(row));
          expect(values).toEqual([
            [1, "x", "2024-01-31"],
            [2, null, "2024-02-29"],
          ]);
          expect(Object.keys(found[0] ?? {})).toEqual(hasHeader ? ["id", "name", "day"] : ["col_0", "col_1", "col_2"]);
          expect(reading.notes.length > 0).toBe(above.length > 0 || !hasHeader);
        },
      ),
      { numRuns: 40 },
    );
  });

  test("no header, one column with nulls, text without quotes", async () => {
    expect(await readBack({ "a.csv": "1,x\n2,y\n" }, { csv: { header: false } })).toMatchObject({
      rows: [
        { col_0: 1, col_1: "x" },
        { col_0: 2, col_1: "y" },
      ],
    });
    expect(await readBack({ "a.csv": "a\n1\n\n3\n" })).toMatchObject({ rows: [{ a: 1 }, { a: null }, { a: 3 }] });
    expect(await readBack({ "a.tsv": 'a\tb\n1\t"big" one\n2\t"\n' })).toMatchObject({
      rows: [
        { a: 1, b: '"big" one' },
        { a: 2, b: '"' },
      ],
    });
  });

  test("short rows when padded", async () => {
    expect(await readBack({ "a.csv": 'a,b\n1,"x\ny"\n2\n' }, { nullPadding: true })).toMatchObject({
      rows: [
        { a: 1, b: "x\ny" },
        { a: 2, b: null },
      ],
    });
  });

  test("generated names", async () => {
    expect(await readBack({ "a.csv": "a,a,\n1,2,3\n" })).toMatchObject({ rows: [{ a: 1, a_1: 2, col_2: 3 }] });
  });

  test("files of different shapes", async () => {
    const files = { "a.csv": "a,b\n1,007\n", "b.csv": "b;c;a\n8;true;1.5\n", "c.csv.gz": gzipSync("a,b\n3,\n") };
    expect(await readBack(files)).toMatchObject({
      columns: "a double, b string, c boolean",
      rows: [
        { a: 1, b: "007", c: null },
        { a: 1.5, b: "8", c: true },
        { a: 3, b: null, c: null },
      ],
    });
  });

  test("partitions", async () => {
    const files = {
      "day=2024-01-01/city=New%20York/a.csv": "city,n\nx,1\n",
      "day=2024-01-02/city=__HIVE_DEFAULT_PARTITION__/b.csv": "city,n\ny,2\n",
    };
    expect((await readBack(files)).rows).toEqual([
      { city_in_file: "x", n: 1, day: "2024-01-01", city: "New York" },
      { city_in_file: "y", n: 2, day: "2024-01-02", city: null },
    ]);
  });
});

describe("DuckDB reads JSON as it was found", () => {
  test.each([
    ["a.json", '[{"id":1,"n":"x"}]'],
    ["a.json", '{\n"id":1,\n"n":"x"}\n'],
    ["a.json", '{"id":1,"n":"x"}'],
    ["a.json", '\ufeff{"id":1,"n":"x"}'],
    ["a.jsonl", '\n{"id":1,"n":"x"}\r\n'],
    ["events", '{"id":1,"n":"x"}'],
    ["a.jsonl.gz", gzipSync('{"id":1,"n":"x"}\n')],
  ])("%s %j", async (name, content) => {
    expect(await readBack({ [name]: content })).toMatchObject({
      columns: "id bigint, n string",
      rows: [{ id: 1, n: "x" }],
    });
  });

  test("nested and mixed values", async () => {
    const records = [
      { o: { k: 1, "a b": ["x"] }, l: [[1], [2.5]], m: 1, j: { x: 1 }, t: "2024-01-02T03:04:05Z", e: {}, u: null },
      { o: { k: 2 }, l: [], m: "x", j: [1], t: null, d: "2024-01-02", e: {}, u: null },
      { o: null, m: true, j: "q" },
    ];
    const { columns, rows } = await readBack({
      "a.jsonl": `${records.map((record) => JSON.stringify(record)).join("\n")}\n{"big":99999999999999999999,"f":NaN}\n{"f":1}\n`,
    });
    expect(columns).toBe(
      'o struct<k: bigint, "a b": array<string>>, l array<array<double>>, m string, j json, t timestamp with time zone, e json, u string, d date, big string, f double',
    );
    expect(rows.slice(0, 3)).toMatchObject([
      { o: { k: 1, "a b": ["x"] }, l: [[1], [2.5]], m: "1", t: "2024-01-02T03:04:05Z", d: null, u: null },
      { o: { k: 2, "a b": null }, l: [], m: "x", t: null, d: "2024-01-02" },
      { o: null, l: null, m: "true" },
    ]);
    expect(rows[3]).toMatchObject({ big: "99999999999999999999" });
  });

  test("many keys as a map, and files of different shapes", async () => {
    const keys = Object.fromEntries(Array.from({ length: 250 }, (_, index) => [`k${index}`, index]));
    const files = {
      "a.json": JSON.stringify([{ m: keys, s: { x: 1 } }]),
      "b.json": '[{"m":{"z":1.5},"s":{"y":"q"},"extra":false}]',
    };
    const { columns, rows } = await readBack(files);
    expect(columns).toBe("m map<string, double>, s struct<x: bigint, y: string>, extra boolean");
    expect(rows[1]).toEqual({ m: { z: 1.5 }, s: { x: null, y: "q" }, extra: false });
  });
});

describe("names and nulls of Parquet", () => {
  /** What DuckDB itself says of a file. */
  const described = async (path: string) => {
    const sql = `SELECT column_name AS name, column_type AS type FROM (DESCRIBE SELECT * FROM read_parquet('${join(run.data, path)}'))`;
    return run.rows({ kind: "query", sql, sources: [] });
  };

  test.each([
    ["q1 repeats", "SELECT 1 AS q1, 2 AS q2", "q2", "q1"],
    ["in another case", "SELECT 1 AS q1, 2 AS q2, 3 AS x", "q2", "Q1"],
    ["nulls alone", "SELECT 1 AS q1, NULL AS q2", "q2", "q3"],
    ["nested nulls", "SELECT [NULL] AS q1, {'q2': NULL, 'b': 1} AS s", "q2", "q4"],
  ])("%s", async (name, sql, from, to) => {
    const path = `names/${name.replaceAll(" ", "-")}.parquet`;
    await run.parquet(path, sql);
    const bytes = await readFile(join(run.data, path), "latin1");
    await run.put(path, Buffer.from(bytes.replaceAll(from, to), "latin1"));
    const found = await run.reading(path);
    const types = found.columns.map(({ name, type }) => ({ name, type: duckDbType(type) }));
    const plain = (text: unknown) => String(text).replaceAll('"', "");
    expect(types.map((one) => ({ ...one, type: plain(one.type) }))).toEqual(
      (await described(path)).map((one) => ({ name: one.name, type: plain(one.type) })),
    );
    if (new Set(found.columns.map((one) => one.name.toLowerCase())).has("q1_1")) expect(found.notes).toHaveLength(1);
    expect(await run.rowsOf(found)).toHaveLength(1);
  });
});

describe("Parquet", () => {
  const sql = `select 1::tinyint as i8, 2::smallint as i16, 3::int as i32, 4::bigint as i64,
    5::utinyint as u8, 6::usmallint as u16, 7::uinteger as u32, 8::ubigint as u64,
    1.5::float as f32, 2.5::double as f64, 12.34::decimal(10,2) as dec, 1.5::decimal(38,10) as wide,
    'x' as s, true as b, 'ab'::blob as bin, date '2024-01-02' as d, time '03:04:05' as tm,
    timestamp '2024-01-02 03:04:05' as ts, timestamptz '2024-01-02 03:04:05+00' as tz,
    '2024-01-02 03:04:05.123456789'::timestamp_ns as tn, '2024-01-02 03:04:05'::timestamp_ms as tms,
    [1, 2] as l, [[{'a': 1}]] as ll, map {'k': 1.5::decimal(4,2)} as m, {'x': 1, 'y': {'z': 'q'}} as st,
    '{"a":1}'::json as j, uuid() as u, null::int as none`;

  test("keeps its exact types, also nested", async () => {
    await run.parquet("p1.parquet", sql);
    const reading = await run.reading("p1.parquet");
    expect(columnsText(reading.columns).split(/, (?=\w+ )/)).toEqual([
      "i8 tinyint",
      "i16 smallint",
      "i32 int",
      "i64 bigint",
      "u8 smallint",
      "u16 int",
      "u32 bigint",
      "u64 decimal(20,0)",
      "f32 float",
      "f64 double",
      "dec decimal(10,2)",
      "wide decimal(38,10)",
      "s string",
      "b boolean",
      "bin binary",
      "d date",
      "tm time",
      "ts timestamp",
      "tz timestamp with time zone",
      "tn timestamp(9)",
      "tms timestamp",
      "l array<int>",
      "ll array<array<struct<a: int>>>",
      "m map<string, decimal(4,2)>",
      "st struct<x: int, y: struct<z: string>>",
      "j json",
      "u string",
      "none int",
    ]);
    const [row] = await run.rowsOf(reading);
    expect(row).toMatchObject({
      i8: 1,
      u64: 8,
      dec: "12.34",
      l: [1, 2],
      ll: [[{ a: 1 }]],
      st: { x: 1, y: { z: "q" } },
    });
  });

  test("files whose types can be widened are one table, read in two groups", async () => {
    await run.parquet("p2/a.parquet", "select 1::int as n, 1.5::decimal(4,2) as d, {'x': 1::int} as s");
    await run.parquet(
      "p2/b.parquet",
      "select 2.5 ::double as n, 1.25::decimal(6,3) as d, {'x': 2::bigint, 'y': 'q'} as s, 'z' as more",
    );
    const reading = await run.reading("p2");
    expect(columnsText(reading.columns)).toBe("n double, d decimal(6,3), s struct<x: bigint, y: string>, more string");
    expect(reading.groups.map((group) => columnsText(group.columns))).toEqual([
      "n int, d decimal(4,2), s struct<x: int>",
      "n double, d decimal(6,3), s struct<x: bigint, y: string>, more string",
    ]);
    expect(reading.notes).toContain('Column "more" is missing in 1 of 2 files ("p2/a.parquet"); it is null there.');
    expect(await run.rowsOf(reading)).toEqual([
      { n: 1, d: "1.500", s: { x: 1, y: null }, more: null },
      { n: 2.5, d: "1.250", s: { x: 2, y: "q" }, more: "z" },
    ]);
  });

  test("the order of columns makes no group", async () => {
    await run.parquet("p3/a.parquet", "select 1::bigint as a, 'x' as b");
    await run.parquet("p3/b.parquet", "select 'y' as b, 2::bigint as a");
    const reading = await run.reading("p3");
    expect(reading.groups).toHaveLength(1);
    expect(await run.rowsOf(reading)).toEqual([
      { a: 1, b: "x" },
      { a: 2, b: "y" },
    ]);
  });

  test("types that can't be reconciled are a conflict that names both files", async () => {
    await run.parquet("p4/a.parquet", "select 1::bigint as id, 'x' as n");
    await run.parquet("p4/b.parquet", "select {'x': 1} as id, 'x' as n");
    const { conflict, groups } = await run.reading("p4");
    expect(conflict?.message).toBe(
      'Column "id" is bigint in "p4/a.parquet" and struct<x: int> in "p4/b.parquet". Change the files, or read them separately.',
    );
    expect(conflict?.schemas.map(({ files, differs }) => [files, differs])).toEqual([
      [["p4/a.parquet"], ["id"]],
      [["p4/b.parquet"], ["id"]],
    ]);
    expect(groups).toHaveLength(2);
    await run.parquet("p5/a.parquet", "select 1::bigint as id");
    await run.parquet("p5/b.parquet", "select 'x' as id");
    expect((await run.reading("p5")).conflict).toBeDefined();
  });

  test("partitions, also ones that are in the files", async () => {
    await run.parquet("p6/day=2024-01-01/a.parquet", "select 1::bigint as a, 'inner' as day");
    const reading = await run.reading("p6");
    expect(columnsText([...reading.columns, ...reading.partitions])).toBe("a bigint, day date");
    expect(await run.rowsOf(reading)).toEqual([{ a: 1, day: "2024-01-01" }]);
  });

  test("a truncated file is named", async () => {
    await run.parquet("whole.parquet", "select range as n from range(1000)");
    const bytes = await run.storage.read("whole.parquet");
    for (const [name, end] of [
      ["cut/a.parquet", bytes.length - 20],
      ["short/a.parquet", 8],
      ["nameless/a", bytes.length - 20],
    ] as const) {
      await run.put(name, bytes.subarray(0, end));
      await expect(run.reading(name)).rejects.toMatchObject({
        code: "invalid",
        message: expect.stringMatching(new RegExp(`^"${name}" is not a complete Parquet file`)),
      });
    }
  });

  test("is known by its content, and told apart from text beside it", async () => {
    await run.parquet("p7/part-0", "select 1::bigint as a");
    expect((await run.reading("p7")).format).toBe("parquet");
    await run.put("p7/z.csv", "a\n1\n");
    expect((await run.reading("p7")).conflict?.message).toContain('parquet ("p7/part-0"), csv ("p7/z.csv")');
  });
});
