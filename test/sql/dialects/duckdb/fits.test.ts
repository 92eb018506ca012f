/** A job holds every value to its type: what DuckDB's casts would round, cut or drop is an error with its place. */
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DataSource } from "../../../../src/job/job.ts";
import { csv, type LocalRun, localRun, schema, source, target } from "./local-run.ts";

let run: LocalRun;
beforeAll(async () => {
  run = await localRun();
});
afterAll(() => run.close());

const all = (data: DataSource) => run.rows({ kind: "preview", source: data, limit: 100 });
const failure = async (data: DataSource) => (await run.end({ kind: "preview", source: data, limit: 100 })).error;

/** Type, texts that fit, texts that don't. */
const declared: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ["bigint", ["1", "-5", "+5", " 7 ", "1.0", "007"], ["1.7", "1e3", "1_000", "0x10", "x", "9223372036854775808"]],
  ["tinyint", ["127"], ["128", "1.5"]],
  ["decimal(9,2)", ["1.5", "1.250", "-3", "1.5e1"], ["1.005", "1.239", "1.005e0", "x", "12345678.9"]],
  ["double", ["1.5", "1e400", "nan"].slice(0, 1), ["x", "1,5"]],
  ["date", ["2024-02-29", "2024-02-29 00:00:00"], ["2024-02-29 10:00:00", "2023-02-29", "x"]],
  [
    "timestamp",
    ["2024-01-01 10:00:00", "2024-01-01T10:00:00Z", "2024-01-01 10:00:00.123456", "2024-01-01 10:00:00+00"],
    [
      "2024-01-01 10:00:00+02",
      "2024-01-01T10:00:00-05:30",
      "2024-01-01 10:00:00 Europe/Paris",
      "2024-01-01 10:00:00.1234567",
    ],
  ],
  ["timestamp with time zone", ["2024-01-01 10:00:00+02"], ["2024-01-01 10:00:00.1234567+02", "x"]],
  ["time", ["10:00:00"], ["10:00:00+02", "10:00:00.1234567"]],
  ["boolean", ["true", "F"], ["maybe"]],
  ["varchar(3)", ["abc", "äöü"], ["abcd"]],
];

const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;

