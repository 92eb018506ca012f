import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { indexDeclared } from "../../../src/operator/declared/declared-tables.ts";
import { get } from "../../../src/operator/table/get.ts";
import { infer } from "../../../src/operator/table/infer.ts";
import { failure } from "../../conformance/support.ts";
import { schema } from "../../sql/dialects/duckdb/local-run.ts";
import { type OperatorRun, operatorRun } from "../run-operator.ts";

let world: OperatorRun;
const ours = { lineage: "l-1", address: "deployment.load/step_1" };
const orders = { database_name: "sales", storage_path: "raw/orders", table_name: "orders" };

beforeEach(async () => {
  world = await operatorRun();
  await world.put("raw/orders/1.csv", "id,name\n1,a\n");
});
afterEach(() => world.close());

const stored = (name = "orders") => world.engines.metastore.getTable("sales", name);

describe("a table that does not exist", () => {
  test("is created with its database, real types and owner", async () => {
    const { data, outputs, info } = await world.run(infer, orders, { owner: ours });
    expect(outputs).toEqual({
      database_name: "sales",
      table_name: "orders",
      format: "csv",
      location: "raw/orders",
      job_id: expect.any(String),
    });
    expect(await world.engines.execution.getJob(String(outputs.job_id))).toMatchObject({ state: "succeeded" });
    expect(data).toMatchObject([
      {
        Name: "orders",
        CreatedBy: "tester",
        Schema: {
          SchemaType: "csv",
          Columns: [
            { Name: "id", Type: "bigint" },
            { Name: "name", Type: "string" },
          ],
        },
        Location: "raw/orders",
      },
    ]);
    expect(info[0]).toBe('Table "sales.orders" was created over "raw/orders": 2 columns, csv.');
    expect(await stored()).toMatchObject({ catalogued: true, owner: ours, csv: { delimiter: ",", header: true } });
    expect(await world.engines.metastore.getDatabase("sales")).toMatchObject({ catalogued: true, owner: ours });
  });

  test("is created in a database that looked like a directory while another step was creating it", async () => {
    const metastore = {
      ...world.engines.metastore,
      getDatabase: async (name: string) => ({ name, catalogued: false }),
    };
    await world.run(infer, orders, { engines: { ...world.engines, metastore } });
    expect(await stored()).toMatchObject({ catalogued: true });
    expect(await world.engines.metastore.getDatabase("sales")).toMatchObject({ catalogued: true });
  });

  test("has no owner outside a deployment", async () => {
    await world.run(infer, orders);
    expect((await stored())?.owner).toBeUndefined();
  });

  test.each([
    ["raw/orders", "orders"],
    ["raw/orders/", "orders"],
    ["raw/orders/1.csv", "t_1"],
    ["raw/orders/*.csv", "orders"],
    ["raw/ord:ers.csv", "ord_ers"],
    ["raw/Web Clicks.csv", "web_clicks"],
  ])("is named by its path %j: %s", async (path, name) => {
    await world.put("raw/ord:ers.csv", "id\n1\n");
    await world.put("raw/Web Clicks.csv", "id\n1\n");
    const { outputs } = await world.run(infer, { database_name: "sales", storage_path: path });
    expect(outputs.table_name).toBe(name);
    expect(await stored(name)).toMatchObject({ location: path.replace(/\/$/, "") });
  });

  test("reads headers as data on request", async () => {
    await world.run(infer, { ...orders, read_headers: false });
    expect(await stored()).toMatchObject({ columns: [{ name: "col_0" }, { name: "col_1" }], csv: { header: false } });
  });

  test("may have the name of files that are not catalogued", async () => {
    await world.put("sales/orders.csv", "x\n1\n");
    await world.put("sales/orders.jsonl", '{"x": 1}\n');
    await world.run(infer, orders);
    expect(await stored()).toMatchObject({ catalogued: true, location: "raw/orders" });
  });

  test.each(["../x", "", "/etc", "."])("is refused at %j", async (path) => {
    await failure(world.run(infer, { ...orders, storage_path: path }), "invalid");
    expect(await world.engines.metastore.getDatabase("sales")).toBeNull();
  });

  test("is not created when there are no files", async () => {
    await failure(world.run(infer, { ...orders, storage_path: "raw/absent" }), "not_found");
    expect(await world.engines.metastore.getDatabase("sales")).toBeNull();
  });
});

