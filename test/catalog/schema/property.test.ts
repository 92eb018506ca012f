import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Proof, proof, sourcesOf } from "./duckdb.ts";

let run: Proof;
beforeAll(async () => {
  run = await proof();
});
afterAll(() => run.close());

const cell = fc.oneof(
  fc.constant(""),
  fc.integer().map(String),
  fc.bigInt({ min: -(2n ** 65n), max: 2n ** 65n }).map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.boolean().map(String),
  fc.constantFrom(
    "007",
    "+1",
    "NaN",
    "-inf",
    "1e5",
    "1.",
    ".5",
    "true ",
    " 12",
    "2024-02-30",
    "1_000",
    "0x1F",
    "-",
    ".",
  ),
  fc
    .date({ min: new Date("1900-01-01"), max: new Date("2200-01-01"), noInvalidDate: true })
    .chain((date) =>
      fc.constantFrom(date.toISOString(), date.toISOString().slice(0, 10), date.toISOString().slice(0, 19)),
    ),
  // Leading blanks in front of a quote, and lines of blanks, mean different things to different readers.
  fc.string({
    unit: fc.constantFrom("a", "b", ",", ";", "|", "\t", '"', "'", "\n", "é", "😀", "x", "."),
    maxLength: 8,
  }),
);

const table = fc
  .record({ width: fc.integer({ min: 2, max: 5 }), rows: fc.integer({ min: 3, max: 12 }) })
  .chain(({ width, rows }) =>
    fc.record({
      // Names without anything that separates, so that the header tells the delimiter.
      names: fc.uniqueArray(fc.stringMatching(/^[a-z][a-z0-9 ]{0,5}[a-z0-9]$/), { minLength: width, maxLength: width }),
      columns: fc.array(fc.oneof(fc.array(cell, { minLength: rows, maxLength: rows }), uniform(rows)), {
        minLength: width,
        maxLength: width,
      }),
      delimiter: fc.constantFrom(",", ";", "|", "\t"),
      newline: fc.constantFrom("\n", "\r\n"),
      quoteAll: fc.boolean(),
      mark: fc.boolean(),
      lastLineEnd: fc.boolean(),
    }),
  );

/** A column of one kind of value, so that types other than string come up. */
function uniform(rows: number) {
  const of = (value: fc.Arbitrary<string>) =>
    fc.array(fc.oneof(value, fc.constant("")), { minLength: rows, maxLength: rows });
  return fc.oneof(
    of(fc.integer().map(String)),
    of(fc.double({ noNaN: true, noDefaultInfinity: true }).map(String)),
    of(fc.boolean().map(String)),
    of(fc.integer({ min: 0, max: 20_000 }).map((day) => new Date(day * 86_400_000).toISOString().slice(0, 10))),
    of(fc.integer({ min: 0, max: 2 ** 31 }).map((second) => new Date(second * 1000).toISOString().replace(".000", ""))),
  );
}

function written(data: typeof table extends fc.Arbitrary<infer T> ? T : never): string {
  const special = new RegExp(`["'\n\r${data.delimiter === "|" ? "\\|" : data.delimiter}]`);
  const field = (value: string) =>
    special.test(value) || (data.quoteAll && value !== "") ? `"${value.replaceAll('"', '""')}"` : value;
  const count = data.columns[0]?.length ?? 0;
  const rows = Array.from({ length: count }, (_, index) => data.columns.map((column) => field(column[index] ?? "")));
  const lines = [data.names.map(field), ...rows].map((fields) => fields.join(data.delimiter));
  return `${data.mark ? "\ufeff" : ""}${lines.join(data.newline)}${data.lastLineEnd ? data.newline : ""}`;
}

test("tables come back with their names, and DuckDB reads every value as the type that was found", async () => {
  let count = 0;
  await fc.assert(
    fc.asyncProperty(table, async (data) => {
      const path = `property/${++count}.csv`;
      await run.put(path, written(data));
      const reading = await run.reading(path);
      expect(reading.columns.map((column) => column.name)).toEqual(data.names);
      expect(reading.csv).toMatchObject({ delimiter: data.delimiter, quote: '"' });
      const [source] = sourcesOf(run.storage, reading);
      if (source === undefined) throw new Error("No group.");
      const rows = await run.rows({ kind: "preview", source, limit: 100 });
      for (const [index, column] of reading.columns.entries()) {
        const given = data.columns[index] ?? [];
        const read = rows.map((row) => row[column.name]);
        expect(read.map((value) => value === null)).toEqual(given.map((value) => value === ""));
        if (column.type.kind === "string") expect(read.map((value) => value ?? "")).toEqual(given);
        if (column.type.kind === "float")
          expect(read.map(Number)).toEqual(given.map((text) => Number(numberText(text))));
        if (column.type.kind === "int") {
          expect(read.map((value) => String(value ?? ""))).toEqual(
            given.map((text) => text.trim().replace(/^-0$/, "0")),
          );
        }
      }
    }),
    { numRuns: 150 },
  );
}, 60_000);

const numberText = (text: string) => text.replace(/inf$/, "Infinity");
