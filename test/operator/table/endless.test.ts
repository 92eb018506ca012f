/** `infinity` is a number beside numbers, and else the text that it is: it may be a date without an end. */
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, expect, test } from "vitest";
import { merge } from "../../../src/operator/table/merge.ts";
import { type OperatorRun, operatorRun } from "../run-operator.ts";

let run: OperatorRun;
beforeAll(async () => {
  run = await operatorRun();
});
afterAll(() => run.close());

const cases: readonly (readonly [readonly string[], string])[] = [
  [["infinity"], "VARCHAR"],
  [["infinity", "-infinity"], "VARCHAR"],
  [["2024-01-01", "infinity"], "VARCHAR"],
  [["1.5", "infinity"], "DOUBLE"],
  [["1", "-Infinity"], "DOUBLE"],
  [["inf", "infinity"], "DOUBLE"],
  [["nan"], "DOUBLE"],
  [["infinity", "9007199254740993"], "VARCHAR"],
];

test.each(
  cases.flatMap(([values, type], at) => [["file", values, type, at] as const, ["folder", values, type, at] as const]),
)("in a %s, %j", async (place, values, type, at) => {
  for (const [row, value] of values.entries()) {
    const [path, text] = place === "file" ? ["", `n,v\n${row},${value}\n`] : [`/v=${value}`, `n\n${row}\n`];
    await run.put(`raw/${place}/${at}${path}/${row}.csv`, text);
  }
  await run.run(merge, { input_path: `raw/${place}/${at}`, output_path: `out/${place}/${at}` });
  const duckdb = await DuckDBInstance.create(":memory:");
  const connection = await duckdb.connect();
  const from = `read_parquet('${run.data}/out/${place}/${at}/*.parquet')`;
  const found = await connection.runAndReadAll(`SELECT typeof(v), CAST(v AS VARCHAR) FROM ${from} ORDER BY n`);
  connection.closeSync();
  duckdb.closeSync();
  const shown =
    type === "VARCHAR" ? values : values.map((value) => String(Number(value.replace(/inf\w*/i, "Infinity"))));
  const texts: Readonly<Record<string, string>> = { Infinity: "inf", "-Infinity": "-inf", NaN: "nan", "1": "1.0" };
  expect(found.getRows()).toEqual(shown.map((text) => [type, type === "VARCHAR" ? text : (texts[text] ?? text)]));
});