describe("declared columns", () => {
  const cases = declared.flatMap(([type, good, bad]) => [
    ...good.map((text) => [type, text, true] as const),
    ...bad.map((text) => [type, text, false] as const),
  ]);

  test.each(cases)("%s: %j fits: %j", async (type, text, fits) => {
    const inCsv = source([await run.put("d.csv", `id,v\n1,\n2,${quote(text)}\n`)], "csv", `id bigint, v ${type}`, {
      csv,
    });
    const lines = `{"id":1}\n\n{"id":2,"v":${JSON.stringify(text)}}\n`;
    const inJson = source([await run.put("d.jsonl", lines)], "jsonl", `id bigint, v ${type}`);
    for (const [data, place] of [
      [inCsv, 'line 3 of "d.csv"'],
      [inJson, 'line 3 of "d.jsonl"'],
    ] as const) {
      const error = await failure(data);
      if (fits) expect(error).toBeUndefined();
      else expect(error).toContain(`The value "${text}" of the column "v" in ${place} does not fit the type ${type}`);
    }
  });

  test("numbers of JSON are held to the type, at any depth", async () => {
    const columns = "i bigint, s struct<k: bigint, l: array<int>>, m map<string, date>";
    const good = '{"i":1,"s":{"k":2,"l":[1,null]},"m":{"a":"2024-01-01"}}\n{"s":null}\n{"s":{"k":null}}\n';
    expect(await all(source([await run.put("n.jsonl", good)], "jsonl", columns))).toEqual([
      { i: 1, s: { k: 2, l: [1, null] }, m: { a: "2024-01-01" } },
      { i: null, s: null, m: null },
      { i: null, s: { k: null, l: null }, m: null },
    ]);
    for (const [column, record] of [
      ["i", '{"i":1.7}'],
      ["s", '{"s":{"k":1.7}}'],
      ["s", '{"s":{"l":[1,2.6]}}'],
      ["m", '{"m":{"a":"2024-01-01T10:00:00"}}'],
    ] as const) {
      const error = await failure(source([await run.put("n.jsonl", `${good}${record}\n`)], "jsonl", columns));
      expect(error).toContain(`of the column "${column}" in line 4 of "n.jsonl" does not fit`);
    }
  });

  test("a null where none may be is named", async () => {
    const file = await run.put("null.csv", "id,v\n1,x\n,y\n");
    const data = source([file], "csv", "id bigint, v string", { csv });
    const columns = data.columns.map((column) => ({ ...column, nullable: column.name !== "id" }));
    expect(await failure({ ...data, columns })).toContain('The column "id" has no value in line 3 of "null.csv"');
  });

  test("parquet is widened, and narrowed only where nothing is lost", async () => {
    const write = (sql: string, name: string) =>
      run.facts({ kind: "query", sql, sources: [], target: target(run.uri(name), "parquet", { shape: "file" }) });
    await write("select * from (values (1::double, '5'), (2.0, '6')) t(d, s)", "whole.parquet");
    await write("select * from (values (1::double, '5'), (1.7, '6.5')) t(d, s)", "parts.parquet");
    const read = (file: string, columns: string) => source([run.uri(file)], "parquet", columns);
    expect(await all(read("whole.parquet", "d bigint, s bigint"))).toEqual([
      { d: 1, s: 5 },
      { d: 2, s: 6 },
    ]);
    expect(await failure(read("parts.parquet", "d bigint"))).toContain(
      '"1.7" of the column "d" in row 2 of "parts.parquet"',
    );
    expect(await failure(read("parts.parquet", "s bigint"))).toContain(
      '"6.5" of the column "s" in row 2 of "parts.parquet"',
    );
    await write(
      "select timestamp_ns '2024-01-01 10:00:00.5' as t, timestamp_ns '2024-01-01 10:00:00' as u",
      "times.parquet",
    );
    for (const type of ["timestamp(0)", "timestamp(3)", "timestamp"])
      expect(await all(read("times.parquet", `u ${type}`))).toHaveLength(1);
    expect(await failure(read("times.parquet", "t timestamp(0)"))).toContain(
      'of the column "t" in row 1 of "times.parquet"',
    );
    expect(await failure(read("parts.parquet", "d double, z bigint"))).toContain('no column "z" in');
  });
});

describe("long decimals of JSON, whose records are read as text", () => {
  const read = async (line: string, columns: string) =>
    source([await run.put("r.jsonl", `{"v":1.5}\n${line}\n`)], "jsonl", columns);

  test.each(['{"v":1.5,"v":2.5}', "[1.5]", "1.5", '"x"'])("%s is no record", async (line) => {
    expect(await failure(await read(line, "v decimal(20,2)"))).toContain("r.jsonl");
  });

  test.each(["{}", '{"v":null}', '{"V":1}', '{"x":{"v":2}}', "null"])(
    "%s is read as with short decimals",
    async (line) => {
      const [long, short] = [await read(line, "v decimal(20,2)"), await read(line, "v decimal(9,2)")];
      expect(await failure(long)).toBe(await failure(short));
      if ((await failure(short)) === undefined) expect(await all(long)).toEqual(await all(short));
    },
  );
});

