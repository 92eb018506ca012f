/** Names that are written without quotes, with DuckDB's own list of keywords as the oracle. */
import { DuckDBInstance } from "@duckdb/node-api";
import { expect, test } from "vitest";
import { dialects } from "../../src/sql/dialect.ts";
import { writeIdentifier } from "../../src/sql/quote.ts";

test("every keyword of DuckDB is a table and a column in the form in which it is written", async () => {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    const rows = await (await connection.runAndReadAll("select keyword_name from duckdb_keywords()")).getRowsJson();
    const words = rows.map(([word]) => String(word));
    expect(words.length).toBeGreaterThan(400);
    for (const word of words) {
      const written = writeIdentifier(word, dialects.duckdb);
      await connection.run(
        `create table ${written} (${written} int); select x.${written}, ${written} from main.${written} as x; select 1 from ${written}; drop table ${written}`,
      );
    }
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
});

test.each([
  ["orders", "orders"],
  ["Orders", '"Orders"'],
  ["order", '"order"'],
  ["a b", '"a b"'],
  ['a"b', '"a""b"'],
  ["1a", '"1a"'],
])("%s is written %s", (name, written) => {
  expect(writeIdentifier(name, dialects.duckdb)).toBe(written);
});
