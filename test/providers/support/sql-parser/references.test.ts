/** The tables of Trino's SQL, against lists written by hand. */
import { afterAll, describe, expect, test } from "vitest";
import { createSqlParser } from "../../../../providers/support/sql-parser/parser.ts";
import { findReferences } from "../../../../providers/support/sql-parser/references.ts";
import { beyond, others, texts } from "./texts.ts";

const parser = createSqlParser();
afterAll(() => parser.close());

const answers = async (statements: readonly string[]) => findReferences(parser, statements, "trino");
const answer = async (sql: string) => (await answers([sql]))[0];
const reads = (kind: string, expected: Readonly<Record<string, readonly string[]>>) =>
  Object.entries(expected).map(([sql, tables]) => [sql, { ok: true, kind, tables }] as const);

async function shown(cases: readonly (readonly [string, unknown])[]) {
  const found = await answers(cases.map(([sql]) => sql));
  return found.map((item, at) => {
    const sql = cases[at]?.[0];
    return [sql, item.ok ? { ...item, tables: item.tables.map((parts) => parts.join(".")) } : item] as const;
  });
}

describe("the tables of", () => {
  test("queries", async () => {
    const cases = reads("select", texts);
    expect(cases.length).toBeGreaterThan(60);
    expect(await shown(cases)).toEqual(cases);
  });

  test("other statements, without what they write into", async () => {
    const cases = reads("other", others);
    expect(await shown(cases)).toEqual(cases);
  });
});

test("names keep their parts", async () => {
  expect(await answer('select * from "a.b"."c.d"')).toMatchObject({ ok: true, tables: [["a.b", "c.d"]] });
});

test("a text that the parser does not understand is refused, with what to do", async () => {
  for (const found of await answers(beyond))
    expect(found).toMatchObject({
      ok: false,
      undecided: true,
      message: expect.stringMatching(/"reads" names its tables\.$/),
    });
});

test("a wrong text is refused where it is wrong", async () => {
  const wrong = {
    "select from where": "where",
    "select 1 from a.b where ) x": ")",
    "select '😀' from a.b where ) x": ")",
    "select * from a.b join": "join",
  };
  for (const [sql, place] of Object.entries(wrong))
    expect([sql, await answer(sql)]).toEqual([sql, expect.objectContaining({ ok: false, offset: sql.indexOf(place) })]);
  for (const sql of [
    "",
    ";",
    "-- nothing",
    "select 1; select 2",
    "select * from a.b.c.d",
    "select * from a.",
    'select * from "a',
  ])
    expect([sql, await answer(sql)]).toEqual([sql, expect.objectContaining({ ok: false })]);
});