describe("inferred columns", () => {
  test.each(["01234", "1.5", "+1", "1e3"])("%j is no bigint, and the message says what helps", async (text) => {
    const rows = `${"1\n".repeat(2000)}${text}\n`;
    const data = source([await run.put("i.csv", `v\n${rows}`)], "csv", "v bigint", { csv, inferred: "sample" });
    expect(await failure(data)).toBeUndefined();
    const whole = await run.end({ kind: "format", source: data, target: target(run.uri("never"), "parquet") });
    expect(whole.error).toContain(
      `The value "${text}" of the column "v" in line 2002 of "i.csv" does not fit the type bigint`,
    );
    expect(whole.error).toContain('Set "sample_size: all"');
    expect(await run.list(".").then((files) => files.filter((file) => file.startsWith("never")))).toEqual([]);
  });

  test.each([
    ["boolean", ["true", "FALSE"], ["t", "1", "yes"]],
    ["double", ["1.5", "-1e3", ".5"], ["1e400", "007.5", "+1.5", "1_000.5"]],
    ["date", ["2024-02-29"], ["2024-02-29 10:00:00"]],
    ["timestamp with time zone", ["2024-01-01 10:00:00Z"], ["2024-01-01 10:00:00"]],
  ] as const)("a %s is a text that inference takes for one", async (type, good, bad) => {
    for (const text of [...good, ...bad]) {
      const file = await run.put("k.csv", `id,v\n1,${text}\n`);
      const data = source([file], "csv", `id bigint, v ${type}`, { csv, inferred: "sample" });
      const error = await failure(data);
      if ((good as readonly string[]).includes(text)) expect([text, error]).toEqual([text, undefined]);
      else expect([text, error]).toEqual([text, expect.stringContaining(`The value "${text}" of the column "v"`)]);
    }
  });

  test("a field that the sample did not show is an error, at any depth", async () => {
    const data = (file: string, format: "json" | "jsonl" = "jsonl") =>
      source([file], format, "a bigint, s struct<k: bigint>, l array<struct<q: int>>", { inferred: "sample" });
    const good = '{"a":1,"s":{"k":1},"l":[{"q":1}]}\n';
    expect(await failure(data(await run.put("f.jsonl", good)))).toBeUndefined();
    for (const [field, record] of [
      ['"rare"', '{"rare":1}'],
      ['"x" inside "s"', '{"s":{"x":1}}'],
      ['"x" inside "l[*]"', '{"l":[{"q":1},{"x":2}]}'],
    ] as const) {
      expect(await failure(data(await run.put("f.jsonl", `${good}${record}\n`)))).toContain(
        `The field ${field} in line 2 of "f.jsonl" is not in the schema`,
      );
    }
    expect(await failure(data(await run.put("f.json", '[{"a":1},{"b":2}]'), "json"))).toContain(
      'The field "b" in record 2 of "f.json"',
    );
  });

  test("records on several lines, blank lines and compression don't shift the line", async () => {
    const rows = fc.array(fc.constantFrom("1,plain\n", '2,"two\nlines"\n', '3,"q""\n\n""q"\n', "\n", "4,\n"), {
      maxLength: 30,
    });
    await fc.assert(
      fc.asyncProperty(rows, fc.boolean(), async (before, isPacked) => {
        const text = `id,v\n${before.join("")}bad,x\n5,y\n`;
        const name = isPacked ? "lines.csv.gz" : "lines.csv";
        const file = await run.put(name, isPacked ? gzipSync(text) : text);
        const compression = isPacked ? "gzip" : "none";
        const data = source([file], "csv", "id bigint, v string", { csv: { ...csv, compression } });
        const line = text.slice(0, text.indexOf("bad")).split("\n").length;
        expect(await failure(data)).toContain(`"bad" of the column "id" in line ${line} of "${name}"`);
      }),
      { numRuns: 25 },
    );
  });
});

test("a partition value is held to its type too, and only the wanted folders are opened", async () => {
  const files = [await run.put("pv/p=1/a.csv", "a\n1\n"), await run.put("pv/p=1.7/a.csv", "a\n2\n")];
  const data = source(files, "csv", "a bigint", { csv, partitions: schema("p bigint") });
  expect(await failure(data)).toContain('The value "1.7" of the column "p" in line 2 of "pv/p=1.7/a.csv"');
});
