import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { query } from "../../../src/operator/table/query.ts";
import { type OperatorRun, operatorRun, refused } from "../run-operator.ts";

let run: OperatorRun;
beforeEach(async () => {
  run = await operatorRun();
  await run.table("sales.orders", "id bigint, customer bigint, amount double");
  await run.put("warehouse/sales/orders/a.csv", "id,customer,amount\n1,1,10\n2,2,20\n");
  await run.put("warehouse/sales/orders/b.csv", "id,customer,amount\n3,1,30\n");
});
afterEach(() => run.close());

const named = { database_name: "sales", table_name: "orders" };
const customers = async () => {
  await run.table("sales.customers", "id bigint, name string");
  await run.put("warehouse/sales/customers/a.csv", "id,name\n1,Ada\n2,Ben\n");
};

describe("rows", () => {
  test("$table is the named table, except in strings and comments", async () => {
    const sql = "select sum(amount) as total, '$table' as text from $table -- $table";
    const { data, outputs, warnings } = await run.run(query, { ...named, query_string: sql });
    expect(data).toEqual([{ total: 60, text: "$table" }]);
    expect(outputs).toEqual({ job_id: expect.any(String), ...named });
    expect(warnings).toEqual([]);
  });

  test("a name that needs quotes is quoted", async () => {
    await run.put("warehouse/odd.csv", "n\n1\n");
    await run.table("sales.odd-one", "n bigint", { location: "warehouse/odd.csv" });
    const parameters = { database_name: "sales", table_name: "odd-one", query_string: "select n from $table" };
    expect((await run.run(query, parameters)).data).toEqual([{ n: 1 }]);
  });

  test("tables of the metastore are joined, by whole name or in database_name", async () => {
    await customers();
    const join = (orders: string, people: string) =>
      `with c as (select * from ${people}) select c.name, sum(o.amount) as total from ${orders} o join c on o.customer = c.id group by 1 order by 1`;
    const expected = [
      { name: "Ada", total: 40 },
      { name: "Ben", total: 20 },
    ];
    const whole = await run.run(query, { query_string: join("sales.orders", "sales.customers") });
    expect(whole.data).toEqual(expected);
    const short = await run.run(query, { ...named, query_string: join("$table", "customers") });
    expect(short.data).toEqual(expected);
  });

  test("rows beyond the limit are cut, with a warning", async () => {
    const parameters = { ...named, query_string: "select id from $table order by id", limit: 2 };
    const { data, warnings } = await run.run(query, parameters);
    expect(data).toEqual([{ id: 1 }, { id: 2 }]);
    expect(warnings).toEqual([expect.stringContaining("cut after 2 rows")]);
    expect((await run.run(query, { ...parameters, limit: 3 })).warnings).toEqual([]);
  });

  test("without a limit 1,000 rows are shown, and rows come in pages", async () => {
    const all = await run.run(query, { query_string: "select * from range(5000) t(i)" });
    expect(all.data).toHaveLength(1000);
    expect(all.warnings).toEqual([expect.stringContaining("1,000 rows")]);
    const more = await run.run(query, { query_string: "select * from range(5000) t(i) order by i", limit: 2500 });
    expect(more.data).toHaveLength(2500);
    expect(more.data.at(-1)).toEqual({ i: 2499 });
  });

  test("a partitioned table gives its partitions as columns, and only the listed ones", async () => {
    await run.table("sales.daily", "id bigint", { partitionedBy: "day date" });
    await run.put("warehouse/sales/daily/day=2026-01-01/a.csv", "id\n1\n");
    await run.put("warehouse/sales/daily/day=2026-01-02/a.csv", "id\n2\n");
    const parameters = {
      database_name: "sales",
      table_name: "daily",
      query_string: "select * from $table order by id",
    };
    expect((await run.run(query, parameters)).data).toEqual([
      { id: 1, day: "2026-01-01" },
      { id: 2, day: "2026-01-02" },
    ]);
    await run.engines.metastore.deletePartitions?.("sales", "daily", [{ day: "2026-01-01" }]);
    expect((await run.run(query, parameters)).data).toEqual([{ id: 2, day: "2026-01-02" }]);
  });

  test("files with another order of columns, or without one, are read by name", async () => {
    await run.put("warehouse/sales/orders/c.csv", "amount,id\n40,4\n");
    const sql = "select * from $table where id >= 3 order by id";
    expect((await run.run(query, { ...named, query_string: sql })).data).toEqual([
      { id: 3, customer: 1, amount: 30 },
      { id: 4, customer: null, amount: 40 },
    ]);
  });

  test("an empty table gives no rows", async () => {
    await run.table("sales.none", "id bigint");
    const parameters = { database_name: "sales", table_name: "none", query_string: "select count(*) as n from $table" };
    expect((await run.run(query, parameters)).data).toEqual([{ n: 0 }]);
  });
});

