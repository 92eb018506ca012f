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
