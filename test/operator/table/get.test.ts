import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { get } from "../../../src/operator/table/get.ts";
import { failure } from "../../conformance/support.ts";
import { type OperatorRun, operatorRun } from "../run-operator.ts";

let world: OperatorRun;
const orders = { database_name: "sales", table_name: "orders" };
const lines = (count: number) =>
  `id,name\n${Array.from({ length: count }, (_, at) => `${at + 1},n${at + 1}\n`).join("")}`;

beforeEach(async () => {
  world = await operatorRun();
});
afterEach(() => world.close());

describe("a catalogued table", () => {
  beforeEach(async () => {
    await world.put("warehouse/sales/orders/country=FR/1.csv", lines(30));
    await world.table("sales.orders", "id bigint, name string", { partitionedBy: "country string" });
  });

  test("is shown in the documented shape", async () => {
    const { data, outputs, info } = await world.run(get, orders);
    expect(data).toEqual([
      {
        Name: "orders",
        CreatedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        CreatedBy: "tester",
        Schema: {
          SchemaType: "csv",
          Columns: [
            { Name: "id", Type: "bigint" },
            { Name: "name", Type: "string" },
          ],
        },
        Partitions: [{ Name: "country", Type: "string" }],
        Location: "warehouse/sales/orders",
        Format: "csv",
      },
    ]);
    expect(outputs).toEqual(orders);
    expect(info).toEqual([]);
    expect(world.jobs).toEqual([]);
  });

  test("writes its first rows to output_path", async () => {
    const { outputs, info } = await world.run(get, { ...orders, output_path: "out/first.csv" });
    expect(outputs).toMatchObject({ output_path: "out/first.csv", job_id: expect.any(String) });
    expect(info.at(-1)).toContain('Wrote 10 rows to "out/first.csv"');
    expect(world.jobs).toMatchObject([{ kind: "preview", limit: 10 }]);
    expect(await world.rows("out/first.csv")).toHaveLength(10);
    expect((await world.rows("out/first.csv"))[0]).toMatchObject({ id: 1, name: "n1", country: "FR" });
    await failure(world.run(get, { ...orders, output_path: "out/first.csv" }), "exists");
    await world.run(get, { ...orders, output_path: "out/first.csv", limit: 3, overwrite: true });
    expect(await world.rows("out/first.csv")).toHaveLength(3);
  });

  test("reports what a config without storage or execution can't do", async () => {
    const { execution: _, ...engines } = world.engines;
    const parameters = { ...orders, output_path: "out/first.csv" };
    const error = await failure(world.run(get, parameters, { engines }), "unsupported");
    expect(error.message).toContain("no execution engine");
    const { storage: __, execution: ___, ...catalog } = world.engines;
    expect((await world.run(get, orders, { engines: catalog })).data).toHaveLength(1);
  });

  test("is previewed with its columns and the output file", async () => {
    const shown = await world.preview(get, { ...orders, output_path: "out/first.parquet" });
    expect(shown).toMatchObject({
      summary: "sales.orders -> out/first.parquet, 10 rows",
      certainty: "predicted",
      columns: [{ name: "id" }, { name: "name" }, { name: "country" }],
      makes: [{ path: "out/first.parquet", format: "parquet" }],
    });
    expect((await world.preview(get, orders)).summary).toBe("sales.orders: 2 columns, csv, partitioned by country");
  });
});

describe("files that are not in the catalog", () => {
  beforeEach(() => world.put("sales/raw/orders.csv", lines(2)));

  test("are shown with a note", async () => {
    const { data, info } = await world.run(get, { database_name: "sales", table_name: "raw/orders.csv" });
    expect(data).toMatchObject([{ Name: "raw/orders.csv", Location: "sales/raw/orders.csv", CreatedBy: null }]);
    expect(info[0]).toBe('"raw/orders.csv" is not in the catalog; it was read from "sales/raw/orders.csv".');
  });

  test("are read without headers on request", async () => {
    const parameters = { database_name: "sales", table_name: "raw/orders.csv", read_headers: false };
    const { data } = await world.run(get, parameters);
    expect(data).toMatchObject([{ Schema: { Columns: [{ Name: "col_0" }, { Name: "col_1" }] } }]);
    await world.run(get, { ...parameters, output_path: "out/rows.csv" });
    expect((await world.read("out/rows.csv")).split("\n").slice(0, 2)).toEqual(["col_0,col_1", "id,name"]);
  });
});

test("an absent table is an error, and one line in the plan", async () => {
  await world.table("sales.orders", "id bigint");
  await expect(world.run(get, { ...orders, table_name: "order" })).rejects.toMatchObject({
    code: "not_found",
    message: expect.stringContaining('Did you mean "orders"?'),
  });
  const shown = await world.preview(get, { ...orders, table_name: "order" });
  expect(shown).toMatchObject({ summary: "sales.order (not there yet)", certainty: "unknown", problems: [] });
  const unknown = { unknown: new Set(["table_name"]) };
  expect((await world.preview(get, { database_name: "sales" }, unknown)).summary).toBe("sales.(known after apply)");
});
