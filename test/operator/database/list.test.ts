import { afterEach, beforeEach, expect, test } from "vitest";
import { list } from "../../../src/operator/database/list.ts";
import { type OperatorRun, operatorRun } from "../run-operator.ts";

let world: OperatorRun;
beforeEach(async () => {
  world = await operatorRun();
});
afterEach(() => world.close());

test("lists databases of the catalog and directories, sorted", async () => {
  await world.engines.metastore.createDatabase({ name: "sales" });
  await world.put("raw/orders.csv", "id\n1\n");
  const { data, info } = await world.run(list, {});
  expect(data).toEqual([{ Databases: ["raw", "sales"] }]);
  expect(info).toEqual([]);
});

test("reports what limit and pattern leave out", async () => {
  for (const name of ["sales_eu", "sales_us", "web"]) await world.engines.metastore.createDatabase({ name });
  expect((await world.run(list, { pattern: "sales_*" })).data).toEqual([{ Databases: ["sales_eu", "sales_us"] }]);
  const cut = await world.run(list, { limit: 1 });
  expect(cut.data).toEqual([{ Databases: ["sales_eu"] }]);
  expect(cut.info).toEqual(['1 of 3 databases are shown. Raise "limit" to see more.']);
  expect((await world.run(list, { pattern: "x*" })).info).toEqual(['No database matches "x*".']);
  expect((await world.preview(list, {})).summary).toBe("lists databases");
});