describe("partitions", () => {
  const partitions = async () =>
    (await world.engines.metastore.listPartitions("sales", "clicks")).map((partition) => partition.values);
  const clicks = { database_name: "sales", storage_path: "raw/clicks" };
  beforeEach(async () => {
    await world.put("raw/clicks/country=FR/1.csv", "id\n1\n");
    await world.put("raw/clicks/country=DE/1.csv", "id\n1\n");
  });

  test("are found in folders by the metastore, including later ones", async () => {
    const { info } = await world.run(infer, clicks);
    expect(info[0]).toContain("partitioned by country");
    expect(info.join(" ")).not.toContain("added");
    expect(await partitions()).toEqual([{ country: "DE" }, { country: "FR" }]);
    await world.put("raw/clicks/country=IT/1.csv", "id\n1\n");
    expect(await partitions()).toHaveLength(3);
  });

  test("with escaped, null and numeric values are the same for the reader and the metastore", async () => {
    for (const folder of ["year=2024/c=a%20b", "year=2024/c=__HIVE_DEFAULT_PARTITION__", "year=2025/c=x%3Dy"]) {
      await world.put(`raw/odd/${folder}/1.csv`, "id\n1\n");
    }
    const { info, data } = await world.run(infer, { database_name: "sales", storage_path: "raw/odd" });
    expect(info).toEqual(['Table "sales.odd" was created over "raw/odd": 1 column, csv, partitioned by year, c.']);
    expect(data).toMatchObject([
      {
        Partitions: [
          { Name: "year", Type: "bigint" },
          { Name: "c", Type: "string" },
        ],
      },
    ]);
    await world.put("raw/odd/year=2026/c=z/1.csv", "id\n1\n");
    expect(await world.engines.metastore.listPartitions("sales", "odd")).toHaveLength(4);
  });

  test("of a glob are registered, and can be read", async () => {
    const place = { database_name: "sales", table_name: "some" };
    const { info } = await world.run(infer, { ...place, storage_path: "raw/clicks/*/*.csv" });
    expect(info[1]).toBe("2 partitions were added.");
    await world.run(get, { ...place, output_path: "out/some.csv" });
    expect(await world.rows("out/some.csv")).toHaveLength(2);
  });

  test("are registered where the metastore lists them", async () => {
    await world.run(infer, clicks);
    const listed = [{ values: { country: "XX" }, location: "elsewhere/country=XX" }];
    await world.engines.metastore.addPartitions?.("sales", "clicks", listed);
    await world.put("raw/clicks/country=IT/1.csv", "id\n1\n");
    const { info } = await world.run(infer, clicks);
    expect(info[0]).toBe("1 partition was added.");
    expect(await partitions()).toEqual([{ country: "XX" }, { country: "DE" }, { country: "FR" }, { country: "IT" }]);
  });
});

describe("a table that exists", () => {
  test("is not written when nothing changed", async () => {
    await world.run(infer, orders);
    const before = await stored();
    const { info } = await world.run(infer, orders);
    expect(info[0]).toBe('Table "sales.orders" already matches its files. Nothing was changed.');
    expect(await stored()).toEqual(before);
  });

  test("is updated with a report of the changes, and keeps its owner", async () => {
    await world.run(infer, orders, { owner: ours });
    await world.put("raw/new/1.csv", "name,id,amount\na,x,3\n");
    const other = { lineage: "l-1", address: "deployment.other/step_1" };
    const { info } = await world.run(infer, { ...orders, storage_path: "raw/new" }, { owner: other });
    expect(info.slice(0, 4)).toEqual([
      'The location changed from "raw/orders" to "raw/new".',
      'Column "id" changed from bigint to string.',
      'Column "amount" (bigint) was added.',
      "The order of the columns changed.",
    ]);
    expect(await stored()).toMatchObject({ owner: ours, createdBy: "tester", location: "raw/new" });
  });

  test("of another state is refused", async () => {
    await world.table("sales.orders", "id bigint", { owner: { lineage: "l-2", address: "deployment.theirs" } });
    const before = await stored();
    const error = await failure(world.run(infer, orders, { owner: ours }), "denied");
    expect(error.message).toContain('"deployment.theirs"');
    expect(await stored()).toEqual(before);
  });
});

