import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { deleteTable } from "../../../src/operator/table/delete.ts";
import { ProviderError } from "../../../src/provider/error.ts";
import { failure } from "../../conformance/support.ts";
import { type OperatorRun, operatorRun } from "../run-operator.ts";

let world: OperatorRun;
const orders = { database_name: "sales", table_name: "orders" };
const stored = (name = "orders") => world.engines.metastore.getTable("sales", name);

beforeEach(async () => {
  world = await operatorRun();
  await world.put("warehouse/sales/orders/1.csv", "id\n1\n");
  await world.table("sales.orders", "id bigint");
});
afterEach(() => world.close());

test("drops the table and keeps its data", async () => {
  const { info, outputs, warnings } = await world.run(deleteTable, orders);
  expect(info).toEqual(['Table "sales.orders" was dropped.', 'Its data stays at "warehouse/sales/orders".']);
  expect(outputs).toEqual(orders);
  expect(warnings).toEqual([]);
  expect(await stored()).toBeNull();
  expect(await world.list("warehouse")).toEqual(["sales/orders/1.csv"]);
});

test("succeeds for an absent table, and for a table that is only files", async () => {
  await world.run(deleteTable, orders);
  await world.put("sales/raw.csv", "id\n1\n");
  for (const name of ["orders", "raw.csv"]) {
    const { info } = await world.run(deleteTable, { ...orders, table_name: name, delete_data: true });
    expect(info).toEqual([`There was no table "sales.${name}" in the catalog. Nothing was deleted.`]);
  }
  expect(await world.list("sales")).toEqual(["raw.csv"]);
  expect(await world.list("warehouse")).toEqual(["sales/orders/1.csv"]);
});

describe("with delete_data", () => {
  const withData = { ...orders, delete_data: true };

  test("deletes the data too", async () => {
    const { info } = await world.run(deleteTable, withData);
    expect(info[1]).toBe('Its data at "warehouse/sales/orders" was deleted.');
    expect(await world.list()).toEqual([]);
  });

  test("deletes only the files that a glob matches", async () => {
    await world.put("warehouse/sales/orders/notes.txt", "keep");
    await world.table("sales.some", "id bigint", { location: "warehouse/sales/orders/*.csv" });
    await world.run(deleteTable, { ...withData, table_name: "some" });
    expect(await world.list("warehouse")).toEqual(["sales/orders/notes.txt"]);
  });

  test.each(["", "sales"])("refuses the place %j, which holds more than the table", async (location) => {
    await world.table("sales.all", "id bigint", { location });
    await failure(world.run(deleteTable, { ...withData, table_name: "all" }), "invalid");
    expect(await stored("all")).not.toBeNull();
    expect(await stored()).not.toBeNull();
  });

  test("keeps the data when the drop is refused, and reports data that it can't delete", async () => {
    const deny = async () => {
      throw new ProviderError("denied", "You may not do that. Ask for the right to.");
    };
    const metastore = { ...world.engines.metastore, deleteTable: deny };
    await failure(world.run(deleteTable, withData, { engines: { ...world.engines, metastore } }), "denied");
    expect(await world.list("warehouse")).toEqual(["sales/orders/1.csv"]);
    const storage = { ...world.engines.storage, delete: deny };
    const error = await failure(world.run(deleteTable, withData, { engines: { ...world.engines, storage } }), "denied");
    expect(error.message).toContain('Table "sales.orders" was dropped, but not all of its data');
  });
});

test("refuses what belongs to another state, and warns about a declaration", async () => {
  const owner = { lineage: "l-1", address: "table.sales.declared" };
  await world.table("sales.declared", "id bigint", { owner });
  const parameters = { database_name: "sales", table_name: "declared" };
  await failure(world.run(deleteTable, parameters, { owner: { lineage: "l-2", address: "deployment.x" } }), "denied");
  const { warnings } = await world.run(deleteTable, parameters, { owner: { lineage: "l-1", address: "deployment.x" } });
  expect(warnings[0]).toContain('"table.sales.declared"');
  expect(await stored("declared")).toBeNull();
});

test("is a drop in the plan", async () => {
  expect(await world.preview(deleteTable, { ...orders, delete_data: true })).toMatchObject({
    summary: "drops sales.orders and its data at warehouse/sales/orders",
    makes: [{ dropped: { database: "sales", table: "orders" } }],
  });
  const absent = await world.preview(deleteTable, { ...orders, table_name: "absent" });
  expect(absent).toMatchObject({ summary: "drops sales.absent (not there)", makes: [] });
});
