import { afterEach, beforeEach, expect, test } from "vitest";
import { fake } from "../../../src/operator/table/fake.ts";
import { type OperatorRun, operatorRun, refused } from "../run-operator.ts";

let run: OperatorRun;
beforeEach(async () => {
  run = await operatorRun();
});
afterEach(() => run.close());

const columns = ["id:bigint", { name: "email", type: "string" }, "amount:decimal(9,2)", "note"];
const rows = async (parameters: object) => (await run.run(fake, { size: 20, columns, ...parameters })).data;

test("the same rows for the same seed, different rows for another", async () => {
  const first = await rows({});
  expect(first).toHaveLength(20);
  expect(Object.keys(first[0] ?? {})).toEqual(["id", "email", "amount", "note"]);
  expect(await rows({ seed: 0 })).toEqual(first);
  expect(await rows({ seed: 1 })).not.toEqual(first);
});

test("a list that a command line split at commas", async () => {
  const cut = await rows({ columns: ["id:bigint", "amount:decimal(9", "2)", "tags:map<string", "bigint>"] });
  expect(Object.keys(cut[0] ?? {})).toEqual(["id", "amount", "tags"]);
});

test("the schema of a table, including partitions", async () => {
  await run.table("sales.orders", "id bigint, at date", { partitionedBy: "city string" });
  const { data } = await run.run(fake, { size: 3, database_name: "sales", table_name: "orders" });
  expect(data).toHaveLength(3);
  expect(data[0]).toEqual({ id: 1, at: expect.stringMatching(/^\d{4}-\d\d-\d\d$/), city: expect.any(String) });
});

test("written, with the same rows as shown", async () => {
  const shown = await rows({});
  const { outputs } = await run.run(fake, { size: 20, columns, output_path: "out/f.jsonl" });
  expect(outputs).toMatchObject({ output_path: "out/f.jsonl", rows: 20 });
  const lines = (await run.read("out/f.jsonl")).trim().split("\n");
  // A text keeps all digits of a decimal; in JSON files it is a number.
  const read = lines.map((line) => JSON.parse(line));
  expect(read.map((row) => ({ ...row, amount: row.amount.toFixed(2) }))).toEqual(shown);
});

test("partitioned", async () => {
  await run.run(fake, {
    size: 50,
    columns: ["id:bigint", "active:boolean"],
    output_path: "out/f",
    partition_columns: ["active"],
  });
  expect(await run.list("out/f")).toEqual(["active=false/part-0.parquet", "active=true/part-0.parquet"]);
});

test("rows beyond those shown are cut, with a warning", async () => {
  const { data, warnings } = await run.run(fake, { size: 20_000, columns: ["id:bigint"] });
  expect(data).toHaveLength(10_000);
  expect(warnings).toEqual([expect.stringContaining("output_path")]);
});

test.each([
  [{ columns: ["id:bigit"] }, 'Did you mean "bigint"?'],
  [{ columns: ["id", "ID"] }, "twice"],
  [{ columns: [] }, "empty"],
  [{ columns: [":bigint"] }, "no name"],
  [{ columns: [3] }, "not a column"],
  [{ columns: ["id"], input_path: "raw" }, "Both"],
  [{}, "No columns are given"],
  [{ columns: ["id"], size: -1 }, '"size"'],
])("refuses %j", async (parameters, text) => {
  expect((await refused(run.run(fake, { size: 1, ...parameters }), "invalid")).message).toContain(text);
  const shown = await run.preview(fake, { size: 1, ...parameters });
  expect(shown.problems.map((problem) => problem.message)).toEqual([expect.stringContaining(text)]);
  expect(run.jobs).toEqual([]);
});

test("preview", async () => {
  const shown = await run.preview(fake, { size: 1000, columns: ["id:bigint"], output_path: "out/f" });
  expect(shown).toMatchObject({
    summary: "1,000 made-up rows -> out/f, parquet",
    certainty: "predicted",
    makes: [{ path: "out/f", columns: [{ name: "id" }] }],
    problems: [],
  });
  const like = await run.preview(fake, { size: 1, input_path: "nope" });
  expect(like).toMatchObject({ summary: "1 made-up row like nope", certainty: "unknown", problems: [] });
});
