import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { merge } from "../../../src/operator/table/merge.ts";
import { type OperatorRun, operatorRun, refused } from "../run-operator.ts";

let run: OperatorRun;
beforeEach(async () => {
  run = await operatorRun();
});
afterEach(() => run.close());

test("many small files of one schema are read in one call", async () => {
  for (let at = 0; at < 50; at++) await run.put(`raw/${String(at).padStart(2, "0")}.csv`, `id,name\n${at},x\n`);
  const { outputs, info } = await run.run(merge, { input_path: "raw", output_path: "out/m" });
  expect(outputs).toMatchObject({ output_path: "out/m", rows: 50 });
  expect(info.slice(0, 2)).toEqual([
    "Merged 50 files of 1 layout into 2 columns.",
    expect.stringContaining("Wrote 50 rows"),
  ]);
  expect(run.jobs).toMatchObject([{ kind: "merge", sources: [{ files: { length: 50 } }] }]);
});

test("columns are united and types widened, with a note", async () => {
  await run.put("raw/a.csv", "id,code\n1,007\n");
  await run.put("raw/b.csv", "code,id,extra\nx9,2.5,true\n");
  await run.put("raw/c.csv", "id\n3\n");
  const { info } = await run.run(merge, { input_path: "raw/*.csv", output_path: "out/m.jsonl" });
  expect(await run.rows("out/m.jsonl")).toEqual([
    { id: 1, code: "007", extra: null },
    { id: 2.5, code: "x9", extra: true },
    { id: 3, code: null, extra: null },
  ]);
  expect(info.join("\n")).toMatch(/id.*double/);
});

test("several paths, of several formats, each file once", async () => {
  await run.put("raw/a.csv", "id,name\n1,Ada\n");
  await run.put("raw/b.csv", "id,name\n2,Ben\n");
  await run.put("more/c.jsonl", '{"id": 3.5, "tags": ["x"]}\n');
  const { info } = await run.run(merge, { extract_paths: ["raw", "raw/*.csv", "more"], output_path: "out/m" });
  expect(await run.rows("out/m")).toEqual([
    { id: 1, name: "Ada", tags: null },
    { id: 2, name: "Ben", tags: null },
    { id: 3.5, name: null, tags: ["x"] },
  ]);
  expect(info).toContain(
    'The column "id" is bigint in "raw", "raw/*.csv", but double in "more"; it is read as double.',
  );
});

test("a table and paths, repartitioned", async () => {
  await run.table("sales.orders", "id bigint", { partitionedBy: "city string" });
  await run.put("warehouse/sales/orders/city=Oslo/a.csv", "id\n1\n");
  await run.put("raw/b.csv", "id,city,year\n2,Rome,2026\n");
  const parameters = { database_name: "sales", table_name: "orders", extract_paths: ["raw"], output_path: "out/m" };
  await run.run(merge, { ...parameters, output_format: "csv", repartition_keys: ["CITY"] });
  expect(await run.list("out/m")).toEqual(["city=Oslo/part-0.csv", "city=Rome/part-0.csv"]);
  expect(await run.read("out/m/city=Rome/part-0.csv")).toBe("id,year\n2,2026\n");
});

test("text and numbers become JSON beside nested records", async () => {
  await run.put("mixed/a.csv", "id,x,n\n1,abc,7\n2,,8\n");
  await run.put("mixed/b.jsonl", '{"id":3,"x":{"y":1},"n":{"z":[1,2]}}\n{"id":4,"x":{"y":2},"n":{"z":[]}}\n');
  const parameters = { extract_paths: ["mixed/a.csv", "mixed/b.jsonl"], output_path: "out/mixed.jsonl" };
  expect((await run.preview(merge, parameters)).problems).toEqual([]);
  await run.run(merge, parameters);
  const lines = (await run.read("out/mixed.jsonl")).trim().split("\n");
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { id: 1, x: "abc", n: 7 },
    { id: 2, x: null, n: 8 },
    { id: 3, x: { y: 1 }, n: { z: [1, 2] } },
    { id: 4, x: { y: 2 }, n: { z: [] } },
  ]);
});

