import { afterEach, beforeEach, expect, test } from "vitest";
import { fromText } from "../../../src/operator/check-parameters.ts";
import { list } from "../../../src/operator/partition/list.ts";
import { failure } from "../../conformance/support.ts";
import { type OperatorRun, operatorRun } from "../run-operator.ts";

let world: OperatorRun;
const orders = { database_name: "sales", table_name: "orders" };
beforeEach(async () => {
  world = await operatorRun();
  for (const folder of ["country=FR/year=2024", "country=FR/year=2025", "country=DE/year=2025"]) {
    await world.put(`warehouse/sales/orders/${folder}/1.csv`, "id\n1\n");
  }
  await world.table("sales.orders", "id bigint", { partitionedBy: "country string, year bigint" });
});
afterEach(() => world.close());

test("lists values and locations", async () => {
  const { data, info, outputs } = await world.run(list, orders);
  expect(data).toEqual([
    { Values: { country: "DE", year: "2025" }, Location: "warehouse/sales/orders/country=DE/year=2025" },
    { Values: { country: "FR", year: "2024" }, Location: "warehouse/sales/orders/country=FR/year=2024" },
    { Values: { country: "FR", year: "2025" }, Location: "warehouse/sales/orders/country=FR/year=2025" },
  ]);
  expect(info).toEqual(['Table "sales.orders" has 3 partitions.']);
  expect(outputs).toEqual(orders);
});

test.each([
  [{ country: "FR" }, ["2024", "2025"]],
  [{ country: "FR", year: 2025 }, ["2025"]],
  ["country=FR, year=2024", ["2024"]],
  ["country=IT", []],
])("filters by %j", async (filter, years) => {
  const { data, info } = await world.run(list, { ...orders, filter });
  expect(data.map((row) => (row as { Values: { year: string } }).Values.year)).toEqual(years);
  expect(info).toEqual([
    `Table "sales.orders" has 3 partitions. ${years.length} of them match${years.length === 1 ? "es" : ""} the filter.`,
  ]);
});

test("accepts a filter as a command line gives it", () => {
  expect(fromText("map", "country=FR, year=2024")).toEqual({ country: "FR", year: "2024" });
  expect(fromText("map", '{"country": null}')).toEqual({ country: null });
  expect(fromText("map", "FR")).toBe("FR");
});

test("refuses a filter with an unknown partition column, and one that can't be read", async () => {
  await expect(world.run(list, { ...orders, filter: { contry: "FR" } })).rejects.toMatchObject({
    code: "invalid",
    message: expect.stringContaining('Did you mean "country"?'),
  });
  await failure(world.run(list, { ...orders, filter: "FR" }), "invalid");
  await failure(world.run(list, { ...orders, filter: { country: ["FR"] } }), "invalid");
});

test("reports a table without partitions; fails for an absent table", async () => {
  await world.table("sales.plain", "id bigint");
  const { data, info } = await world.run(list, { ...orders, table_name: "plain" });
  expect(data).toEqual([]);
  expect(info).toEqual(['Table "sales.plain" is not partitioned.']);
  await expect(world.run(list, { ...orders, table_name: "order" })).rejects.toMatchObject({
    code: "not_found",
    message: expect.stringContaining('Did you mean "orders"?'),
  });
  expect((await world.preview(list, orders)).summary).toBe("lists the partitions of sales.orders");
});
