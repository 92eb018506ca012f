/** Texts come back as they were written, through every format and through the names of folders. */
import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { query } from "../../../src/operator/table/query.ts";
import { type OperatorRun, operatorRun } from "../run-operator.ts";

let run: OperatorRun;
let duckdb: DuckDBInstance;
let outputs = 0;

beforeAll(async () => {
  run = await operatorRun();
  duckdb = await DuckDBInstance.create(":memory:");
});
afterAll(async () => {
  duckdb.closeSync();
  await run.close();
});

/** Texts that formats, dialects and readers are known to stumble over. */
const odd = fc.constantFrom(
  ...'|\'\'|\'a\'|""|"|"""|\' a\'| |  x  |\t|\n|\r|\r\n|a\nb|a,b|a;b|a\tb|,|;|#|# a|\\|\\N|\\n|NULL|null|None|NA|N/A|nan|inf|-0|007|1e5|true|2026-01-01|\uFEFF|\uFEFFa|a\u0001b|\u0001|\u007f|\u2028|é|é|😀|👩‍👩‍👧|ẞ|%|%20|%2F|a/b|a=b|..|__HIVE|[1]|{}|{"a":1}|"a" b|a"b|a"|it\'s|--|1_000|०'.split(
    "|",
  ),
);
const texts = fc.option(
  fc.oneof(odd, odd, fc.string({ unit: "grapheme", maxLength: 8 }), fc.string({ unit: "binary", maxLength: 5 })),
  {
    nil: null,
    freq: 6,
  },
);
const anyRows = fc.array(fc.tuple(texts, texts), { minLength: 1, maxLength: 6 });
/** Mason reads no delimited file with a NUL: it would be taken for another encoding. */
const rowsIn = (format: Format) =>
  format === "csv"
    ? anyRows.filter((rows) => !rows.some((row) => row.some((value) => value?.includes("\0"))))
    : anyRows;

/** Texts travel as the hexadecimal digits of their bytes: SQL can't hold a NUL, and DuckDB's client for Node drops a leading BOM. */
const hexOf = (value: string | null) => (value === null ? null : Buffer.from(value).toString("hex").toUpperCase());
const literal = (value: string | null) => (value === null ? "NULL" : `decode(unhex('${hexOf(value)}'))`);
const hexRows = "n, hex(encode(a)) AS a, hex(encode(b)) AS b";
const readers = {
  csv: (glob: string) =>
    `read_csv('${glob}', header = true, delim = ',', quote = '"', escape = '"', auto_detect = false, allow_quoted_nulls = false, columns = {'n': 'BIGINT', 'a': 'VARCHAR', 'b': 'VARCHAR'})`,
  json: (glob: string) => `read_json('${glob}', format = 'array', columns = {n: 'BIGINT', a: 'VARCHAR', b: 'VARCHAR'})`,
  jsonl: (glob: string) =>
    `read_json('${glob}', format = 'newline_delimited', columns = {n: 'BIGINT', a: 'VARCHAR', b: 'VARCHAR'})`,
  parquet: (glob: string) => `read_parquet('${glob}')`,
};
type Format = keyof typeof readers;
const formats = Object.keys(readers) as readonly Format[];

async function byHand(path: string, format: Format) {
  const connection = await duckdb.connect();
  try {
    const sql = `SELECT hex(encode(a)), hex(encode(b)) FROM ${readers[format](`${run.data}/${path}/**/*.${format}`)} ORDER BY n`;
    return (await connection.runAndReadAll(sql)).getRows();
  } finally {
    connection.closeSync();
  }
}

const numbered = (rows: readonly (readonly (string | null)[])[]) =>
  `SELECT * FROM (VALUES ${rows.map(([a = null, b = null], at) => `(${at}, CAST(${literal(a)} AS VARCHAR), CAST(${literal(b)} AS VARCHAR))`).join(", ")}) t(n, a, b)`;

test.each(formats)(
  "a text is itself in %s, for DuckDB and for Mason",
  async (format) => {
    await fc.assert(
      fc.asyncProperty(rowsIn(format), async (rows) => {
        const output_path = `out/${++outputs}`;
        await run.run(query, { query_string: numbered(rows), output_path, output_format: format });
        expect(await byHand(output_path, format)).toEqual(rows.map((row) => row.map(hexOf)));
        const expected = rows.map(([a, b], n) => ({ n, a: hexOf(a), b: hexOf(b) }));
        await run.table(`t.t${outputs}`, "n bigint, a string, b string", { location: output_path, format });
        const read = await run.run(query, { query_string: `SELECT ${hexRows} FROM t.t${outputs} ORDER BY n` });
        expect(read.data).toEqual(expected);
      }),
      { numRuns: 25, seed: 20261201 },
    );
  },
  60_000,
);

test.each(formats)(
  "a text is itself in the name of a folder of %s",
  async (format) => {
    await fc.assert(
      fc.asyncProperty(rowsIn(format), async (rows) => {
        const output_path = `out/${++outputs}`;
        const write = run.run(query, {
          query_string: numbered(rows),
          output_path,
          output_format: format,
          partition_columns: ["b"],
        });
        await write;
        await run.table(`t.t${outputs}`, "n bigint, a string", {
          location: output_path,
          format,
          partitionedBy: "b string",
        });
        const read = await run.run(query, { query_string: `SELECT ${hexRows} FROM t.t${outputs} ORDER BY n` });
        expect(read.data).toEqual(rows.map(([a, b], n) => ({ n, a: hexOf(a), b: hexOf(b) })));
      }),
      { numRuns: 20, seed: 20261201 },
    );
  },
  60_000,
);
