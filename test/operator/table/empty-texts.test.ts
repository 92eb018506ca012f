/** Empty texts in quotes are texts, and nulls where a column has another type; empty fields are nulls. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { dedupe } from "../../../src/operator/table/dedupe.ts";
import { format } from "../../../src/operator/table/format.ts";
import { query } from "../../../src/operator/table/query.ts";
import { type OperatorRun, operatorRun } from "../run-operator.ts";

let run: OperatorRun;
beforeAll(async () => {
  run = await operatorRun();
});
afterAll(() => run.close());

const columns = { n: "bigint", f: "double", b: "boolean", d: "date", t: "timestamp", m: "decimal(9,2)", s: "string" };
const declared = Object.entries(columns)
  .map(([name, type]) => `${name} ${type}`)
  .join(", ");
const full = { n: 1, f: 0.5, b: true, d: "2026-01-02", t: "2026-01-02 03:04:05", m: "1.50" };
const header = Object.keys(columns).map((name) => `"${name}"`);
const values = Object.values(full).map((value) => `"${value}"`);
const content = [header, [...values, '"x"'], header.map(() => '""'), header.map(() => "")].map((row) => row.join(","));
const nulls = { n: null, f: null, b: null, d: null, t: null, m: null };
const rows = [
  { ...full, t: "2026-01-02T03:04:05", s: "x" },
  { ...nulls, s: "" },
  { ...nulls, s: null },
];

test.each([undefined, "null", "skip_row"] as const)("declared types, on_mismatch %s", async (onMismatch) => {
  const location = `raw/${onMismatch}`;
  await run.put(`${location}/a.csv`, `${content.join("\n")}\n`);
  const settings = onMismatch === undefined ? {} : { settings: { onMismatch } };
  await run.table(`t.${onMismatch}`, declared, { location, format: "csv", ...settings });
  const found = await run.run(query, { query_string: `SELECT * FROM t."${onMismatch}"` });
  expect(found.data).toEqual(rows);
});

test.each([
  ["in one file", { "a.csv": content }],
  ["in one file of several", { "a.csv": content.slice(0, 2), "b.csv": [content[0], ...content.slice(2)] }],
])("inferred types, %s", async (name, files) => {
  for (const [file, lines] of Object.entries(files)) await run.put(`in/${name}/${file}`, `${lines.join("\n")}\n`);
  await run.run(format, { input_path: `in/${name}`, output_path: `out/${name}`, format: "parquet" });
  const [a, b, c] = rows.map((row) => ({ ...row, m: row.m === null ? null : Number(row.m) }));
  expect(await run.rows(`out/${name}`)).toEqual([a, b, c]);
  await run.run(dedupe, { input_path: `in/${name}`, output_path: `again/${name}`, output_format: "csv" });
  expect(await run.rows(`again/${name}`)).toEqual([a, b, c]);
});

test("texts that mean null mean it in quotes too", async () => {
  await run.put("raw/na/a.csv", 'n,s\n"NA","NA"\nNA,\n2,""\n');
  const settings = { csv: { null: ["NA"] } };
  await run.table("t.na", "n bigint, s string", { location: "raw/na", format: "csv", settings });
  expect((await run.run(query, { query_string: "SELECT * FROM t.na" })).data).toEqual([
    { n: null, s: null },
    { n: null, s: "" },
    { n: 2, s: "" },
  ]);
});

test("the quote of the table", async () => {
  await run.put("raw/q/a.csv", "n;s\n'';''\n;\n1;'a'';b'\n");
  const settings = { csv: { delimiter: ";", quote: "'" } };
  await run.table("t.q", "n bigint, s string", { location: "raw/q", format: "csv", settings });
  expect((await run.run(query, { query_string: "SELECT * FROM t.q" })).data).toEqual([
    { n: null, s: "" },
    { n: null, s: null },
    { n: 1, s: "a';b" },
  ]);
});
