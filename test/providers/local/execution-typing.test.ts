import type { DuckDBConnection } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { duckDbSdk } from "../../../providers/local/duckdb/sdk.ts";
import { describeSql } from "../../../providers/local/duckdb/typing.ts";
import { formatDataType } from "../../../src/model/data-type.ts";
import { type LocalRun, localRun, schema } from "../../sql/dialects/duckdb/local-run.ts";

let run: LocalRun;
beforeAll(async () => {
  run = await localRun();
});
afterAll(() => run.close());

describe("references", () => {
  const tables = async (sql: string) => {
    const [found] = (await run.execution.references?.([sql])) ?? [];
    return found?.ok ? found.tables.map((parts) => parts.join(".")) : found;
  };

  test.each([
    ["select * from a.x join b.y using (id) where z in (select z from w)", ["a.x", "b.y", "w"]],
    ["with x as (select * from x) select * from X, a.x", ["x", "a.x"]],
    ["with p as (select 1), q as (select * from p, r) select * from q", ["r"]],
    ["with q as (select * from p), p as (select 1) select * from q, p", ["p"]],
    ["select * from (with i as (select 1) select * from i), i", ["i"]],
    ["with recursive w as (select 1 as a union all select a + 1 from w, o) select * from w", ["o"]],
    ["select (select max(a) from s1), exists(from s2) from t1 union all select * from t2", ["s1", "s2", "t1", "t2"]],
    ['from "od.d"."T"', ["od.d.T"]],
    ["select * from t a, t b, unnest([1]) c, read_csv('x')", ["t"]],
    ["describe d.t", ["d.t"]],
    ["values (1)", []],
  ])("%s", async (sql, expected) =>
    expect([...((await tables(sql)) as string[])].sort()).toEqual([...expected].sort()),
  );

  test("tells statements that are no single SELECT, and errors with their place", async () => {
    const found = await run.execution.references?.([
      "insert into t select 1",
      "select 1; select 2",
      "select 'é🦆' fro x",
      "",
      "-- nothing",
      "select 1 \0",
    ]);
    expect(found).toMatchObject([
      { ok: true, kind: "other" },
      { ok: true, kind: "other" },
      { ok: false, offset: 17, message: 'syntax error at or near "x".' },
      { ok: false },
      { ok: false },
      { ok: false, offset: 9 },
    ]);
    expect(found).toHaveLength(6);
  });
});

describe("describe", () => {
  const orders = {
    name: ["sales", "orders"],
    table: { columns: schema("id bigint, total decimal(18,2), doc json"), partitions: schema("day date") },
  };
  const describeSql = (sql: string, tables = [orders]) => run.execution.describe?.(sql, tables);

  test("gives exact types, partitions and JSON too", async () => {
    const found = await describeSql(
      "select day, sum(total) as s, avg(total) a, any_value(doc) d, list(doc) as l, rank() over () as r from sales.orders group by all",
    );
    expect(found?.ok && found.columns.map((item) => `${item.name} ${formatDataType(item.type)}`)).toEqual([
      "day date",
      "s decimal(38,2)",
      "a double",
      "d json",
      "l array<json>",
      "r bigint",
    ]);
  });

  test("marks nulls without a type, and no others", async () => {
    const found = await describeSql(
      "select null as a, case when true then null end as b, null::int as c, 1 as d, coalesce(null, 2) as e, nullif(1, 1) as f;",
    );
    expect(found?.ok && found.columns.flatMap((item) => (item.isUntyped ? [item.name] : []))).toEqual(["a", "b"]);
    const union = await describeSql("select null as a, 1 as b union all select 2, null");
    expect(union?.ok && union.columns.some((item) => item.isUntyped)).toBe(false);
  });

  test("says what is wrong and where", async () => {
    expect(await describeSql("select id,\n  totl\nfrom sales.orders")).toEqual({
      ok: false,
      offset: 13,
      message: expect.stringMatching(
        /^Referenced column "totl" not found in FROM clause! Candidate bindings: .*"total"/,
      ),
    });
    const long = `select ${"id, ".repeat(60)} nope, ${"id, ".repeat(60)} id from sales.orders`;
    expect(await describeSql(long)).toMatchObject({ ok: false, offset: long.indexOf("nope") });
    const widths = "select 'é🦆漢字', nope from sales.orders";
    expect(await describeSql(widths)).toMatchObject({ ok: false, offset: widths.indexOf("nope") });
    expect(await describeSql("select 1 +")).toMatchObject({ ok: false });
    expect(await describeSql("select * from sales.gone")).toMatchObject({ ok: false, offset: 14 });
  });

  test("refuses the rowid of a table, since a job reads files, which have none", async () => {
    expect(await describeSql("select rowid from sales.orders")).toMatchObject({ ok: false, offset: 7 });
  });

  test("a parameter without a value is said, not thrown", async () => {
    expect(await describeSql("select $x as y")).toMatchObject({
      ok: false,
      offset: 7,
      message: expect.stringContaining("$x"),
    });
    expect(await describeSql("select ?")).toMatchObject({ ok: false, offset: 7 });
  });

  test("reads no file, not even to say that it is not there", async () => {
    for (const sql of ["select * from read_csv('/etc/passwd')", `from read_csv('${run.data}/x.csv')`]) {
      const found = await describeSql(sql);
      expect(found).toMatchObject({ ok: false, undecided: true });
      expect(JSON.stringify(found)).not.toContain("root:");
    }
  });

  test("leaves nothing behind, also at the same time", async () => {
    const other = { ...orders, table: { columns: schema("id string"), partitions: [] } };
    const both = await Promise.all([
      describeSql("select id from sales.orders"),
      describeSql("select id from sales.orders", [other]),
    ]);
    expect(both.map((found) => found?.ok && found.columns.map((item) => item.type.kind))).toEqual([
      ["int"],
      ["string"],
    ]);
    expect(await describeSql("select * from sales.orders", [])).toMatchObject({ ok: false });
  });
});

