import { afterEach, beforeEach, expect, test } from "vitest";
import { summarize } from "../../../src/operator/table/summarize.ts";
import { type OperatorRun, operatorRun, refused } from "../run-operator.ts";

let run: OperatorRun;
beforeEach(async () => {
  run = await operatorRun();
  await run.put("raw/a.csv", "id,name\n1,Ada\n2,\n3,Ben\n");
});
afterEach(() => run.close());

test("a row for each column", async () => {
  const { data, outputs } = await run.run(summarize, { input_path: "raw" });
  expect(data).toEqual([
    { column: "id", type: "bigint", rows: 3, non_null: 3, null: 0, distinct: 3, min: "1", max: "3", mean: 2 },
    expect.objectContaining({ column: "name", type: "string", null: 1, min: "Ada", max: "Ben", mean: null }),
  ]);
  expect(outputs).toEqual({ job_id: expect.any(String) });
});

test("only the named columns, without headers", async () => {
  const { data } = await run.run(summarize, { input_path: "raw", read_headers: false, columns: ["COL_0"] });
  expect(data).toMatchObject([{ column: "col_0", type: "string", rows: 4, max: "id" }]);
});

test("written", async () => {
  const { outputs, data } = await run.run(summarize, { input_path: "raw", output_path: "out/s.jsonl" });
  expect(outputs).toMatchObject({ output_path: "out/s.jsonl", rows: 2 });
  expect(data).toEqual([]);
  expect((await run.read("out/s.jsonl")).split("\n")[0]).toContain('"column":"id"');
});

test("files of several layouts; uniting them leaves nothing behind", async () => {
  await run.put("raw/b.csv", "name,id\nCleo,4\n");
  await run.put("raw/c.csv", "id\n5.5\n");
  const { data } = await run.run(summarize, { input_path: "raw" });
  expect(data).toMatchObject([
    { column: "id", type: "double", rows: 5, mean: 3.1 },
    { column: "name", rows: 5, null: 2, max: "Cleo" },
  ]);
  expect(await run.list()).toEqual(["raw/a.csv", "raw/b.csv", "raw/c.csv"]);
});

test("an unknown column", async () => {
  const parameters = { input_path: "raw", columns: ["nam"] };
  expect((await refused(run.run(summarize, parameters), "invalid")).message).toContain('Did you mean "name"?');
  expect((await run.preview(summarize, parameters)).problems).toMatchObject([{ parameter: "columns" }]);
});

test("preview", async () => {
  expect(await run.preview(summarize, { input_path: "raw" })).toMatchObject({
    summary: "raw -> a summary",
    certainty: "predicted",
    makes: [],
    problems: [],
  });
  const written = await run.preview(summarize, { input_path: "raw", output_path: "out/s", output_format: "csv" });
  expect(written).toMatchObject({ summary: "raw -> out/s, csv", makes: [{ path: "out/s", format: "csv" }] });
  expect(written.columns?.[0]?.name).toBe("column");
});
