import { afterEach, beforeEach, expect, test } from "vitest";
import { list } from "../../../src/operator/table/list.ts";
import { failure } from "../../conformance/support.ts";
import { type OperatorRun, operatorRun } from "../run-operator.ts";

let world: OperatorRun;
beforeEach(async () => {
  world = await operatorRun();
});
afterEach(() => world.close());

test("lists tables of the catalog and files, by prefix", async () => {
  await world.table("sales.orders", "id bigint");
  await world.put("sales/customers.csv", "id\n1\n");
  const { data, outputs, info } = await world.run(list, { database_name: "sales" });
  expect(data).toEqual([{ Tables: ["customers.csv", "orders"] }]);
  expect(outputs).toEqual({ database_name: "sales" });
  expect(info).toEqual([]);
  expect((await world.run(list, { database_name: "sales", prefix: "ord" })).data).toEqual([{ Tables: ["orders"] }]);
  const none = await world.run(list, { database_name: "sales", prefix: "x" });
  expect(none.info).toEqual(['Database "sales" has no tables whose name starts with "x".']);
});

test("fails for an absent database, and is one line in the plan", async () => {
  await failure(world.run(list, { database_name: "absent" }), "not_found");
  expect((await world.preview(list, { database_name: "absent" })).summary).toBe("lists the tables of absent");
});
