/** What merge unites keeps its values, whatever types the inputs have, or is refused; nothing is rounded without a word. */
import { mkdir } from "node:fs/promises";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, expect, test } from "vitest";
import { merge } from "../../../src/operator/table/merge.ts";
import { ProviderError } from "../../../src/provider/error.ts";
import { type OperatorRun, operatorRun } from "../run-operator.ts";

let run: OperatorRun;
let duckdb: DuckDBInstance;
let connection: DuckDBConnection;
beforeAll(async () => {
  run = await operatorRun();
  duckdb = await DuckDBInstance.create(":memory:");
  connection = await duckdb.connect();
});
afterAll(async () => {
  connection.closeSync();
  duckdb.closeSync();
  await run.close();
});

/** SQL of the values of a column. */
const columns = {
  small: "VALUES (1), (-2)",
  large: "VALUES (9007199254740993), (-9223372036854775807)",
  huge: "VALUES (18446744073709551615::UBIGINT)",
  short: "VALUES (0.10::DECIMAL(9,2))",
  long: "VALUES (123456789012345678.91::DECIMAL(20,2))",
  finest: "VALUES (1.1234567890123456789::DECIMAL(38,19))",
  double: "VALUES (0.1::DOUBLE), (1e300::DOUBLE)",
  float: "VALUES (0.5::FLOAT)",
  text: "VALUES ('007'), ('1.50')",
  flag: "VALUES (true)",
  day: "VALUES (DATE '2024-02-29')",
  time: "VALUES (TIMESTAMP '2024-02-29 01:02:03.000001')",
} as const;
type Name = keyof typeof columns;
const names = Object.keys(columns) as readonly Name[];
const formats = [
  ["parquet", "parquet"],
  ["csv", "csv"],
  ["csv", "parquet"],
  ["parquet", "jsonl"],
  ["jsonl", "csv"],
  ["jsonl", "jsonl"],
] as const;
const cases = formats.flatMap((pair) =>
  names.flatMap((left) =>
    names.filter((right) => pair[0] !== pair[1] || left <= right).map((right) => [...pair, left, right] as const),
  ),
);

const texts = async (sql: string) => (await connection.runAndReadAll(sql)).getRows().map(([value]) => String(value));
const options = { csv: "FORMAT csv", jsonl: "FORMAT json", parquet: "FORMAT parquet" } as const;

/** The number that a text writes, as digits and a power of ten, so that 1 is 1.00 and 1e0. Other texts stand for themselves. */
function sameNumber(text: string): string {
  const match = /^(-?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(text);
  if (match === null) return text.replace(/ 00:00:00$/, "");
  const all = `${match[2]}${match[3]}`.replace(/^0+/, "");
  const digits = all.replace(/0+$/, "");
  return `${match[1]}${digits}e${all.length - digits.length - (match[3] ?? "").length + Number(match[4] ?? 0)}`;
}

/** Columns with numbers that no double holds. */
const inexact: ReadonlySet<Name> = new Set<Name>(["large", "huge", "long", "finest"]);
let made = 0;

test.each(cases)("%s and %s: %s and %s", async (leftFormat, rightFormat, left, right) => {
  const at = `raw/${++made}`;
  await mkdir(`${run.data}/${at}`, { recursive: true });
  const inputs: string[] = [];
  const expected: string[] = [];
  for (const [place, format, name] of [
    ["a", leftFormat, left],
    ["b", rightFormat, right],
  ] as const) {
    const file = `${at}/${place}.${format}`;
    await connection.run(`COPY (FROM (${columns[name]}) AS t(v)) TO '${run.data}/${file}' (${options[format]})`);
    inputs.push(file);
    expected.push(...(await texts(`SELECT CAST(v AS VARCHAR) FROM (${columns[name]}) AS t(v)`)));
  }
  const parameters = { extract_paths: inputs, output_path: `out/${made}` };
  const planned = await run.preview(merge, { ...parameters, output_format: "parquet" });
  const merged = run.run(merge, { ...parameters, output_format: "parquet" });
  const ended = await merged.catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
  if (ended instanceof ProviderError) {
    const isPlanned = planned.problems.length > 0;
    const types = new Set([left, right]);
    const isInexact =
      [...inexact].some((name) => types.has(name)) &&
      ["double", "float", "short", "long", "finest"].some((name) => types.has(name as Name));
    expect(isPlanned || isInexact).toBe(true);
    if (!isPlanned)
      expect(ended.message).toMatch(/The value "[-0-9.]+" of the column "v" in .* does not fit the type double/);
    return;
  }
  if (ended instanceof Error) throw ended;
  expect(planned.problems).toEqual([]);
  if (ended.info.some((line) => line.includes("as double they keep about 16"))) return;
  const from = `read_parquet('${run.data}/out/${made}/*.parquet')`;
  const found = await texts(`SELECT CAST(v AS VARCHAR) FROM ${from}`);
  expect(found.map(sameNumber).sort()).toEqual(expected.map(sameNumber).sort());
});
