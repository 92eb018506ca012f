/** The types that DuckDB's CSV reader may give by itself: it must accept and return exactly what the checked casts of text do. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { DataSource } from "../../../../src/job/job.ts";
import { selectSource } from "../../../../src/sql/dialects/duckdb/select-source.ts";
import { csvReadType } from "../../../../src/sql/dialects/duckdb/source.ts";
import { schema } from "./local-run.ts";

let directory: string;
let connection: DuckDBConnection;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "mason-typed-csv-"));
  connection = await (await DuckDBInstance.create(":memory:")).connect();
});
afterAll(async () => {
  connection.closeSync();
  await rm(directory, { recursive: true });
});

const numbers = [
  ..."1 -1 +1 01234 1.0 1. 1.7 .5 -0 1e3 1E3 1e-1 1_000 1_0.5 0x1F 0b11 1e400 -1e400 1e-400 nan NaN -nan inf +inf -inf Infinity".split(
    " ",
  ),
  ..."9223372036854775808 9007199254740993 0.1000000000000000055511151231257827 abc null NULL 1d 1f 1.2.3 --1 1- 1e e1 $1 1%".split(
    " ",
  ),
  ...[
    " 1",
    "1 ",
    " 1 ",
    "\t1",
    "",
    " ",
    "1 2",
    "1,5",
    "1;",
    "１",
    "\u00a01",
    "1\n",
    '1"2',
    "0.000000000000000000000000000000000000001",
    "3.4028236e38",
    "1e39",
  ],
];
const booleans = "true false True TRUE tRuE t f T F yes no on off y n 0 1 2 1.0 -1 00 01 null truefalse".split(" ");
const spaced = [" true", "true ", "", " ", "true\n"];
const anything = fc.oneof(
  fc.constantFrom(...numbers, ...booleans, ...spaced),
  fc.double().map(String),
  fc.string({ unit: fc.constantFrom(..."0123456789.eE+-_ xntrufalsi"), maxLength: 12 }),
);

/** The type was inferred from all values. */
const typed = (type: string, file: string): DataSource => ({ ...source(type, file), inferred: "all" });

const source = (type: string, file: string): DataSource => ({
  name: ["s"],
  files: [`file://${file}`],
  format: "csv",
  columns: schema(`c ${type}, d string`),
  partitions: [],
});

/** The value as text, or `ERROR`. */
async function read(of: DataSource & { readonly isAllText?: boolean }): Promise<unknown> {
  try {
    const result = await connection.run(`SELECT CAST(c AS VARCHAR) FROM (${selectSource(of)})`);
    return (await result.getRows())[0]?.[0];
  } catch {
    return "ERROR";
  }
}

test.each(["double", "float", "boolean"])("%s: the reader and the cast agree on every text", async (type) => {
  const check = async (text: string, isQuoted: boolean) => {
    const file = join(directory, "one.csv");
    const cell = isQuoted || /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    await writeFile(file, `c,d\n${cell},x\n`);
    const hasEmptyTexts = cell === '""';
    const own = { ...typed(type, file), hasEmptyTexts };
    expect(csvReadType(own, 0).kind === "string").toBe(hasEmptyTexts);
    const found = await read(own);
    // Inference takes such numbers for text, so none of them is read by the type.
    const isNearZero = /^-?0\.0$/.test(String(found)) && /^[^eE]*[1-9]/.test(text);
    const isBeyond = (/^-?inf$/.test(String(found)) && /[0-9]/.test(text)) || isNearZero;
    expect([text, isBeyond ? "ERROR" : found]).toEqual([text, await read({ ...source(type, file), isAllText: true })]);
  };
  for (const text of [...numbers, ...booleans, ...spaced])
    for (const isQuoted of [true, false]) await check(text, isQuoted);
  await fc.assert(fc.asyncProperty(anything, fc.boolean(), check), { numRuns: 300 });
});

test.each([
  "bigint",
  "boolean",
  "double",
  "float",
  "decimal(9,2)",
  "date",
  "timestamp",
  "time",
  "timestamp with time zone",
])("%s is read as text, since the reader rounds or cuts it", (type) =>
  expect(csvReadType(source(type, "/x.csv"), 0).kind).toBe("string"),
);

test("a decimal comma, and types that only a sample shows, need the text", () => {
  const csv = {
    delimiter: ";",
    quote: '"',
    header: true,
    compression: "none",
    nullPadding: false,
    newline: "\n",
  } as const;
  expect(csvReadType({ ...source("double", "/x.csv"), csv: { ...csv, decimal: "," } }, 0).kind).toBe("string");
  expect(csvReadType({ ...source("double", "/x.csv"), inferred: "sample" }, 0).kind).toBe("string");
  expect(csvReadType({ ...source("bigint", "/x.csv"), inferred: "all" }, 0).kind).toBe("int");
});
