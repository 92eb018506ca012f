/** Variables in SQL: within quotes they are text, elsewhere a part of the statement that changes nothing around it. DuckDB tells what a text means. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Json } from "../../src/json.ts";
import { fillSqlVariables } from "../../src/project/sql-variables.ts";
import { type Duck, openDuck } from "../truth/duck.ts";

let duck: Duck;
beforeAll(async () => {
  duck = await openDuck();
});
afterAll(() => duck.close());

const fill = (sql: string, values: Readonly<Record<string, Json>>) => fillSqlVariables(sql, (name) => values[name]);

/** Texts with much of what can end or begin something in SQL. */
const nasty = fc
  .array(
    fc.constantFrom(
      "'",
      '"',
      "--",
      "/*",
      "*/",
      "$$",
      "$t$",
      ";",
      "(",
      ")",
      "\\",
      "\n",
      " ",
      "a",
      "é",
      "😀",
      "E'",
      "${run.date}",
      "0",
    ),
    {
      maxLength: 8,
    },
  )
  .map((parts) => parts.join(""));

describe("within quotes", () => {
  test.each([
    ["select '${var.v}' as a, 1 as b", (v: string) => v],
    ["select 'x' || '<${var.v}>' || 'y' as a, 1 as b", (v: string) => `x<${v}>y`],
    ["select E'\\\\${var.v}\\n' as a, 1 as b", (v: string) => `\\${v}\n`],
    ["select /* '${var.v}' */ 'k' as a, 1 as b", () => "k"],
    ["select 'k' as a, -- ${var.v}\n 1 as b", () => "k"],
  ])("%s has the value and nothing else, whatever the value is", async (sql, expected) => {
    await fc.assert(
      fc.asyncProperty(nasty, async (v) => {
        const text = fill(sql, { v });
        expect(await duck.rows(text)).toEqual([[expected(v), "1"]]);
      }),
      { numRuns: 150 },
    );
  });

  test("a quoted name has the value as its name", async () => {
    await fc.assert(
      fc.asyncProperty(nasty, async (v) => {
        expect((await duck.columns(fill('select 1 as "n${var.v}"', { v })))[0]?.name).toBe(`n${v}`);
      }),
      { numRuns: 100 },
    );
  });

  test("dollar quotes take what they can hold", async () => {
    expect(await duck.rows(fill("select $q$<${var.v}>$q$", { v: "it's" }))).toEqual([["<it's>"]]);
    expect(() => fill("select $q$<${var.v}>$q$", { v: "$q$; --" })).toThrow(/single quotes/);
  });
});

describe("elsewhere", () => {
  test.each([
    ["select * from ${var.v}.orders", "sales", "select * from sales.orders"],
    [
      "select * from t where ${var.v}",
      "region = 'it''s' and (a or b)",
      "select * from t where region = 'it''s' and (a or b)",
    ],
    ["select 1 - ${var.v}", -5, "select 1 - (-5)"],
    ["select 1 -${var.v}", -5, "select 1 -(-5)"],
    ["select ${var.v}, '${var.v}'", 3, "select 3, '3'"],
    ["select $${var.v} ${var.v}", "x", "select $${var.v} x"],
    ["select ${var.v} -- it's ${run.date}", "/* a */ x", "select /* a */ x -- it's ${run.date}"],
    ["${var.v} limit 3", "select ';' as a", "select ';' as a limit 3"],
  ])("%s with %j", (sql, v, expected) => {
    expect(fill(sql, { v })).toBe(expected);
  });

  test.each([
    ["select * from t where r = ${var.v}", "it's"],
    ["select * from t where r = ${var.v} and x", "1 -- "],
    ["select * from t where r = ${var.v} and x", "1 /*"],
    ["select (${var.v})", "1) from secrets, (select 1"],
    ["select ${var.v}", "1; drop table t"],
    ["select ${var.v}", '"a'],
    ["select ${var.v}", "$$a"],
    ["select 1 -${var.v}", "-1"],
    ["select 1 /${var.v} 2", "*"],
    ["select ${var.v}", "]"],
  ])("%s refuses %j", (sql, v) => {
    expect(() => fill(sql, { v })).toThrow(/quotes/);
  });

  test("a value that is taken never reaches beyond its place", async () => {
    await fc.assert(
      fc.asyncProperty(nasty, async (v) => {
        let text: string;
        try {
          text = fill("select 'before' as a, (${var.v}) as b, 'after' as c", { v });
        } catch {
          return;
        }
        const rows = await duck.rows(text).catch(() => null);
        if (rows !== null) expect([rows[0]?.[0], rows[0]?.at(-1), rows[0]?.length]).toEqual(["before", "after", 3]);
      }),
      { numRuns: 400 },
    );
  });
});
