/** Tables of trino on the real server: what the suite of metastores does not ask, with Trino asked by hand as the oracle. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createTrinoMetastore } from "../../../providers/trino/metastore.ts";
import type { Metastore, TableInput } from "../../../src/engine/metastore.ts";
import { formatDataType, parseDataType } from "../../../src/model/data-type.ts";
import type { Column } from "../../../src/model/schema.ts";
import { temporaryContext } from "../../conformance/context.ts";
import { failure } from "../../conformance/support.ts";
import { available } from "../support/available.ts";
import { ask, dropAll } from "./ask.ts";
import { startTrino } from "./start.ts";

const server = await available("Trino", startTrino);

const column = (name: string, type: string): Column => {
  const parsed = parseDataType(type);
  if (parsed === null) throw new Error(`no type: ${type}`);
  return { name, type: parsed, nullable: true };
};

const table = (name: string, more: Partial<TableInput> = {}): TableInput => ({
  database: "sales",
  name,
  format: "parquet",
  columns: [column("id", "bigint")],
  partitions: [],
  location: `sales/${name}`,
  ...more,
});

if (server !== null) {
  const { url, lake } = server;
  const run = async (sql: string) => {
    const asked = await ask(url, sql);
    expect(asked.error, sql).toBeNull();
    return asked.rows;
  };
  let open: { readonly metastore: Metastore; readonly close: () => Promise<void> };
  const use = async (catalog: string, location = "local:///") => {
    const more = catalog === "hive" && location !== "" ? { location } : {};
    const { context, close } = await temporaryContext({ url, user: "tester", catalog, ...more });
    open = { metastore: createTrinoMetastore(context, null), close };
    return open.metastore;
  };
  beforeEach(async () => {
    for (const catalog of ["hive", "memory"]) {
      await dropAll(url, catalog);
      await run(`CREATE SCHEMA ${catalog}.sales`);
    }
  });
  afterEach(() => open.close());

  describe("tables of the catalog hive", () => {
    test("makes an external table where the storage has its files, which stay when it is deleted", async () => {
      const metastore = await use("hive");
      const owner = { lineage: "l-1", address: 'table.sales."orders x"' };
      await metastore.createTable(table("orders", { owner, location: "raw/orders 1" }));
      await run("INSERT INTO hive.sales.orders VALUES (1), (2)");
      expect((await readdir(join(lake, "raw/orders 1"))).filter((name) => !name.startsWith("."))).toHaveLength(1);
      expect(await metastore.getTable("sales", "orders")).toMatchObject({ owner, location: "raw/orders 1" });
      await metastore.deleteTable("sales", "orders");
      expect((await readdir(join(lake, "raw/orders 1"))).filter((name) => !name.startsWith("."))).toHaveLength(1);
      expect(await metastore.getTable("sales", "orders")).toBeNull();
    });

    test("lists, adds and deletes partitions with values that need escapes", async () => {
      const metastore = await use("hive");
      const partitions = [column("day", "date"), column("place", "string")];
      await metastore.createTable(table("visits", { partitions }));
      await run("INSERT INTO hive.sales.visits VALUES (1, DATE '2026-01-02', 'a/b=c %'), (2, NULL, NULL)");
      const written = { day: "2026-01-02", place: "a/b=c %" };
      const found = await metastore.listPartitions("sales", "visits");
      expect(found.map(({ values }) => values)).toEqual([written, { day: null, place: null }]);
      const folders = await readdir(join(lake, "sales/visits"), { recursive: true });
      for (const { location } of found) expect(folders.map((name) => `sales/visits/${name}`)).toContain(location);
      await metastore.deletePartitions?.("sales", "visits", [written, { day: "2030-01-01", place: "x" }]);
      expect(await run("SELECT id FROM hive.sales.visits")).toEqual([[2]]);
      const [first] = found;
      if (first === undefined) throw new Error("no partition");
      await metastore.addPartitions?.("sales", "visits", [first]);
      await metastore.addPartitions?.("sales", "visits", [first]);
      expect(await run("SELECT id FROM hive.sales.visits ORDER BY id")).toEqual([[1], [2]]);
      const elsewhere = { values: written, location: "elsewhere" };
      await failure(metastore.addPartitions?.("sales", "visits", [elsewhere]) ?? Promise.resolve(), "unsupported");
      await failure(
        metastore.addPartitions?.("sales", "visits", [{ values: { day: "2026-01-02" }, location: "x" }]) ??
          Promise.resolve(),
        "invalid",
      );
    });

    test("a statement makes and fills a table at a place of the storage, and the metastore knows it", async () => {
      const metastore = await use("hive");
      const properties = `format = 'PARQUET', external_location = 'local:///out/totals', partitioned_by = ARRAY['day']`;
      const query = "SELECT BIGINT '1' AS id, DATE '2026-01-02' AS day";
      await run(`CREATE TABLE hive.sales.totals COMMENT 'mason:l:deployment.x' WITH (${properties}) AS ${query}`);
      await run(`INSERT INTO hive.sales.totals SELECT 2, DATE '2026-01-03'`);
      const owner = { lineage: "l", address: "deployment.x" };
      expect(await metastore.getTable("sales", "totals")).toEqual({
        ...table("totals", { location: "out/totals", partitions: [column("day", "date")], owner }),
        catalogued: true,
      });
      const places = (await metastore.listPartitions("sales", "totals")).map(({ location }) => location);
      expect(places).toEqual(["out/totals/day=2026-01-02", "out/totals/day=2026-01-03"]);
      for (const place of places) expect(await readdir(join(lake, place))).not.toEqual([]);
    });

    test("adds columns and comments in place, and changes types of external tables without losing files", async () => {
      const metastore = await use("hive");
      await metastore.createTable(table("orders", { partitions: [column("day", "date")] }));
      await run("INSERT INTO hive.sales.orders VALUES (7, DATE '2026-01-02')");
      const wider = [column("id", "bigint"), { ...column("note", "string"), comment: "it's" }];
      await metastore.updateTable(table("orders", { partitions: [column("day", "date")], columns: wider }));
      expect(await run("SELECT id, note, day FROM hive.sales.orders")).toEqual([[7, null, "2026-01-02"]]);
      expect((await metastore.getTable("sales", "orders"))?.columns).toEqual(wider);
      await metastore.updateTable(
        table("orders", { partitions: [column("day", "date")], columns: [column("note", "string")] }),
      );
      expect(await run("SELECT * FROM hive.sales.orders")).toEqual([[null, "2026-01-02"]]);
    });

    test("keeps the rows of a table that is not external", async () => {
      const metastore = await use("hive", "");
      await metastore.createTable(table("managed"));
      await run("INSERT INTO hive.sales.managed VALUES (1)");
      await failure(metastore.updateTable(table("managed", { columns: [column("id", "string")] })), "unsupported");
      await failure(metastore.deleteTable("sales", "managed"), "unsupported");
      expect(await run("SELECT id FROM hive.sales.managed")).toEqual([[1]]);
      await failure(metastore.createTable(table("elsewhere", { location: "raw/x" })), "unsupported");
    });
  });

  describe("names and comments", () => {
    test.each(["hive", "memory"])("a name that %s would change is refused with the name to write", async (catalog) => {
      const metastore = await use(catalog);
      for (const wrong of [table("Orders"), table("orders", { columns: [column("My Col", "bigint")] })]) {
        const { message } = await failure(metastore.createTable(wrong), "invalid");
        expect(message).toMatch(/Write "(orders|my col)" in place of "(Orders|My Col)"/);
      }
      await failure(metastore.createDatabase({ name: "Raw" }), "invalid");
      await metastore.createTable(table("orders"));
      // Trino finds it in any case, and so does a plan, under the name that it has.
      expect((await metastore.getTable("Sales", "ORDERS"))?.name).toBe("orders");
    });

    test.each(["hive", "memory"])("odd names come back from %s, and mean what was written", async (catalog) => {
      const metastore = await use(catalog);
      // Trino's file metastore lists a quote in a table's name as an escape.
      const names = ["select", "ü .;--", "day day", "日本", ...(catalog === "hive" ? [] : ["it's", 'a"b'])];
      const columns = [...new Set([...names, "it's", 'a"b', "x y)"])].map((name) => column(name, "bigint"));
      for (const name of names) await metastore.createTable(table(name, { columns }));
      expect((await metastore.listTables("sales")).map(({ name }) => name)).toEqual([...names].sort());
      for (const name of names) expect((await metastore.getTable("sales", name))?.columns).toEqual(columns);
      const rows = await run(
        `SELECT column_name FROM ${catalog}.information_schema.columns WHERE table_name = 'day day'`,
      );
      expect(rows.map(([name]) => name)).toEqual(columns.map(({ name }) => name));
    });

    test("a view is a table that is never made or dropped as one", async () => {
      const metastore = await use("memory");
      await run("CREATE VIEW memory.sales.v AS SELECT BIGINT '1' AS id, 'x' AS note");
      const columns = [column("id", "bigint"), column("note", "varchar(1)")];
      expect(await metastore.getTable("sales", "v")).toMatchObject({ format: "unknown", columns });
      await failure(metastore.createTable(table("v")), "exists");
      await failure(metastore.deleteTable("sales", "v"), "unsupported");
      await failure(metastore.updateTable(table("v")), "unsupported");
      expect(await run("SELECT id FROM memory.sales.v")).toEqual([[1]]);
    });

    test("an owner's mark leaves the comment that people wrote", async () => {
      const metastore = await use("memory");
      await run("CREATE TABLE memory.sales.t (id bigint) COMMENT 'Grün, it''s \\ mason:x'");
      const owner = { lineage: "l", address: "table.sales.t" };
      await metastore.updateTable(table("t", { owner }));
      expect((await metastore.getTable("sales", "t"))?.owner).toEqual(owner);
      const comment =
        "SELECT comment FROM system.metadata.table_comments WHERE catalog_name = 'memory' AND schema_name = 'sales'";
      expect(await run(comment)).toEqual([["Grün, it's \\ mason:x mason:l:table.sales.t"]]);
      await metastore.updateTable(table("t", { owner: { ...owner, lineage: "m" } }));
      expect(await run(comment)).toEqual([["Grün, it's \\ mason:x mason:m:table.sales.t"]]);
    });

    test("types of every kind are in Trino what they are here", async () => {
      const metastore = await use("memory");
      const types = "timestamp(3) timestamp(9) time interval json decimal(38,10) varchar(7) float binary".split(" ");
      await metastore.createTable(table("t", { columns: types.map((type, at) => column(`c${at}`, type)) }));
      const rows = await run("SELECT data_type FROM memory.information_schema.columns WHERE table_name = 't'");
      expect(rows.map(([type]) => type)).toEqual([
        "timestamp(3)",
        "timestamp(9)",
        "time(6)",
        "interval day to second",
        "json",
        "decimal(38,10)",
        "varchar(7)",
        "real",
        "varbinary",
      ]);
      const found = (await metastore.getTable("sales", "t"))?.columns.map(({ type }) => formatDataType(type));
      expect(found).toEqual(types);
    });
  });
}
