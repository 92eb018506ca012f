import { afterEach, beforeEach, expect, test } from "vitest";
import { dedupe } from "../../../src/operator/table/dedupe.ts";
import { type OperatorRun, operatorRun, refused } from "../run-operator.ts";

let run: OperatorRun;
beforeEach(async () => {
  run = await operatorRun();
  await run.table("sales.orders", "id bigint, at date, note string");
  await run.put("warehouse/sales/orders/a.csv", "id,at,note\n1,2026-01-02,a\n1,2026-01-03,b\n2,2026-01-01,c\n");
  await run.put("warehouse/sales/orders/b.csv", "id,at,note\n1,2026-01-01,d\n2,2026-01-01,c\n");
});
afterEach(() => run.close());

const named = { database_name: "sales", table_name: "orders", output_path: "out/o", output_format: "csv" };
const notes = async () => (await run.rows("out/o")).map((row) => (row as { note: string }).note).sort();

test.each([
  [{}, ["a", "b", "c", "d"], 1],
  [{ keys: ["ID"] }, ["a", "c"], 3],
  [{ keys: ["id"], keep: "last" }, ["c", "d"], 3],
  [{ keys: ["id"], order_by: ["at"] }, ["c", "d"], 3],
  [{ keys: ["id"], order_by: ["at desc"] }, ["b", "c"], 3],
  [{ keys: ["id"], order_by: ["at DESC", "note asc"], keep: "last" }, ["c", "d"], 3],
])("%j", async (parameters, kept, removed) => {
  const { outputs, info } = await run.run(dedupe, { ...named, ...parameters });
  expect(await notes()).toEqual(kept);
  expect(outputs).toMatchObject({ removed, rows: 5 - removed, output_path: "out/o", database_name: "sales" });
  expect(info[0]).toBe(`Removed ${removed} duplicate row${removed === 1 ? "" : "s"}.`);
});

test("the order of the files holds across several layouts", async () => {
  await run.put("warehouse/sales/orders/c.csv", "note,at,id\nz,2026-01-09,1\ny,2026-01-09,3\n");
  await run.run(dedupe, { ...named, keys: ["id"], keep: "last" });
  expect(await notes()).toEqual(["c", "y", "z"]);
  // A query keeps the order of its rows when they are counted; a few rows are in order anyway.
  expect(run.jobs).toMatchObject([{ kind: "query", limit: expect.any(Number) }, { kind: "dedupe" }]);
  expect(await run.list("out")).not.toContainEqual(expect.stringContaining(".mason"));
});

test("partitioned output", async () => {
  await run.run(dedupe, { ...named, keys: ["id"], partition_columns: ["at"] });
  expect(await run.list("out/o")).toEqual(["at=2026-01-01/part-0.csv", "at=2026-01-02/part-0.csv"]);
});

test.each([
  [{ keys: ["idd"] }, '"idd"'],
  [{ keys: ["id"], order_by: ["when desc"] }, '"when"'],
  [{ order_by: ["at"] }, '"keys"'],
  [{ keys: ["id"], keep: "some" }, '"first"'],
  [{ keys: [{ id: 1 }] }, "list of strings"],
])("refuses %j", async (parameters, text) => {
  expect((await refused(run.run(dedupe, { ...named, ...parameters }), "invalid")).message).toContain(text);
  const shown = await run.preview(dedupe, { ...named, ...parameters });
  expect(shown.problems.map((problem) => problem.message).join()).toContain(text);
  expect(run.jobs).toEqual([]);
});

test("preview", async () => {
  const shown = await run.preview(dedupe, { ...named, keys: ["id"], order_by: ["at desc"] });
  expect(shown).toMatchObject({
    summary: "sales.orders -> out/o, csv",
    certainty: "predicted",
    statements: ["dedupe by id, keep first"],
    problems: [],
    makes: [{ path: "out/o", columns: [{ name: "id" }, { name: "at" }, { name: "note" }], partitions: [] }],
  });
});