test("without headers", async () => {
  await run.put("raw/a.csv", "1,x\n");
  await run.run(merge, { input_path: "raw", output_path: "m.csv", parse_headers: false });
  expect(await run.read("m.csv")).toBe("col_0,col_1\n1,x\n");
});

describe("refusals", () => {
  test("conflicts name the files", async () => {
    await run.put("raw/a.csv", "id\n1\n");
    await run.put("raw/b.jsonl", '{"id": 1}\n');
    const error = await refused(run.run(merge, { input_path: "raw", output_path: "out/m" }), "invalid");
    expect(error.message).toContain("raw/a.csv");
    expect(error.message).toContain("raw/b.jsonl");
  });

  test("conflicts between paths name the paths", async () => {
    await run.put("csv/a.csv", "id,at\n1,2026-01-01\n");
    await run.run(merge, { extract_paths: ["csv"], output_path: "pq", output_format: "parquet" });
    await run.put("other/a.csv", "id,at\n1,true\n");
    const error = await refused(run.run(merge, { extract_paths: ["pq", "other"], output_path: "out/m" }), "invalid");
    expect(error.message).toContain('"at" is date in "pq", but boolean in "other"');
    const shown = await run.preview(merge, { extract_paths: ["pq", "other"], output_path: "out/m" });
    expect(shown).toMatchObject({ certainty: "unknown", problems: [{ message: expect.stringContaining('"other"') }] });
  });

  test("strict_types refuses widening within a path and between paths", async () => {
    await run.put("raw/a.csv", "id\n1\n");
    await run.put("raw/b.csv", "id\n1.5\n");
    for (const extract_paths of [["raw"], ["raw/a.csv", "raw/b.csv"]]) {
      const error = await refused(
        run.run(merge, { extract_paths, output_path: "out/m", strict_types: true }),
        "invalid",
      );
      expect(error.message).toContain('"id" is bigint in "raw/a.csv", but double in "raw/b.csv"');
    }
    await run.run(merge, { extract_paths: ["raw/a.csv"], output_path: "out/m", strict_types: true });
    expect(await run.list("out/m")).toHaveLength(1);
  });

  test("nothing to read, an unknown key, its own input", async () => {
    await run.put("raw/a.csv", "id\n1\n");
    const refuse = async (parameters: Record<string, string | string[]>) =>
      (await refused(run.run(merge, { output_path: "out/m", ...parameters }), "invalid")).message;
    expect(await refuse({})).toContain("Nothing to read");
    expect(await refuse({ input_path: "raw", repartition_keys: ["day"] })).toContain(
      '"repartition_keys" names the column "day"',
    );
    expect(await refuse({ input_path: "raw", repartition_keys: ["id"] })).toContain("folders of all columns");
    expect(await refuse({ extract_paths: ["raw"], output_path: "raw/m" })).toContain("overlaps the input");
    await refused(run.run(merge, { extract_paths: ["raw", "nope"], output_path: "out/m" }), "not_found");
  });
});

test("preview", async () => {
  await run.put("raw/a.csv", "id,city\n1,Oslo\n");
  await run.put("more/b.csv", "id,year\n1.5,2026\n");
  const parameters = { extract_paths: ["raw", "more"], output_path: "out/m" };
  const shown = await run.preview(merge, { ...parameters, repartition_keys: ["city"] });
  expect(shown).toMatchObject({
    summary: "raw, more -> out/m, parquet, by city",
    certainty: "predicted",
    statements: ["merge"],
    makes: [{ columns: [{ name: "id", type: { kind: "float" } }, { name: "year" }], partitions: [{ name: "city" }] }],
    problems: [],
  });
  const wrong = await run.preview(merge, { ...parameters, repartition_keys: ["town"] });
  expect(wrong.problems).toMatchObject([{ parameter: "repartition_keys" }]);
  const missing = await run.preview(merge, { extract_paths: ["raw", "nope"], output_path: "out/m" });
  expect(missing).toMatchObject({ certainty: "unknown", problems: [], makes: [] });
});
