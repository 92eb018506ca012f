import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { expect, test } from "vitest";
import { bindSql, parametersOf } from "../../src/sql/bind.ts";
import { dialects } from "../../src/sql/dialect.ts";
import { withoutSemicolon } from "../../src/sql/scan.ts";

const { duckdb, spark } = dialects;
const bind = (sql: string, values: Parameters<typeof bindSql>[1]) => bindSql(sql, values, duckdb);

test("fills names by their types", () => {
  const bound = bind("select $col, $n from $t where x in ($list) and y = $s -$n", {
    col: { type: "column", value: "my col" },
    n: { type: "integer", value: -1 },
    t: { type: "table", value: "sales.orders" },
    list: { type: "list", value: ["a"] },
    s: { type: "string", value: "it's $n" },
  });
  expect(bound).toEqual({
    ok: true,
    sql: `select "my col", (-1) from "sales"."orders" where x in (['a']) and y = 'it''s $n' -(-1)`,
    used: ["col", "n", "t", "list", "s"],
  });
});

test("leaves strings, comments, quoted names and words alone", () => {
  const sql = `select '$a', "$a", $$ $a $$, $tag$ $a $tag$, E'\\'$a', a$a /* $a /* $a */ $a */ -- $a`;
  expect(bind(sql, { a: { type: "sql", value: "X" } })).toEqual({ ok: true, sql, used: [] });
  const hive = "select \"$a\", '\\'$a', `$a`";
  expect(bindSql(hive, { a: { type: "sql", value: "X" } }, spark)).toEqual({ ok: true, sql: hive, used: [] });
});

test("names every problem with its place", () => {
  expect(
    bind("select $limt, $gone, $n, $1", {
      limit: { type: "integer", value: 1 },
      gone: { type: "string", value: undefined },
      n: { type: "integer", value: "x" },
    }),
  ).toMatchObject({
    ok: false,
    problems: [
      { name: "limt", offset: 7, message: expect.stringContaining('Did you mean "limit"?') },
      { name: "gone", offset: 14 },
      { name: "n", offset: 21 },
      { name: "1", offset: 25 },
    ],
  });
  expect(bind("select 'open", {})).toMatchObject({ ok: false, problems: [{ offset: 7 }] });
  expect(bind("select $__proto__, $constructor", {})).toMatchObject({ ok: false, problems: [{}, {}] });
});

test("puts a typed null for what is known after apply", () => {
  expect(bind("select $n + 1", { n: { type: "integer", unknown: true } })).toMatchObject({
    sql: "select CAST(NULL AS BIGINT) + 1",
  });
  expect(bind("from $t", { t: { type: "table", unknown: true } })).toMatchObject({ ok: false });
});

test("lists parameters", () => {
  expect([...parametersOf("select $a, '$b', $c, $a", duckdb)]).toEqual([
    ["a", 7],
    ["c", 17],
  ]);
});

test("drops the semicolon at the end only", () => {
  expect(withoutSemicolon("select ';' ; -- end;\n;", duckdb)).toBe("select ';'   -- end;\n ");
});

test("no text gets out of its quotes", async () => {
  const connection = await (await DuckDBInstance.create()).connect();
  const nasty = fc.string({
    unit: fc.constantFrom("'", '"', "\\", "$", "-", "/", "*", ";", "\n", "a", "é", "$x$", "E'", "`"),
  });
  await fc.assert(
    fc.asyncProperty(nasty, async (value) => {
      const bound = bind("select $v as v, $l[1] as l, 1 as $c", {
        v: { type: "string", value },
        l: { type: "list", value: [value] },
        c: { type: "column", value: `c${value}` },
      });
      if (!bound.ok) throw new Error(JSON.stringify(bound));
      const result = await connection.runAndReadAll(bound.sql);
      expect(result.getRows()).toEqual([[value, value, 1]]);
      expect(result.columnNames()[2]).toBe(`c${value}`);
    }),
  );
});
