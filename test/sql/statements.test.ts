import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AnyJob } from "../../src/job/job.ts";
import { column } from "../../src/model/schema.ts";
import { type JobStatement, statementsOf } from "../../src/sql/statements.ts";
import { schema } from "./dialects/duckdb/local-run.ts";
import { held, printDialect, sinkOf, tableOf } from "./statement-jobs.ts";

const orders = tableOf(["lake", "sales", "orders"], "id bigint, price double, note string", {
  partitions: [column("day", { kind: "date" })],
});
const older = tableOf(["lake", "sales", "older"], "ID int, note varchar(9), price decimal(9,2)");
const into = sinkOf(["lake", "sales", "out"]);
const parquet = sinkOf(["lake", "sales", "out"], { format: "parquet", partitionBy: ["day"], location: "s3://b/out/" });
const append = sinkOf(["lake", "sales", "out"], { mode: "append" });
const dedupe = { kind: "dedupe", source: orders, target: into } as const;

/** Every kind of job, as the plan would show its statements. */
const jobs: Readonly<Record<string, AnyJob>> = {
  "query, rows": { kind: "query", sql: "SELECT * FROM sales.orders ORDER BY id -- all;", sources: [orders] },
  "query, table": { kind: "query", sql: "WITH a AS (SELECT 1 AS x) SELECT * FROM a;", sources: [], target: into },
  "query, limit and order": {
    kind: "query",
    sql: "SELECT * FROM sales.orders ORDER BY id -- all\n;",
    sources: [orders],
    limit: 5,
    target: into,
  },
  "query, limit": { kind: "query", sql: "SELECT 1 AS x", sources: [], limit: 5, target: into },
  "query, append": {
    kind: "query",
    sql: "SELECT 1 AS x",
    sources: [],
    target: { ...append, into: held("sales.out", schema("x bigint, y string")) },
  },
  "format, all": { kind: "format", source: orders, target: parquet },
  "format, columns and partitions": {
    kind: "format",
    source: orders,
    columns: ["day", "id"],
    partitions: [{ day: "2024-02-29" }, { day: null }],
    target: parquet,
  },
  "format, no partition": { kind: "format", source: orders, partitions: [], target: into },
  merge: {
    kind: "merge",
    sources: [orders, older],
    columns: schema("id bigint, note string, price double, day date"),
    target: append,
  },
  "merge, nothing": { kind: "merge", sources: [], columns: schema("id bigint, note string"), target: into },
  "dedupe, rows": { ...dedupe, keys: [], orderBy: [], keep: "first" },
  "dedupe, first of a key": { ...dedupe, keys: ["id"], orderBy: [], keep: "first" },
  "dedupe, last of a key in order": {
    ...dedupe,
    keys: ["id", "day"],
    orderBy: [{ column: "price", descending: true }],
    keep: "last",
  },
  summarize: { kind: "summarize", source: older, columns: older.columns },
  "summarize, nothing": { kind: "summarize", source: older, columns: [] },
  preview: { kind: "preview", source: orders, limit: 10 },
  fake: { kind: "fake", columns: [{ name: "id", type: { kind: "int", bits: 64 } }], size: 3, seed: 1, target: into },
  "into a declared table": {
    kind: "format",
    source: older,
    target: { ...append, into: held("sales.out", [{ ...column("id", { kind: "int", bits: 64 }), nullable: false }]) },
  },
};

const shown = ({ purpose, name, rowLimit, sql }: JobStatement) =>
  `-- ${[purpose, name, rowLimit && `of at most ${rowLimit} rows`].filter(Boolean).join(" ")}\n${sql};`;

test.each(["duckdb", "trino"])("jobs as statements of %s", async (name) => {
  const parts = Object.entries(jobs).map(([title, job]) => {
    const printed = statementsOf(job, printDialect(name));
    if (!printed.ok) return `## ${title}\n\nRefused: ${printed.reason}\n`;
    const catalog = printed.catalog === undefined ? "" : `In the catalog "${printed.catalog}":\n\n`;
    return `## ${title}\n\n${catalog}\`\`\`sql\n${printed.statements.map(shown).join("\n")}\n\`\`\`\n`;
  });
  await expect(`# Jobs as statements of ${name}\n\n${parts.join("\n")}`).toMatchFileSnapshot(`statements/${name}.md`);
});

