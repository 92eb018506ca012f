/** Values at the edges of their types come back as they were written, or are refused with their place. */
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, expect, test } from "vitest";
import { format } from "../../../src/operator/table/format.ts";
import { query } from "../../../src/operator/table/query.ts";
import { type OperatorRun, operatorRun, refused } from "../run-operator.ts";

let run: OperatorRun;
let duckdb: DuckDBInstance;
beforeAll(async () => {
  run = await operatorRun();
  duckdb = await DuckDBInstance.create(":memory:");
});
afterAll(async () => {
  duckdb.closeSync();
  await run.close();
});

/** SQL of the value, and the type of the table that reads it. */
const values: readonly (readonly [string, string])[] = [
  ["TIMETZ '12:00:00+02'", "string"],
  ["TIME '24:00:00'", "time"],
  ["DATE 'infinity'", "date"],
  ["DATE '10000-01-01'", "date"],
  ["DATE '0044-03-15 (BC)'", "date"],
  ["TIMESTAMP '-infinity'", "timestamp"],
  ["TIMESTAMP '0044-03-15 (BC) 01:02:03.000001'", "timestamp"],
  ["TIMESTAMPTZ '294246-01-01 00:00:00+00'", "timestamp with time zone"],
  ["TIMESTAMP_NS '2200-01-01 00:00:00.123456789'", "timestamp(9)"],
  ["CAST('5e-324' AS DOUBLE)", "double"],
  ["CAST('-0.0' AS DOUBLE)", "double"],
  ["CAST('nan' AS DOUBLE)", "double"],
  ["CAST('-inf' AS FLOAT)", "float"],
  ["CAST('1e-45' AS FLOAT)", "float"],
  ["CAST('12345678901234567890123456789012345678' AS DECIMAL(38,0))", "decimal(38,0)"],
  ["CAST('-0.5' AS DECIMAL(38,38))", "decimal(38,38)"],
  ["CAST('0.05' AS DECIMAL(2,2))", "decimal(2,2)"],
  ["CAST('-0.12345678901234567890123456789012345678' AS DECIMAL(38,38))", "decimal(38,38)"],
  ["CAST('0.12345678901234567890123' AS DECIMAL(23,23))", "decimal(23,23)"],
  ["CAST('12345678901234567890.123456789' AS DECIMAL(38,9))", "decimal(38,9)"],
  [
    "{'t': 'a \"1\" \\ 12345678901234567890.5', 'd': CAST('-123456789012345.67891' AS DECIMAL(30,5)), 'l': [CAST('0.123456789012345678' AS DECIMAL(18,18)), NULL]}",
    "struct<t: string, d: decimal(30,5), l: array<decimal(18,18)>>",
  ],
  ["CAST(18446744073709551615 AS UBIGINT)", "decimal(20,0)"],
  ["CAST('A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11' AS UUID)", "string"],
  ["CAST('\\x00\\xFF\\x5C' AS BLOB)", "binary"],
  ["[CAST('\\x00\\xFF' AS BLOB), NULL]", "array<binary>"],
  ["{'a': CAST('inf' AS DOUBLE), 'b': DATE 'infinity'}", "struct<a: double, b: date>"],
];
const formats = ["csv", "json", "jsonl", "parquet"] as const;
const cases = formats.flatMap((written) =>
  values.filter(([, type]) => written !== "csv" || !type.includes("<")).map((value) => [written, ...value] as const),
);
let outputs = 0;

test.each(cases)("%s keeps %s", async (written, sql, type) => {
  const at = `out/${++outputs}`;
  await run.run(query, { query_string: `SELECT 1 AS n, ${sql} AS v`, output_path: at, output_format: written });
  await run.table(`t.t${outputs}`, `n bigint, v ${type}`, { location: at, format: written });
  await run.run(format, {
    database_name: "t",
    table_name: `t${outputs}`,
    output_path: `back/${outputs}`,
    format: "parquet",
  });
  const connection = await duckdb.connect();
  try {
    await connection.run("SET TimeZone = 'UTC'");
    const text = async (select: string) => (await connection.runAndReadAll(select)).getRows()[0]?.[0];
    const found = `SELECT CAST(v AS VARCHAR) FROM read_parquet('${run.data}/back/${outputs}/*.parquet')`;
    expect(await text(found)).toBe(await text(`SELECT CAST(${sql} AS VARCHAR)`));
  } finally {
    connection.closeSync();
  }
});

// DuckDB's JSON reader gives what is too near to zero as 0.0, before anything can look at it.
const lost = { csv: ["1e-400", "-1e-400", "0.0001e-330", "1e400"], jsonl: ["1e400"] };
const losses = Object.entries(lost).flatMap(([written, texts]) =>
  ["double", "float", "decimal(9,2)"].flatMap((type) => texts.map((value) => [written, type, value] as const)),
);