describe("many tables", () => {
  const columns = schema("id bigint, amount decimal(18,2)");
  const many = (count: number, type = columns) =>
    Array.from({ length: count }, (_, at) => ({ name: ["big", `t${at}`], table: { columns: type, partitions: [] } }));
  const union = (count: number) =>
    Array.from({ length: count }, (_, at) => `select amount from big.t${at}`).join(" union all ");

  test("are made once for queries over the same thousands, and are right again when they change", async () => {
    const instance = await (await duckDbSdk()).DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    const scripts: string[] = [];
    const counting = counted(connection, (sql) => scripts.push(sql));
    for (let at = 0; at < 10; at++)
      expect(
        await describeSql(counting, `select sum(amount) as s${at} from (${union(2500)})`, many(2500)),
      ).toMatchObject({
        ok: true,
        columns: [{ name: `s${at}` }],
      });
    expect(scripts).toHaveLength(1);
    const other = many(3, schema("id bigint, amount integer"));
    const found = await describeSql(counting, union(3), other);
    expect(found).toMatchObject({ ok: true, columns: [{ name: "amount", type: { kind: "int" } }] });
    expect(await describeSql(counting, "select amount from big.t9", [])).toMatchObject({ ok: false });
    instance.closeSync();
  }, 60_000);

  test("that do not fit into memory leave the types open, and the next query is typed", async () => {
    const instance = await (await duckDbSdk()).DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    let isFull = false;
    const full = counted(connection, (sql) => {
      if (isFull && sql.includes("CREATE")) throw new Error("Out of Memory Error: could not allocate block");
    });
    expect(await describeSql(full, union(2), many(2))).toMatchObject({ ok: true });
    isFull = true;
    const texts = many(2, schema("id bigint, amount string"));
    expect(await describeSql(full, union(2), texts)).toMatchObject({ ok: false, undecided: true });
    isFull = false;
    expect(await describeSql(full, union(2), texts)).toMatchObject({
      ok: true,
      columns: [{ type: { kind: "string" } }],
    });
    expect(await describeSql(full, union(1), [])).toMatchObject({ ok: false });
    instance.closeSync();
  });
});

/** The connection, telling each script before it runs. */
function counted(connection: DuckDBConnection, onRun: (sql: string) => unknown): DuckDBConnection {
  return new Proxy(connection, {
    get: (target, name) => {
      if (name === "run")
        return async (sql: string) => {
          onRun(sql);
          return target.run(sql);
        };
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
