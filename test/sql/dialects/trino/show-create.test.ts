import { describe, expect, test } from "vitest";
import { readShownTable } from "../../../../src/sql/dialects/trino/show-create.ts";

const column = (name: string, type: string, more: object = {}) => ({ name, type, nullable: true, ...more });

describe("what Trino 476 printed", () => {
  test("a partitioned table with odd names, a comment of two lines and properties", () => {
    const text = `CREATE TABLE hive.s1."odd t" (
   "my ""col"" COMMENT 'x'" bigint COMMENT 'it''s, WITH (x) )',
   r ROW("odd n" bigint, b array(varchar)),
   d timestamp(3),
   p varchar
)
COMMENT 'Grün \\ ''q''
WITH ( mason:l:table.a.b'
WITH (
   csv_separator = ',',
   external_location = 'local:///ext/e f',
   format = 'PARQUET',
   partitioned_by = ARRAY['d','it''s'],
   skip_header_line_count = 1
)`;
    expect(readShownTable(text)).toEqual({
      columns: [
        column(`my "col" COMMENT 'x'`, "bigint", { comment: "it's, WITH (x) )" }),
        column("r", 'ROW("odd n" bigint, b array(varchar))'),
        column("d", "timestamp(3)"),
        column("p", "varchar"),
      ],
      comment: "Grün \\ 'q'\nWITH ( mason:l:table.a.b",
      properties: {
        csv_separator: ",",
        external_location: "local:///ext/e f",
        format: "PARQUET",
        partitioned_by: ["d", "it's"],
        skip_header_line_count: "1",
      },
    });
  });

  test("a table of the connector memory, which has no properties", () => {
    const text = `CREATE TABLE memory.s1."a""b ü.c" (\n   "é ""x" bigint NOT NULL COMMENT 'c',\n   i INTERVAL DAY TO SECOND,\n   t time(6)\n)`;
    expect(readShownTable(text)).toEqual({
      columns: [
        column('é "x', "bigint", { nullable: false, comment: "c" }),
        column("i", "INTERVAL DAY TO SECOND"),
        column("t", "time(6)"),
      ],
      properties: {},
    });
  });

  test("defaults and properties of columns, as other connectors print them", () => {
    const text = `CREATE TABLE c.s.t (\n   a integer DEFAULT 1 NOT NULL COMMENT 'x',\n   b varchar WITH (nullable = true)\n)`;
    expect(readShownTable(text).columns).toEqual([
      column("a", "integer", { nullable: false, comment: "x" }),
      column("b", "varchar"),
    ]);
  });
});

test.each(["", "CREATE VIEW a.b.c AS SELECT 1", "CREATE TABLE a.b.c (x bigint", "CREATE TABLE a.b.c (x bigint) more"])(
  "refuses %j with the place that it can't read",
  (text) => {
    expect(() => readShownTable(text)).toThrow(/can't read, near/);
  },
);