test.each(losses)("a %s column of type %s refuses %s", async (written, type, value) => {
  const at = `raw/${++outputs}`;
  const [ok, bad] = ["0", value].map((text) => (written === "csv" ? `1,${text}` : `{"n":1,"v":${text}}`));
  await run.put(`${at}/a.${written}`, `${written === "csv" ? "n,v\n" : ""}${ok}\n${bad}\n`);
  await run.table(`t.t${outputs}`, `n bigint, v ${type}`, { location: at, format: written as "csv" | "jsonl" });
  const { message } = await refused(run.run(query, { query_string: `SELECT v FROM t.t${outputs}` }), "invalid");
  expect(message).toContain(`"${value}" of the column "v" in line ${written === "csv" ? 3 : 2} of`);
});

test("JSON has no infinities, at any depth", async () => {
  const inf = "CAST('inf' AS DOUBLE)";
  const sql = `SELECT ${inf} AS a, {'x': [${inf}, 0.5, NULL], 'd': 12345678901234567890.12::DECIMAL(38,2)} AS b, MAP {'k': CAST('nan' AS FLOAT)} AS c, [{'y': -${inf}}, NULL] AS d`;
  await run.run(query, { query_string: sql, output_path: "out/infinite.jsonl", output_format: "jsonl" });
  expect(await run.read("out/infinite.jsonl")).toBe(
    '{"a":"inf","b":{"x":["inf",0.5,null],"d":12345678901234567890.12},"c":{"k":"nan"},"d":[{"y":"-inf"},null]}\n',
  );
});

/** Fields of a record as they stand in the file, the table that reads them, and each value in the Parquet file that is made of it. */
const records: readonly (readonly [string, string, readonly string[]])[] = [
  ['"v": 123456789012345.67891, "w": 1', "v decimal(30,5), w bigint", ["123456789012345.67891", "1"]],
  ['"v" :-0.123456789012345678901 ,"w":1e3', "v decimal(30,21), w double", ["-0.123456789012345678901", "1000.0"]],
  [
    '"w":"12345678901234567.8","v":"123456789012345.67891"',
    "v decimal(30,5), w string",
    ["123456789012345.67891", "12345678901234567.8"],
  ],
  ['"v":1.2345678901234567891e5,"w":1.50', "v decimal(38,14), w string", ["123456.78901234567891", "1.5"]],
  [
    '"v":{"d":[1234567890123456.78, null, 1.5]},"w":true',
    "v struct<d: array<decimal(18,2)>>, w boolean",
    ["{'d': [1234567890123456.78, NULL, 1.50]}", "true"],
  ],
  [
    '"v":{"k":1234567890123456.78},"w":{"a":[1,"x"]}',
    "v map<string, decimal(18,2)>, w json",
    ["{k=1234567890123456.78}", '{"a":[1,"x"]}'],
  ],
  ['"v":1234567890123456.78,"w":0.1', "v decimal(18,2), w double, x date", ["1234567890123456.78", "0.1", "NULL"]],
  [
    '"v":9007199254740993,"w":9007199254740993',
    "v decimal(20,1), w bigint",
    ["9007199254740993.0", "9007199254740993"],
  ],
];

test.each(records)("the JSON record {%s} is read exactly", async (fields, columns, expected) => {
  const at = `raw/${++outputs}`;
  await run.put(`${at}/a.jsonl`, `{"s":"5 \\"6\\" \\\\",${fields}}\n`);
  await run.put(`${at}/b.json`, `[{"s":"x",\n${fields}}]`);
  for (const [written, file] of [
    ["jsonl", "a.jsonl"],
    ["json", "b.json"],
  ] as const) {
    await run.table(`t.t${++outputs}`, columns, { location: `${at}/${file}`, format: written });
    const to = `back/${outputs}`;
    await run.run(format, { database_name: "t", table_name: `t${outputs}`, output_path: to, format: "parquet" });
    const connection = await duckdb.connect();
    try {
      const found = `SELECT CAST(COLUMNS(*) AS VARCHAR) FROM read_parquet('${run.data}/${to}/*.parquet')`;
      const [row] = (await connection.runAndReadAll(found)).getRows();
      expect(row?.map((value) => value ?? "NULL")).toEqual(expected);
    } finally {
      connection.closeSync();
    }
  }
});

/** Numbers that lie beside what a double holds, and a type that they do not fit. */
const beside: readonly (readonly [string, string])[] = [
  ["1.00000000000000000001", "decimal(20,2)"],
  ["1e-400", "decimal(20,2)"],
  ["123456789012345.67891", "decimal(30,4)"],
  ["1.2345678901234567891e5", "decimal(30,4)"],
  ["1e400", "decimal(20,2)"],
];

test.each(beside)("the JSON number %s does not fit %s", async (value, type) => {
  const at = `raw/${++outputs}`;
  await run.put(`${at}/a.jsonl`, `{"n":1,"v":0.5}\n\n{"n":2,"v":${value}}\n`);
  await run.table(`t.t${outputs}`, `n bigint, v ${type}`, { location: at, format: "jsonl" });
  const { message } = await refused(run.run(query, { query_string: `SELECT v FROM t.t${outputs}` }), "invalid");
  expect(message).toContain(`"${value}" of the column "v" in line 3 of`);
});