describe("a table that the project declares", () => {
  const owner = { lineage: "l-1", address: "table.sales.orders" };
  const declare = (columns: string, partitionedBy = "") =>
    world.table("sales.orders", columns, { location: "raw/orders", owner, partitionedBy });

  test("keeps its declaration when the files can be read that way", async () => {
    await declare("id decimal(18,2), name varchar(10)");
    const before = await stored();
    const { info } = await world.run(infer, orders, { owner: ours });
    expect(info[0]).toContain("Nothing was changed.");
    expect(await stored()).toEqual(before);
  });

  test("refuses other columns with the difference", async () => {
    await declare("id date, amount bigint");
    const before = await stored();
    const error = await failure(world.run(infer, orders, { owner: ours }), "conflict");
    expect(error.message).toBe(
      'Table "sales.orders" is declared as "table.sales.orders", but its files differ: column "amount" is declared, but not in the files; column "id" is declared as date, but the files hold bigint; column "name" (string) is in the files, but not declared. Change the declaration, or the files.',
    );
    expect(error.retryable).toBe(false);
    expect(await stored()).toEqual(before);
  });

  test("refuses another place", async () => {
    await declare("id bigint, name string");
    await world.put("raw/other/1.csv", "id,name\n1,a\n");
    const error = await failure(world.run(infer, { ...orders, storage_path: "raw/other" }), "conflict");
    expect(error.message).toContain('its location is declared as "raw/orders", not "raw/other"');
  });

  test("refuses other columns by the project's declaration, before the catalogue knows of it", async () => {
    const table = { ...orders, name: "orders", address: "table.sales.orders", database: "sales" };
    const declared = indexDeclared(
      [],
      [
        {
          ...table,
          format: "csv",
          location: "raw/orders/",
          columns: schema("id bigint, total double"),
          partitions: [],
        },
      ],
    );
    const { problems, makes } = await world.preview(infer, orders, { declared });
    expect(problems).toMatchObject([{ parameter: "storage_path", message: expect.stringContaining('"total"') }]);
    expect(makes).toEqual([]);
    const { message } = await failure(world.run(infer, orders, { declared }), "conflict");
    expect(message).toBe(problems[0]?.message);
    expect(await world.engines.metastore.getDatabase("sales")).toBeNull();
  });

  test("gets new partitions", async () => {
    await world.put("raw/clicks/country=FR/1.csv", "id\n1\n");
    const address = "table.sales.clicks";
    const place = { location: "raw/clicks", partitionedBy: "country string", owner: { lineage: "l-1", address } };
    await world.table("sales.clicks", "id bigint", place);
    const listed = [{ values: { country: "XX" }, location: "elsewhere/country=XX" }];
    await world.engines.metastore.addPartitions?.("sales", "clicks", listed);
    await world.put("raw/clicks/country=IT/1.csv", "id\n1\n");
    const { info } = await world.run(infer, { database_name: "sales", storage_path: "raw/clicks" }, { owner: ours });
    expect(info[0]).toBe("1 partition was added.");
    expect(await world.engines.metastore.listPartitions("sales", "clicks")).toHaveLength(3);
  });
});

describe("in the plan", () => {
  test("creates the table", async () => {
    expect(await world.preview(infer, orders)).toMatchObject({
      summary: "raw/orders -> sales.orders",
      certainty: "predicted",
      columns: schema("id bigint, name string"),
      makes: [{ table: { database: "sales", name: "orders", location: "raw/orders", catalogued: true } }],
      problems: [],
    });
    expect(await world.engines.metastore.getDatabase("sales")).toBeNull();
  });

  test("reports what a declared table would refuse", async () => {
    const owner = { lineage: "l-1", address: "table.sales.orders" };
    await world.table("sales.orders", "id bigint", { location: "raw/orders", owner });
    const { problems, makes } = await world.preview(infer, orders);
    expect(problems).toMatchObject([{ parameter: "storage_path", message: expect.stringContaining('"name"') }]);
    expect(makes).toEqual([]);
  });

  test("reports no more than it knows", async () => {
    const absent = await world.preview(infer, { database_name: "sales", storage_path: "raw/absent" });
    expect(absent).toMatchObject({ summary: "raw/absent -> sales.absent", certainty: "unknown", makes: [] });
    const headless = await world.preview(infer, { ...orders, read_headers: false });
    expect(headless.columns?.map((column) => column.name).slice(0, 2)).toEqual(["col_0", "col_1"]);
    const csv = { delimiter: "|", header: false };
    const other = await world.preview(infer, { ...orders, csv });
    expect(other.columns?.[0]?.name).toBe("col_0");
    expect(other.makes).toMatchObject([{ table: { settings: { csv } } }]);
    const open = await world.preview(infer, orders, { unknown: new Set(["csv"]) });
    expect(open).toMatchObject({ summary: "raw/orders -> sales.orders", certainty: "unknown", makes: [] });
    const later = { unknown: new Set(["storage_path"]) };
    expect((await world.preview(infer, { database_name: "sales" }, later)).summary).toBe(
      "(known after apply) -> sales.(named by its path)",
    );
  });
});

test("files that can't be one table are refused by name", async () => {
  await world.put("raw/mixed/1.csv", "id\n1\n");
  await world.put("raw/mixed/2.jsonl", '{"id": 1}\n{"id": 2}\n');
  const error = await failure(world.run(infer, { ...orders, storage_path: "raw/mixed" }), "invalid");
  expect(error.message).toContain("2.jsonl");
  expect(await world.engines.metastore.getDatabase("sales")).toBeNull();
});
