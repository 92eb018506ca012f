/** Parameters that say how files are read mean the same in the plan and in the run. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Json } from "../../src/json.ts";
import { builtins } from "../../src/operator/builtins.ts";
import { allParameters, operatorName } from "../../src/operator/definition.ts";
import { type OperatorRun, operatorRun } from "./run-operator.ts";

let run: OperatorRun;

beforeAll(async () => {
  run = await operatorRun();
  await run.put("raw/h.csv", "id,name\n1,a\n2,b\n");
  await run.put("lake/h.csv", "id,name\n1,a\n2,b\n");
  // Only the file in the middle has the second column.
  for (let at = 0; at < 5; at++) await run.put(`raw/s/${at}.jsonl`, at === 2 ? '{"id":1,"rare":2}\n' : '{"id":1}\n');
  for (let at = 0; at < 5; at++) await run.put(`lake/s/${at}.jsonl`, at === 2 ? '{"id":1,"rare":2}\n' : '{"id":1}\n');
});
afterAll(() => run.close());

const headless = ["col_0", "col_1"];

/** A call of an operator, and the columns that it must plan and give. `null`: its own columns, whatever is read. */
interface Case {
  readonly operator: string;
  readonly parameter: string;
  readonly parameters: Readonly<Record<string, Json>>;
  readonly columns: readonly string[] | null;
  /** Why the run fails: a sample may show fewer columns than there are, and a run loses none. */
  readonly fails?: RegExp;
}
const output = { output_path: "out/o.csv", overwrite: true };
const cases: readonly Case[] = [
  {
    operator: "table:infer",
    parameter: "read_headers",
    parameters: { database_name: "made", storage_path: "raw/h.csv", read_headers: false },
    columns: headless,
  },
  {
    operator: "table:infer",
    parameter: "sample_size",
    parameters: { database_name: "made", storage_path: "raw/s", sample_size: 1 },
    columns: ["id"],
  },
  {
    operator: "table:get",
    parameter: "read_headers",
    parameters: { database_name: "lake", table_name: "h.csv", read_headers: false, ...output },
    columns: headless,
  },
  {
    operator: "table:get",
    parameter: "sample_size",
    parameters: { database_name: "lake", table_name: "s", sample_size: 1, ...output },
    columns: ["id"],
    fails: /"rare" .*sample_size: all/,
  },
  {
    operator: "table:merge",
    parameter: "parse_headers",
    parameters: { extract_paths: ["raw/h.csv"], parse_headers: false, ...output },
    columns: headless,
  },
  {
    operator: "table:format",
    parameter: "sample_size",
    parameters: { input_path: "raw/s", sample_size: 1, format: "csv", ...output },
    columns: ["id"],
    fails: /"rare" .*sample_size: all/,
  },
  {
    operator: "table:summarize",
    parameter: "read_headers",
    parameters: { input_path: "raw/h.csv", read_headers: false, columns: ["col_1"] },
    columns: null,
  },
];

test("every parameter of this kind is tried", () => {
  const all = builtins.flatMap(({ definition }) =>
    allParameters(definition)
      .filter(({ name }) => ["read_headers", "parse_headers", "sample_size"].includes(name))
      .map(({ name }) => `${operatorName(definition)} ${name}`),
  );
  expect(cases.map((one) => `${one.operator} ${one.parameter}`).sort()).toEqual(all.sort());
});

test.each(cases)("$operator, $parameter", async ({ operator: name, parameters, columns, fails }) => {
  const operator = builtins.find(({ definition }) => operatorName(definition) === name);
  if (operator === undefined) throw new Error(name);
  const preview = await run.preview(operator, parameters);
  expect(preview.problems).toEqual([]);
  if (columns !== null) expect(preview.columns?.map((column) => column.name)).toEqual(columns);
  if (fails !== undefined) return expect(run.run(operator, parameters)).rejects.toThrow(fails);
  const result = await run.run(operator, parameters);
  if (columns === null) return;
  const inRun =
    parameters.output_path === undefined
      ? (result.data[0] as { Schema: { Columns: { Name: string }[] } }).Schema.Columns.map((column) => column.Name)
      : (await run.read("out/o.csv")).split("\n")[0]?.split(",");
  expect(inRun).toEqual(columns);
});
