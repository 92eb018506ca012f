import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { infer } from "../../../src/operator/table/infer.ts";
import { refresh } from "../../../src/operator/table/refresh.ts";
import { failure } from "../../conformance/support.ts";
import { type OperatorRun, operatorRun } from "../run-operator.ts";

let world: OperatorRun;
const orders = { database_name: "sales", table_name: "orders" };
const stored = () => world.engines.metastore.getTable("sales", "orders");

beforeEach(async () => {
  world = await operatorRun();
  await world.put("raw/orders/1.csv", "id\n1\n");
  await world.run(infer, { ...orders, storage_path: "raw/orders" });
});
afterEach(() => world.close());

test("reports that nothing changed, and writes nothing", async () => {
  const before = await stored();
  const { info, outputs, data } = await world.run(refresh, orders);
  expect(info[0]).toBe('Table "sales.orders" already matches its files. Nothing was changed.');
  expect(outputs).toEqual(orders);
  expect(data).toMatchObject([{ Name: "orders" }]);
  expect(await stored()).toEqual(before);
});

test("adopts new columns, as the plan says", async () => {
  await world.put("raw/orders/1.csv", "id,name\n1,a\n");
  const shown = await world.preview(refresh, orders);
  expect(shown.summary).toBe('refreshes sales.orders: Column "name" (string) was added.');
  expect(shown.makes).toMatchObject([{ table: { name: "orders", columns: [{ name: "id" }, { name: "name" }] } }]);
  const { info } = await world.run(refresh, orders);
  expect(info[0]).toBe('Column "name" (string) was added.');
  expect((await stored())?.columns.map((column) => column.name)).toEqual(["id", "name"]);
  expect((await world.preview(refresh, orders)).makes).toEqual([]);
});

test("reads files the way the table was created", async () => {
  await world.run(infer, { ...orders, storage_path: "raw/orders", read_headers: false });
  const { info } = await world.run(refresh, orders);
  expect(info[0]).toContain("Nothing was changed.");
  expect((await stored())?.columns.map((column) => column.name)).toEqual(["col_0"]);
});

test("leaves the columns of a table without files unchanged", async () => {
  await world.engines.storage.delete("raw/orders");
  const { info } = await world.run(refresh, orders);
  expect(info).toEqual([
    'There are no files at "raw/orders", so the columns of table "sales.orders" are left unchanged.',
  ]);
  expect((await stored())?.columns).toHaveLength(1);
});

describe("partitions that are listed", () => {
  const clicks = { database_name: "sales", table_name: "clicks" };
  const partitions = async () =>
    (await world.engines.metastore.listPartitions("sales", "clicks")).map((partition) => partition.values.country);

  test("come and go with their folders, except those elsewhere", async () => {
    for (const country of ["FR", "DE"]) await world.put(`raw/clicks/country=${country}/1.csv`, "id\n1\n");
    await world.run(infer, { ...clicks, storage_path: "raw/clicks" });
    const listed = [{ values: { country: "XX" }, location: "elsewhere/country=XX" }];
    await world.engines.metastore.addPartitions?.("sales", "clicks", listed);
    await world.put("raw/clicks/country=IT/1.csv", "id\n1\n");
    await world.engines.storage.delete("raw/clicks/country=DE");
    const { info } = await world.run(refresh, clicks);
    expect(info.slice(0, 2)).toEqual([
      "1 partition was added.",
      "1 partition whose folder no longer exists was removed.",
    ]);
    expect(await partitions()).toEqual(["XX", "FR", "IT"]);
  });
});

test("a declared table keeps its columns", async () => {
  const owner = { lineage: "l-1", address: "table.sales.declared" };
  await world.table("sales.declared", "id bigint, name string", { location: "raw/orders", owner });
  const parameters = { database_name: "sales", table_name: "declared" };
  const error = await failure(world.run(refresh, parameters), "conflict");
  expect(error.message).toContain('column "name" is declared, but not in the files');
  const { problems, makes } = await world.preview(refresh, parameters);
  expect(problems).toMatchObject([{ message: error.message }]);
  expect(makes).toEqual([]);
});

test("a table of another state and an absent table are errors", async () => {
  await world.table("sales.theirs", "id bigint", { owner: { lineage: "l-2", address: "table.sales.theirs" } });
  const owner = { lineage: "l-1", address: "deployment.x" };
  await failure(world.run(refresh, { database_name: "sales", table_name: "theirs" }, { owner }), "denied");
  await failure(world.run(refresh, { database_name: "sales", table_name: "absent" }), "not_found");
  const shown = await world.preview(refresh, { database_name: "sales", table_name: "absent" });
  expect(shown).toMatchObject({ summary: "refreshes sales.absent (not there yet)", problems: [] });
});
