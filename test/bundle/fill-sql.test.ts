import { expect, test } from "vitest";
import { fillSql, sqlText } from "../../src/bundle/fill-sql.ts";
import { dialects } from "../../src/sql/dialect.ts";

const filled = (sql: string, value: string, type?: "table" | "column") =>
  fillSql(sql, "query_string", dialects.duckdb, () => sqlText(value, type, dialects.duckdb));

test("a value is a literal or a name, and never text of the statement", () => {
  expect(filled("select ${a.x}", "it's; drop")).toBe("select 'it''s; drop'");
  expect(filled("select * from ${a.x}", 'sales.or"ders', "column")).toBe('select * from "sales.or""ders"');
  expect(filled("select * from ${a.x}", "sales.orders", "table")).toBe('select * from "sales"."orders"');
  expect(filled("<<PULLED FROM a>>", "x")).toBe("'x'");
});

test("comments stay as they are, so that no value can end one", () => {
  expect(filled("select 1 -- ${a.x}\n/* ${a.x} */", "\nunion select 2 */")).toBe("select 1 -- ${a.x}\n/* ${a.x} */");
  expect(filled("select '$${a.x}', ${a.x}", "v")).toBe("select '${a.x}', 'v'");
});
