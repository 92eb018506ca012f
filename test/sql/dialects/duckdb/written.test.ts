/** What is written is what was planned: the oracle is a connection of raw DuckDB, and types by hand. */
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readBack } from "../../../../src/job/read-back.ts";
import { formatDataType } from "../../../../src/model/data-type.ts";
import type { FileFormat } from "../../../../src/model/table.ts";
import { type LocalRun, localRun, target } from "./local-run.ts";

let run: LocalRun;
let raw: DuckDBConnection;
beforeAll(async () => {
  run = await localRun();
  raw = await (await DuckDBInstance.create()).connect();
  await raw.run("SET TimeZone = 'UTC'");
});
afterAll(async () => {
  raw.closeSync();
  await run.close();
});

let outputs = 0;
const place = () => `written-${++outputs}`;

/** An expression, the type that a plan shows, DuckDB's type in the Parquet file, and the value there as text. */
const values: readonly (readonly [sql: string, planned: string, stored: string, text: string])[] = [
  ["9007199254740993::hugeint", "decimal(38,0)", "DECIMAL(38,0)", "9007199254740993"],
  ["sum(9007199254740993) over ()", "decimal(38,0)", "DECIMAL(38,0)", "9007199254740993"],
  ["170141183460469231::uhugeint", "decimal(38,0)", "DECIMAL(38,0)", "170141183460469231"],
  ["18446744073709551615::ubigint", "decimal(20,0)", "DECIMAL(20,0)", "18446744073709551615"],
  ["4294967295::uinteger", "bigint", "BIGINT", "4294967295"],
  ["7::tinyint", "tinyint", "TINYINT", "7"],
  ["[9007199254740993::hugeint]", "array<decimal(38,0)>", "DECIMAL(38,0)[]", "[9007199254740993]"],
  ["{'h': 1::hugeint}", "struct<h: decimal(38,0)>", "STRUCT(h DECIMAL(38,0))", "{'h': 1}"],
  ["timestamp_s '2024-01-02 03:04:05'", "timestamp", "TIMESTAMP", "2024-01-02 03:04:05"],
  ["timestamp_ms '2024-01-02 03:04:05.123'", "timestamp", "TIMESTAMP", "2024-01-02 03:04:05.123"],
  ["timestamp_ns '2024-01-02 03:04:05.123456789'", "timestamp(9)", "TIMESTAMP_NS", "2024-01-02 03:04:05.123456789"],
  [
    "timestamptz '2024-01-02 03:04:05+02'",
    "timestamp with time zone",
    "TIMESTAMP WITH TIME ZONE",
    "2024-01-02 01:04:05+00",
  ],
  ["timetz '12:00:00+02'", "string", "VARCHAR", "12:00:00+02"],
  ["time_ns '12:00:00.123456789'", "string", "VARCHAR", "12:00:00.123456789"],
  ["time '12:00:00.5'", "time", "TIME", "12:00:00.5"],
  ["date '2024-02-29'", "date", "DATE", "2024-02-29"],
  ["interval '1 day 2 hours'", "interval", "INTERVAL", "1 day 02:00:00"],
  ["row(1, 'x')", "struct<col1: int, col2: string>", "STRUCT(col1 INTEGER, col2 VARCHAR)", "{'col1': 1, 'col2': x}"],
  ["union_value(k := 5)", "json", "JSON", '{"k":5}'],
  ["'a'::enum('a', 'b')", "string", "VARCHAR", "a"],
  ["'550e8400-e29b-41d4-a716-446655440000'::uuid", "string", "VARCHAR", "550e8400-e29b-41d4-a716-446655440000"],
  ["'101'::bit", "string", "VARCHAR", "101"],
  ["123456789012345678901234567890::bignum", "string", "VARCHAR", "123456789012345678901234567890"],
  ["'{\"a\": [1]}'::json", "json", "JSON", '{"a": [1]}'],
  ["1.50::decimal(9,2)", "decimal(9,2)", "DECIMAL(9,2)", "1.50"],
  ["'inf'::double", "double", "DOUBLE", "inf"],
  ["0.1::float", "float", "FLOAT", "0.1"],
  ["map {'k': 1::hugeint}", "map<string, decimal(38,0)>", "MAP(VARCHAR, DECIMAL(38,0))", "{k=1}"],
  ["[1, 2]::int[2]", "array<int>", "INTEGER[]", "[1, 2]"],
  ["null", "int", "INTEGER", "null"],
  ["'text'", "string", "VARCHAR", "text"],
  ["true", "boolean", "BOOLEAN", "true"],
];

const planned = async (sql: string, format: FileFormat) => {
  const described = await run.execution.describe?.(sql, []);
  if (described?.ok !== true) throw new Error(`not described: ${sql}`);
  const { columns } = readBack(described.columns, { format, partitionBy: [] });
  return columns.map(({ name, type }) => [name, formatDataType(type)]);
};

const rawRows = async (sql: string) => (await raw.runAndReadAll(sql)).getRows().map((row) => row.map(String));

