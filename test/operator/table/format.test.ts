import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Json } from "../../../src/json.ts";
import { format } from "../../../src/operator/table/format.ts";
import { type OperatorRun, operatorRun, refused } from "../run-operator.ts";

let run: OperatorRun;
beforeEach(async () => {
  run = await operatorRun();
  await run.table("sales.orders", "id bigint, amount double", { partitionedBy: "year bigint, month bigint" });
  await run.put("warehouse/sales/orders/year=2025/month=12/a.csv", "id,amount\n1,10\n");
  await run.put("warehouse/sales/orders/year=2026/month=1/a.csv", "id,amount\n2,20\n");
  await run.put("warehouse/sales/orders/year=2026/month=2/a.csv", "id,amount\n3,30\n");
});
afterEach(() => run.close());

const named = { database_name: "sales", table_name: "orders", output_path: "out/o" };

test.each(["csv", "json", "jsonl", "parquet"])("to %s", async (name) => {
  const { outputs, info } = await run.run(format, { ...named, format: name });
  expect(outputs).toMatchObject({ output_path: "out/o", rows: 3, database_name: "sales", table_name: "orders" });
  expect(info[0]).toContain('Wrote 3 rows to "out/o"');
  expect(await run.rows("out/o")).toEqual([
    { id: 1, amount: 10, year: 2025, month: 12 },
    { id: 2, amount: 20, year: 2026, month: 1 },
    { id: 3, amount: 30, year: 2026, month: 2 },
  ]);
});

test("columns in the requested order, plus folders", async () => {
  await run.run(format, { ...named, format: "csv", filter_columns: ["AMOUNT", "id"], partition_columns: ["year"] });
  expect(await run.list("out/o")).toEqual(["year=2025/part-0.csv", "year=2026/part-0.csv"]);
  expect(await run.read("out/o/year=2025/part-0.csv")).toBe("amount,id\n10.0,1\n");
});

test.each([
  [[{ year: 2026, month: 1 }], [2]],
  [["year=2026"], [2, 3]],
  [
    ["year=2026/month=01", { year: "2025" }],
    [1, 2],
  ],
])("partitions %j", async (partitions, ids) => {
  const path = "o.csv";
  await run.run(format, { ...named, output_path: path, format: "csv", partitions, filter_columns: ["id"] });
  const lines = (await run.read(path)).trim().split("\n").slice(1);
  expect(lines.map(Number).sort()).toEqual(ids);
});

test.each([
  [["year=1999"], "year=1999"],
  [["year=2026", "year=2025/month=1"], "year=2025/month=1"],
  [[{ month: null }], "month=__HIVE_DEFAULT_PARTITION__"],
  [["year=nope"], "year=nope"],
])("partitions %j, one of which is not there", async (partitions, absent) => {
  const parameters = { ...named, output_path: "o.csv", format: "csv", partitions, filter_columns: ["id"] };
  const { message } = await refused(run.run(format, parameters), "invalid");
  expect(message).toContain(
    `"${absent}", but no file of sales.orders is in such a partition. It has "year=2025/month=12",`,
  );
  expect(run.jobs).toEqual([]);
});

test("a partition of nulls is named as its folder is; the text null is another one", async () => {
  await run.table("sales.named", "id bigint", { partitionedBy: "d string" });
  for (const [folder, id] of [
    ["__HIVE_DEFAULT_PARTITION__", 1],
    ["null", 2],
    ["x", 3],
  ])
    await run.put(`warehouse/sales/named/d=${folder}/a.csv`, `id\n${id}\n`);
  const kept = async (partition: Json) => {
    const parameters = { database_name: "sales", table_name: "named", format: "csv", filter_columns: ["id"] };
    await run.run(format, { ...parameters, partitions: [partition], output_path: "o.csv", overwrite: true });
    return run.read("o.csv");
  };
  for (const of of ["d=__HIVE_DEFAULT_PARTITION__", { d: "__HIVE_DEFAULT_PARTITION__" }, { d: null }])
    expect(await kept(of)).toBe("id\n1\n");
  expect(await kept("d=null")).toBe("id\n2\n");
  const { message } = await refused(kept("d=y"), "invalid");
  const shown = [...message.matchAll(/"(d=[^"]+)"/g)].map(([, name]) => name ?? "").slice(1);
  expect(shown).toHaveLength(3);
  const all = [];
  for (const name of shown) all.push(await kept(name));
  expect(all.sort()).toEqual(["id\n1\n", "id\n2\n", "id\n3\n"]);
});