describe("refusals", () => {
  const refuse = async (
    parameters: Parameters<OperatorRun["run"]>[1],
    code: Parameters<typeof refused>[1],
    text: string,
  ) => {
    expect((await refused(run.run(query, parameters), code)).message).toContain(text);
    expect(run.jobs).toEqual([]);
  };

  test.each(["drop table x", "copy (select 1) to 'x.csv'", "select 1; select 2", "insert into t values (1)"])(
    "%s",
    (sql) => refuse({ query_string: sql }, "invalid", "not one SELECT"),
  );

  test("SQL that can't be parsed is reported with its place", () =>
    refuse({ query_string: "select\n1 frm x y" }, "invalid", "line 2"));
  test("a glob with braces in SQL, with the list to write", () =>
    refuse({ query_string: "from read_csv('raw/{a,b}.csv')" }, "invalid", "Write ['raw/a.csv', 'raw/b.csv']"));

  test("an absent table, with a suggestion", () =>
    refuse({ query_string: "select * from sales.order" }, "not_found", 'Did you mean "orders"?'));
  test("a name without its database", () =>
    refuse({ query_string: "select * from orders" }, "invalid", "database_name"));
  test("a name of three parts", () =>
    refuse({ query_string: "select * from a.b.c" }, "invalid", "more than two parts"));
  test("$table without a table", () =>
    refuse({ query_string: "select * from $table" }, "invalid", "no table is named"));
  test("$other", () => refuse({ ...named, query_string: "select $other from $table" }, "invalid", '"$other"'));
  test("a format that the path denies", () =>
    refuse({ query_string: "select 1", output_path: "o.csv", output_format: "json" }, "invalid", '".csv"'));
  test("partitions of one file", () =>
    refuse(
      { query_string: "select 1 as a, 2 as b", output_path: "o.csv", partition_columns: ["a"] },
      "invalid",
      "a single file",
    ));
  test("an unknown partition column", () =>
    refuse(
      { ...named, query_string: "select * from $table", output_path: "o", partition_columns: ["ID", "day"] },
      "invalid",
      '"day"',
    ));

  test("the engine's error about SQL that it can't run", async () => {
    const error = await refused(run.run(query, { ...named, query_string: "select nope from $table" }), "invalid");
    expect(error.message).toContain('"nope"');
  });
});

describe("written", () => {
  const sql = "select id, amount from $table order by id";

  test("one file by its extension, all rows", async () => {
    const { outputs, info, data } = await run.run(query, { ...named, query_string: sql, output_path: "out/o.csv" });
    expect(outputs).toMatchObject({ output_path: "out/o.csv", rows: 3, job_id: expect.any(String) });
    expect(info[0]).toMatch(/^Wrote 3 rows to "out\/o.csv" \(1 file, \d+ bytes\)\.$/);
    expect(data).toEqual([]);
    expect(await run.read("out/o.csv")).toBe("id,amount\n1,10.0\n2,20.0\n3,30.0\n");
  });

  test("a directory, parquet by default, at most limit rows", async () => {
    await run.run(query, { ...named, query_string: sql, output_path: "out/o", limit: 2 });
    expect(await run.list("out")).toEqual(["o/part-0.parquet"]);
    expect(await run.rows("out/o")).toEqual([
      { id: 1, amount: 10 },
      { id: 2, amount: 20 },
    ]);
  });

  test("partitioned", async () => {
    const parameters = { ...named, query_string: "select * from $table", output_path: "out/o", output_format: "csv" };
    await run.run(query, { ...parameters, partition_columns: ["customer"] });
    expect(await run.list("out/o")).toEqual(["customer=1/part-0.csv", "customer=2/part-0.csv"]);
    expect(await run.rows("out/o")).toContainEqual({ id: 2, amount: 20, customer: 2 });
  });

  test("never onto what it reads", async () => {
    for (const output_path of ["warehouse/sales/orders", "warehouse/sales/orders/x", "warehouse/sales", "warehouse"]) {
      const parameters = { ...named, query_string: sql, output_path, overwrite: true };
      expect((await refused(run.run(query, parameters), "invalid")).message).toContain("overlaps the input");
    }
    expect(run.jobs).toEqual([]);
  });
});

describe("preview", () => {
  test("columns as the engine types them, and the output", async () => {
    const parameters = { ...named, query_string: "select id, amount * 2 as twice from $table", output_path: "out/o" };
    const shown = await run.preview(query, { ...parameters, partition_columns: ["id"] });
    expect(shown).toMatchObject({
      summary: "sales.orders -> out/o, parquet, by id",
      // Reading infers the type of "id" from the names of folders.
      certainty: "predicted",
      statements: ['select id, amount * 2 as twice from "sales"."orders"'],
      problems: [],
    });
    expect(shown.columns?.map((column) => column.name)).toEqual(["id", "twice"]);
    expect(shown.makes).toMatchObject([
      { path: "out/o", format: "parquet", columns: [{ name: "twice" }], partitions: [{ name: "id" }] },
    ]);
    expect(run.jobs).toEqual([]);
    expect(await run.preview(query, parameters)).toMatchObject({ certainty: "checked" });
    expect(await run.preview(query, { ...parameters, output_format: "csv" })).toMatchObject({ certainty: "predicted" });
  });

  test("a name without a database is one of database_name", async () => {
    const shown = await run.preview(query, { database_name: "sales", query_string: "select amount from orders" });
    expect(shown).toMatchObject({ certainty: "checked", summary: "sales.orders -> rows", problems: [] });
  });

  test("errors of the SQL are problems", async () => {
    const shown = await run.preview(query, { ...named, query_string: "select nope from $table" });
    expect(shown).toMatchObject({ certainty: "unknown", problems: [{ parameter: "query_string" }] });
    expect(shown.problems[0]?.message).toContain("nope");
    const broken = await run.preview(query, { query_string: "selec 1" });
    expect(broken.problems).toHaveLength(1);
  });

  test("a missing table, an unknown value and a missing engine are no failures", async () => {
    const missing = await run.preview(query, { query_string: "select * from sales.nope", output_path: "out/o" });
    expect(missing).toMatchObject({ certainty: "unknown", problems: [], makes: [] });
    const later = await run.preview(
      query,
      { query_string: "select 1" },
      { unknown: new Set(["query_string", "output_path"]) },
    );
    expect(later).toMatchObject({ certainty: "unknown", statements: [], summary: "SQL -> (known after apply)" });
    const none = await run.preview(query, { query_string: "select 1" }, { engines: { configId: "9" } });
    expect(none).toMatchObject({ certainty: "unknown", problems: [{ message: expect.stringContaining('"9"') }] });
  });
});