describe("refused, with the reason", () => {
  const files = { name: ["db", "t"], files: [], format: "csv", columns: [], partitions: [] } as const;
  const path = { uri: "file:///x", shape: "directory", format: "parquet", partitionBy: [] } as const;
  const trinoFormat = (columns: string, target = into): AnyJob => ({
    kind: "format",
    source: tableOf(["c", "s", "t"], columns),
    target,
  });
  test.each<[string, AnyJob, RegExp]>([
    ["files", { kind: "preview", source: files, limit: 1 }, /"db\.t" is a set of files/],
    ["a path", { ...dedupe, keys: [], orderBy: [], keep: "first", target: path }, /a path of files/],
    ["fake", jobs.fake as AnyJob, /hash function that only DuckDB has/],
    ["CSV", trinoFormat("a string", { ...into, format: "csv" }), /nothing but text/],
    [
      "JSON of text",
      { kind: "merge", sources: [tableOf(["c", "s", "t"], "a string")], columns: schema("a json"), target: into },
      /"to_json" of string is not possible/,
    ],
    [
      "a cast that nobody proved",
      { kind: "merge", sources: [tableOf(["c", "s", "t"], "a binary")], columns: schema("a string"), target: into },
      /from binary to string is not proven/,
    ],
    [
      "NaN in a comparison",
      {
        kind: "format",
        source: tableOf(["c", "s", "t"], "", { partitions: schema("f double") }),
        partitions: [{ f: "1.5" }],
        target: into,
      },
      /NaN does not equal itself/,
    ],
    [
      "a constant of another type",
      {
        kind: "format",
        source: tableOf(["c", "s", "t"], "", { partitions: schema("n int") }),
        partitions: [{ n: "1; DROP" }],
        target: into,
      },
      /"1; DROP" is no value of the type int/,
    ],
    [
      "two catalogs",
      {
        kind: "query",
        sql: "SELECT 1",
        sources: [orders, tableOf(["other", "sales", "x"], "a int")],
      },
      /catalogs "lake" and "other" without their catalog/,
    ],
    [
      "a name that the engine does not know",
      { kind: "query", sql: "SELECT 1", sources: [{ ...orders, name: ["db", "orders"] }] },
      /names "db\.orders", which is "lake\.sales\.orders"/,
    ],
    ...["SELECT 1; DROP TABLE t", "SELECT 1) --", "SELECT (1", "SELECT '1", "SELECT 1 /* x", 'SELECT "a'].map(
      (sql): [string, AnyJob, RegExp] => [
        sql,
        { kind: "query", sql, sources: [], target: into },
        /not one whole statement/,
      ],
    ),
    [
      "a limit within a limit",
      { kind: "query", sql: "SELECT 1 AS x ORDER BY x LIMIT 3", sources: [], limit: 2, target: into },
      /own ORDER BY and LIMIT/,
    ],
    [
      "rows of unknown columns into an unknown table",
      { kind: "query", sql: "SELECT 1 AS x", sources: [], target: append },
      /the columns of neither are known/,
    ],
    [
      "a narrower column",
      trinoFormat("id bigint", { ...append, into: held("s.out", schema("id int")) }),
      /which does not hold all its values/,
    ],
    [
      "a rule about misfits",
      trinoFormat("id bigint", { ...append, into: held("s.out", schema("id bigint"), { onMismatch: "skip_row" }) }),
      /on_mismatch: skip_row/,
    ],
    [
      "an order that nothing decides",
      {
        ...dedupe,
        source: tableOf(["c", "s", "t"], "k int, m map<string, int>"),
        keys: ["k"],
        orderBy: [],
        keep: "first",
      },
      /column "m", whose values have no order/,
    ],
    [
      "an order that nobody proved",
      {
        ...dedupe,
        source: tableOf(["c", "s", "t"], "k int, s struct<a: double>"),
        keys: ["k"],
        orderBy: [],
        keep: "last",
      },
      /order of struct<a: double> is not proven/,
    ],
    ["an empty name", { kind: "preview", source: tableOf(["c", "", "t"], "k int"), limit: 1 }, /must not be empty/],
  ])("%s", (_, job, reason) => {
    expect(statementsOf(job, printDialect("trino"))).toEqual({ ok: false, reason: expect.stringMatching(reason) });
  });
});

/** Strings and names of a statement by the rules of the SQL standard, and what is left without them. */
function lexed(sql: string) {
  const found = { strings: [] as string[], names: [] as string[] };
  const rest = sql.replaceAll(/'((?:[^']|'')*)'|"((?:[^"]|"")*)"/g, (_, text?: string, name?: string) => {
    if (text !== undefined) found.strings.push(text.replaceAll("''", "'"));
    if (name !== undefined) found.names.push(name.replaceAll('""', '"'));
    return " ";
  });
  return { ...found, rest };
}

test.each(["duckdb", "trino"])("no name and no value leaves its quotes in %s", (dialect) => {
  const hostile = fc
    .array(fc.constantFrom("'", '"', "\\", "--", "/*", "*/", ";", "{0}", "{type}", "$$", "\n", "x", "é", " ", "$1"), {
      minLength: 1,
      maxLength: 8,
    })
    .map((pieces) => pieces.join(""));
  const some = fc.record({ table: hostile, a: hostile, b: hostile, value: hostile, text: hostile });
  fc.assert(
    fc.property(some, (given) => {
      const [a, b] = [`a${given.a}`, `b${given.b}`];
      const string = { kind: "string" } as const;
      const source = tableOf(["c", "s", given.table], [column(a, string)], { partitions: [column(b, string)] });
      const target = sinkOf(["c", "s", given.text]);
      const all: readonly AnyJob[] = [
        { kind: "format", source, partitions: [{ [b]: given.value }], target },
        { kind: "summarize", source, columns: source.columns },
        { kind: "dedupe", source, keys: [a], orderBy: [], keep: "last", target },
        { kind: "merge", sources: [source, source], columns: [column(a, string), column("n", string)], target },
      ];
      for (const job of all) {
        const printed = statementsOf(job, printDialect(dialect));
        if (!printed.ok) throw new Error(printed.reason);
        for (const { sql } of printed.statements) {
          const { strings, names, rest } = lexed(sql);
          expect(rest).toMatch(/^[\w\s().,:;[\]{}*=<>|>-]*$/);
          expect(rest).not.toMatch(/['"\\;]|--|\/\*|\$\$/);
          expect(names).toContain(given.table);
          if (job.kind === "format") expect(strings).toContain(given.value);
        }
      }
    }),
    { numRuns: 300 },
  );
});