describe("parquet", () => {
  test("random tables have the planned types, DuckDB's types and the values", async () => {
    const table = fc.uniqueArray(fc.nat(values.length - 1), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(table, fc.boolean(), async (chosen, isPartitioned) => {
        const used = chosen.flatMap((at) => (values[at] === undefined ? [] : [values[at]]));
        const columns = used.map(([sql], at) => `${sql} AS c${at}`);
        const sql = `select ${[...columns, ...(isPartitioned ? ["'p' AS part"] : [])].join(", ")}`;
        const to = place();
        const partitionBy = isPartitioned ? ["part"] : [];
        await run.facts({ kind: "query", sql, sources: [], target: target(run.uri(to), "parquet", { partitionBy }) });
        const [file] = await run.list(to);
        const read = `read_parquet('${run.data}/${to}/${file}', hive_partitioning = false)`;
        const expected = used.map(([, type], at) => [`c${at}`, type]);
        expect((await planned(sql, "parquet")).slice(0, used.length)).toEqual(expected);
        expect(await rawRows(`select column_name, column_type from (describe select * from ${read})`)).toEqual(
          used.map(([, , stored], at) => [`c${at}`, stored]),
        );
        expect(await rawRows(`select ${used.map((_, at) => `c${at}::varchar`).join(", ")} from ${read}`)).toEqual([
          used.map(([, , , text]) => text),
        ]);
      }),
      { numRuns: 60, examples: [[values.map((_, at) => at), true]] },
    );
  });

  test("a number with more digits than decimal(38,0) is an error, not another number", async () => {
    const sql = "select 170141183460469231731687303715884105727::hugeint as h";
    const job = await run.end({ kind: "query", sql, sources: [], target: target(run.uri(place()), "parquet") });
    expect(job).toMatchObject({ state: "failed", errorCode: "invalid" });
  });
});

test("names that differ in case only are planned and written alike", async () => {
  const sql = "select 1 as id, 2 as ID, 3 as id_1";
  const to = place();
  await run.facts({ kind: "query", sql, sources: [], target: target(run.uri(to), "parquet") });
  const names = ["id", "ID_1", "id_1_1"];
  expect((await planned(sql, "parquet")).map(([name]) => name)).toEqual(names);
  const read = `read_parquet('${run.data}/${to}/*')`;
  expect(await rawRows(`select column_name from (describe select * from ${read})`)).toEqual(
    names.map((name) => [name]),
  );
  expect(await run.rows({ kind: "query", sql, sources: [] })).toEqual([{ id: 1, ID_1: 2, id_1_1: 3 }]);
});

describe("partitioned JSON", () => {
  const sql = "select * from (values (1, 'x\"y', 'a b'), (2, null, 'a b'), (3, 'z', null)) t(id, v, k)";

  test.each(["json", "jsonl"] as const)("%s has one file a folder", async (format) => {
    const to = place();
    const partitionBy = ["k"];
    expect(
      await run.facts({ kind: "query", sql, sources: [], target: target(run.uri(to), format, { partitionBy }) }),
    ).toMatchObject({ rows: 3, files: 2 });
    expect(await run.list(to)).toEqual([`k=__HIVE_DEFAULT_PARTITION__/part-0.${format}`, `k=a%20b/part-0.${format}`]);
    const text = await run.read(`${to}/k=a%20b/part-0.${format}`);
    const records =
      format === "json"
        ? JSON.parse(text)
        : text
            .trim()
            .split("\n")
            .map((line) => JSON.parse(line));
    expect(records).toEqual([
      { id: 1, v: 'x"y' },
      { id: 2, v: null },
    ]);
  });
});

test("JSON holds infinities as texts, and big numbers with all their digits", async () => {
  const to = `${place()}.jsonl`;
  const sql = "select 'inf'::double as a, 'nan'::float as b, 1.5::double as c, 9007199254740993::hugeint as d";
  await run.facts({ kind: "query", sql, sources: [], target: target(run.uri(to), "jsonl", { shape: "file" }) });
  expect(await run.read(to)).toBe('{"a":"inf","b":"nan","c":1.5,"d":9007199254740993}\n');
});

test.each(["csv", "jsonl", "parquet"] as const)(
  "a text that stands for a null can't be a partition of %s",
  async (format) => {
    const sql = "select 1 as id, '__HIVE_DEFAULT_PARTITION__' as k";
    const to = target(run.uri(place()), format, { partitionBy: ["k"] });
    expect((await run.end({ kind: "query", sql, sources: [], target: to })).error).toContain("stands for a null");
  },
);

test.each(["csv", "jsonl", "parquet"] as const)(
  "a value that is no valid UTF-8 can't be a partition of %s",
  async (format) => {
    const to = (name: string) => target(run.uri(name), format, { partitionBy: ["ü k"] });
    const sql =
      "select i as id, case when i = 2 then '\\xFF'::blob when i = 1 then 'ab'::blob end as \"ü k\" from range(";
    const end = (rows: number) =>
      run.end({ kind: "query", sql: `${sql}${rows}) t(i)`, sources: [], target: to(place()) });
    expect((await end(3)).error).toContain('partition column "ü k" is no valid UTF-8');
    expect((await end(2)).error).toBeUndefined();
  },
);

test("a partition column whose folders readers would skip is refused", async () => {
  const to = target(run.uri(place()), "csv", { partitionBy: ["_k"] });
  const job = await run.end({ kind: "query", sql: "select 1 as id, 2 as _k", sources: [], target: to });
  expect(job.error).toContain('"_k" would make folders');
});