test("partitions that are not there, where nothing may be", async () => {
  const parameters = { ...named, output_path: "o.csv", format: "csv", filter_columns: ["id"], on_empty: "allow" };
  await run.run(format, { ...parameters, partitions: ["year=1999"] });
  expect(await run.read("o.csv")).toBe("id\n");
});

test("files of several layouts are united first, even when partitions are selected", async () => {
  await run.put("warehouse/sales/orders/year=2026/month=2/b.csv", "amount,id\n40,4\n");
  await run.put("warehouse/sales/orders/year=2026/month=2/c.csv", "id\n5\n");
  await run.run(format, { ...named, format: "jsonl", partitions: ["month=2"] });
  expect(await run.rows("out/o")).toEqual([
    { id: 3, amount: 30, year: 2026, month: 2 },
    { id: 4, amount: 40, year: 2026, month: 2 },
    { id: 5, amount: null, year: 2026, month: 2 },
  ]);
  expect(await run.list("out")).not.toContainEqual(expect.stringContaining(".mason"));
});

test("a path instead of a table", async () => {
  await run.put("raw/a.tsv", "id\tname\n1\tAda\n");
  await run.run(format, { input_path: "raw", output_path: "o.jsonl", format: "jsonl" });
  expect(await run.read("o.jsonl")).toBe('{"id":1,"name":"Ada"}\n');
});

describe("refusals", () => {
  test.each([
    [{ filter_columns: ["amout"] }, 'Did you mean "amount"?'],
    [{ partition_columns: ["day"] }, '"day"'],
    [{ partitions: ["id=1"] }, '"id"'],
    [{ partitions: ["year"] }, "is not a partition"],
    [{ partitions: [["year", 1]] }, "is not a partition"],
    [{ filter_columns: ["year"], partition_columns: ["year"] }, "folders of all columns"],
    [{ input_path: "raw" }, "Both"],
  ])("%j", async (parameters, text) => {
    const error = await refused(run.run(format, { ...named, format: "csv", ...parameters }), "invalid");
    expect(error.message).toContain(text);
    expect(run.jobs).toEqual([]);
  });

  test("nothing to read", async () => {
    expect((await refused(run.run(format, { format: "csv", output_path: "o" }), "invalid")).message).toContain(
      "Nothing to read",
    );
    await refused(run.run(format, { format: "csv", output_path: "o", input_path: "nope" }), "not_found");
    await refused(run.run(format, { ...named, table_name: "nope", format: "csv" }), "not_found");
  });
});

describe("preview", () => {
  test("the output", async () => {
    const shown = await run.preview(format, {
      ...named,
      format: "parquet",
      filter_columns: ["id"],
      partition_columns: ["year"],
    });
    expect(shown).toMatchObject({
      summary: "sales.orders -> out/o, parquet, by year",
      certainty: "predicted",
      statements: ["format"],
      problems: [],
      makes: [{ path: "out/o", format: "parquet", columns: [{ name: "id" }], partitions: [{ name: "year" }] }],
    });
  });

  test("each problem once", async () => {
    const parameters = { filter_columns: ["amout"], partition_columns: ["day"], partitions: ["id=1"] };
    const shown = await run.preview(format, {
      ...named,
      format: "csv",
      output_path: "warehouse/sales/orders/x",
      ...parameters,
    });
    expect(shown.problems.map((problem) => problem.parameter).sort()).toEqual([
      "filter_columns",
      "output_path",
      "partition_columns",
      "partitions",
    ]);
  });

  test("paths are refused as they will be at run time", async () => {
    const shown = (output_path: string) => run.preview(format, { ...named, format: "csv", output_path });
    expect((await shown("../o")).problems).toMatchObject([{ message: expect.stringContaining('"../o"') }]);
    expect((await shown("./out//o/")).makes).toMatchObject([{ path: "out/o" }]);
  });

  test("what is absent or known after apply is unknown", async () => {
    const missing = await run.preview(format, { format: "csv", output_path: "o", input_path: "nope" });
    expect(missing).toMatchObject({ certainty: "unknown", problems: [], makes: [], summary: "nope -> o, csv" });
    const later = await run.preview(format, { format: "csv", output_path: "o" }, { unknown: new Set(["input_path"]) });
    expect(later).toMatchObject({ certainty: "unknown", problems: [], summary: "(known after apply) -> o, csv" });
  });
});
