/** The types that are predicted of what is written: those of Parquet are asked of DuckDB, those of text are stated here. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect, test } from "vitest";
import { readBack } from "../../src/job/read-back.ts";
import { type DataType, formatDataType, parseDataType } from "../../src/model/data-type.ts";
import { column } from "../../src/model/schema.ts";

/** Type, DuckDB's name of it, DuckDB's name of what Parquet gives, and Mason's type of what text gives. */
const cases = [
  ["boolean", "BOOLEAN", "BOOLEAN", "boolean"],
  ["tinyint", "TINYINT", "TINYINT", "bigint"],
  ["int", "INTEGER", "INTEGER", "bigint"],
  ["bigint", "BIGINT", "BIGINT", "bigint"],
  ["float", "FLOAT", "FLOAT", "double"],
  ["double", "DOUBLE", "DOUBLE", "double"],
  ["decimal(18,0)", "DECIMAL(18,0)", "DECIMAL(18,0)", "bigint"],
  ["decimal(19,0)", "DECIMAL(19,0)", "DECIMAL(19,0)", "string"],
  ["decimal(38,0)", "DECIMAL(38,0)", "DECIMAL(38,0)", "string"],
  ["decimal(5,2)", "DECIMAL(5,2)", "DECIMAL(5,2)", "double"],
  ["string", "VARCHAR", "VARCHAR", "string"],
  ["varchar(3)", "VARCHAR", "VARCHAR", "string"],
  ["date", "DATE", "DATE", "date"],
  ["time", "TIME", "TIME", "string"],
  ["timestamp(0)", "TIMESTAMP_S", "TIMESTAMP", "timestamp"],
  ["timestamp(3)", "TIMESTAMP_MS", "TIMESTAMP", "timestamp"],
  ["timestamp", "TIMESTAMP", "TIMESTAMP", "timestamp"],
  ["timestamp(9)", "TIMESTAMP_NS", "TIMESTAMP_NS", "timestamp(9)"],
  ["timestamp with time zone", "TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE", "timestamp with time zone"],
] as const;

const type = (text: string): DataType => parseDataType(text) ?? { kind: "unknown" };
const predicted = (text: string, format: "csv" | "json" | "jsonl" | "parquet", partitionBy: readonly string[] = []) => {
  const { columns, isSure } = readBack([column("v", type(text)), column("w", type("bigint"))], { format, partitionBy });
  return [formatDataType(columns[0]?.type ?? { kind: "unknown" }), isSure];
};

test.each(cases)(
  "%s is read from text as the values look, and a folder is text whatever the format",
  (own, _, __, inText) => {
    for (const format of ["csv", "json", "jsonl"] as const) expect(predicted(own, format)).toEqual([inText, false]);
    for (const format of ["csv", "parquet"] as const) expect(predicted(own, format, ["v"])).toEqual([inText, false]);
  },
);

test("Parquet gives the types that DuckDB finds in it", async () => {
  const directory = await mkdtemp(join(tmpdir(), "mason-test-"));
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const named = new Map<string, string>(cases.map(([own, duckDb]) => [duckDb, own]));
  named.set("VARCHAR", "string").set("TIMESTAMP WITH TIME ZONE", "timestamp with time zone");
  for (const [own, duckDb, found] of cases) {
    const file = join(directory, "a.parquet");
    await connection.run(`COPY (SELECT CAST(NULL AS ${duckDb}) AS v) TO '${file}' (FORMAT parquet)`);
    const [row] = await (await connection.run(`DESCRIBE SELECT * FROM '${file}'`)).getRows();
    expect([own, row?.[1]]).toEqual([own, found]);
    expect([own, ...predicted(own, "parquet")]).toEqual([own, named.get(found), true]);
  }
  // An instant of nanoseconds is none of DuckDB's.
  expect(predicted("timestamp(9) with time zone", "parquet")).toEqual(["timestamp with time zone", true]);
  await rm(directory, { recursive: true });
});
