/** The form, printed in DuckDB's own dialect, gives the rows of today's way through files: the reference for all other dialects. */
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { AnyJob, CanonicalJob, DataSource } from "../../src/job/job.ts";
import type { DataType } from "../../src/model/data-type.ts";
import { column, type Schema } from "../../src/model/schema.ts";
import { compileJob } from "../../src/sql/dialects/duckdb/compile.ts";
import { duckDbType } from "../../src/sql/dialects/duckdb/types.ts";
import { statementsOf } from "../../src/sql/statements.ts";
import { temporaryContext } from "../conformance/context.ts";
import { printDialect, sinkOf, tableOf } from "./statement-jobs.ts";

let connection: DuckDBConnection;
let directory: string;
let close: () => Promise<void>;

beforeAll(async () => {
  const made = await temporaryContext({});
  directory = made.directory;
  close = made.close;
  connection = await (await DuckDBInstance.create()).connect();
  await connection.run("SET TimeZone = 'UTC'");
  await connection.run("SET threads = 1");
});
afterAll(async () => {
  connection.closeSync();
  await close();
});

const rowsOf = async (sql: string) => (await connection.runAndReadAll(sql)).getRowsJson();

/** Values that dialects are known to treat in different ways. */
const texts: readonly (readonly [DataType, readonly (string | null)[]])[] = [
  [{ kind: "int", bits: 64 }, [null, "0", "-1", "7", "9007199254740993"]],
  [{ kind: "int", bits: 32 }, [null, "0", "-5", "12"]],
  [{ kind: "float", bits: 64 }, [null, "0", "-0.0", "-2.5", "nan", "inf", "-inf", "1e20", "1e-5", "0.1"]],
  [{ kind: "float", bits: 32 }, [null, "0", "nan", "-1.5", "16777216"]],
  [{ kind: "decimal", precision: 9, scale: 2 }, [null, "0", "-0.05", "12.50"]],
  [{ kind: "string" }, [null, "", "a", "B", "é", "it's", '"', "-- x", "007"]],
  [{ kind: "boolean" }, [null, "true", "false"]],
  [{ kind: "date" }, [null, "1969-12-31", "2024-02-29"]],
  [{ kind: "timestamp", precision: 6, zone: false }, [null, "2024-01-01 00:00:00", "1960-05-05 12:30:00.25"]],
];

const names = ["k", "o", "Value", "mason_row", "select", 'qu"ote', "row id", "rowid_"] as const;

interface Table {
  readonly columns: Schema;
  readonly rows: readonly (readonly (string | null)[])[];
}

const anyTable: fc.Arbitrary<Table> = fc
  .tuple(
    fc.uniqueArray(fc.constantFrom(...names), { minLength: 1, maxLength: 5 }),
    fc.array(fc.constantFrom(...texts), { minLength: 5, maxLength: 5 }),
  )
  .chain(([chosen, types]) => {
    const columns = chosen.map((name, at) => column(name, (types[at] ?? texts[0])?.[0] ?? { kind: "string" }));
    const row = fc.tuple(...columns.map((_, at) => fc.constantFrom(...(types[at]?.[1] ?? [null]))));
    return fc.array(row, { maxLength: 12 }).map((rows) => ({ columns, rows }));
  });

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
const named = (text: string) => `"${text.replaceAll('"', '""')}"`;
let tables = 0;

/** The same rows as a table of DuckDB and as a Parquet file, in one order. */
async function bothOf({ columns, rows }: Table) {
  const name = `t${++tables}`;
  const types = columns.map(({ type }) => duckDbType(type));
  await connection.run(
    `CREATE TABLE ${name} (${columns.map((item, at) => `${named(item.name)} ${types[at]}`).join(", ")})`,
  );
  for (const row of rows) {
    const values = row.map((value) => (value === null ? "NULL" : quoted(value)));
    await connection.run(`INSERT INTO ${name} VALUES (${values.join(", ")})`);
  }
  const file = `${directory}/${name}.parquet`;
  await connection.run(`COPY ${name} TO ${quoted(file)}`);
  const files: DataSource = {
    name: ["main", name],
    files: [`file://${file}`],
    format: "parquet",
    columns,
    partitions: [],
  };
  return { files, table: tableOf(["memory", "main", name], columns) };
}

/** The rows of a job of today, by hand: the job's tables are made, and its SELECT runs. */
async function rowsToday(job: CanonicalJob) {
  const compiled = compileJob(job);
  for (const sql of compiled.setup) await connection.run(sql);
  const rows = await rowsOf(compiled.select);
  await connection.run('DROP TABLE IF EXISTS "mason_dropped"');
  for (const view of compiled.setup.flatMap((sql) => /^CREATE VIEW (\S+)/.exec(sql)?.[1] ?? []))
    await connection.run(`DROP VIEW ${view}`);
  return rows;
}

/** The rows of the printed statements: of the SELECT, or of the table that they make. */
async function rowsPrinted(job: AnyJob) {
  const printed = statementsOf(job, printDialect("duckdb"));
  if (!printed.ok) throw new Error(printed.reason);
  const facts: Record<string, unknown> = {};
  let rows: unknown[] = [];
  for (const { purpose, sql, name } of printed.statements) {
    const found = await rowsOf(sql);
    if (purpose === "fact") facts[name ?? ""] = Number(found[0]?.[0]);
    else rows = found;
  }
  if (job.target !== undefined) {
    rows = await rowsOf('SELECT * FROM "memory"."main"."made"');
    await connection.run('DROP TABLE "memory"."main"."made"');
  }
  return { rows, facts };
}

const bag = (rows: readonly unknown[]) => rows.map((row) => JSON.stringify(row)).sort();
const made = sinkOf(["memory", "main", "made"]);
const unused = { uri: "file:///unused", shape: "directory", format: "parquet", partitionBy: [] } as const;

test("preview and summarize", async () => {
  await fc.assert(
    fc.asyncProperty(anyTable, fc.nat({ max: 5 }), async (given, limit) => {
      const { files, table } = await bothOf(given);
      const preview = await rowsPrinted({ kind: "preview", source: table, limit });
      expect(preview.rows).toEqual(await rowsToday({ kind: "preview", source: files, limit }));
      const { columns } = given;
      const summary = await rowsPrinted({ kind: "summarize", source: table, columns });
      expect(summary.rows).toEqual(await rowsToday({ kind: "summarize", source: files, columns }));
    }),
    { numRuns: 60 },
  );
});

test("dedupe by keys and by whole rows", async () => {
  const wish = fc.record({
    keys: fc.nat({ max: 2 }),
    descending: fc.boolean(),
    orders: fc.nat({ max: 2 }),
    keep: fc.constantFrom("first" as const, "last" as const),
  });
  await fc.assert(
    fc.asyncProperty(anyTable, wish, async (given, { keys, orders, descending, keep }) => {
      const { files, table } = await bothOf(given);
      const all = given.columns.map(({ name }) => name);
      const chosen = all.slice(0, keys);
      const orderBy = keys === 0 ? [] : all.slice(keys, keys + orders).map((item) => ({ column: item, descending }));
      const job = { kind: "dedupe", keys: chosen, orderBy, keep } as const;
      const { rows, facts } = await rowsPrinted({ ...job, source: table, target: made });
      expect(bag(rows)).toEqual(bag(await rowsToday({ ...job, source: files, target: unused })));
      expect(facts).toEqual({ rows_in: given.rows.length });
    }),
    { numRuns: 100 },
  );
});

test("format with a subset of columns and of partitions", async () => {
  await fc.assert(
    fc.asyncProperty(anyTable, fc.nat({ max: 20 }), async (given, seed) => {
      const { table } = await bothOf(given);
      const folder = given.columns.at(-1);
      if (folder === undefined) return;
      const values = given.rows.map((row) => row.at(-1) ?? null).filter((_, at) => at % 2 === seed % 2);
      const plain = values.filter((value) => value === null || !/nan|inf/.test(value));
      const partitions = plain.map((value) => ({ [folder.name]: value }));
      const columns = given.columns.map(({ name }) => name).reverse();
      const { rows } = await rowsPrinted({ kind: "format", source: table, columns, partitions, target: made });
      const wanted = plain.map((value) =>
        value === null
          ? `${named(folder.name)} IS NULL`
          : `${named(folder.name)} = ${quoted(value)}::${duckDbType(folder.type)}`,
      );
      const where = wanted.length === 0 ? "false" : wanted.join(" OR ");
      expect(bag(rows)).toEqual(
        bag(await rowsOf(`SELECT ${columns.map(named).join(", ")} FROM ${named(table.table[2] ?? "")} WHERE ${where}`)),
      );
    }),
    { numRuns: 60 },
  );
});

test("merge casts to the united columns, and what a table lacks is null", async () => {
  const target = fc.constantFrom<DataType>({ kind: "string" }, { kind: "json" });
  await fc.assert(
    fc.asyncProperty(anyTable, anyTable, target, async (a, b, type) => {
      const [first, second] = [await bothOf(a), await bothOf(b)];
      const unitedNames = [...new Set([...a.columns, ...b.columns].map(({ name }) => name))];
      const columns = unitedNames.map((name) => column(name, type));
      const { rows } = await rowsPrinted({
        kind: "merge",
        sources: [first.table, second.table],
        columns,
        target: made,
      });
      // Files are read with the united type, so the oracle casts the tables by hand.
      const cast = ({ columns: own }: Table, from: string) =>
        `SELECT ${columns
          .map(({ name }) => {
            if (!own.some((item) => item.name === name)) return "NULL";
            return type.kind === "json"
              ? `CASE WHEN ${named(name)} IS NOT NULL THEN to_json(${named(name)}) END`
              : `${named(name)}::VARCHAR`;
          })
          .join(", ")} FROM ${from}`;
      const [left, right] = [first, second].map(({ table }) => table.table[2] ?? "");
      expect(bag(rows)).toEqual(bag(await rowsOf(`${cast(a, left ?? "")} UNION ALL ${cast(b, right ?? "")}`)));
    }),
    { numRuns: 60 },
  );
});

test("queries and made-up rows", async () => {
  const { table } = await bothOf({ columns: [column("k", { kind: "string" })], rows: [["b"], ["a"], [null]] });
  const from = table.table[2];
  const query = { kind: "query", sql: `SELECT k FROM main.${from} ORDER BY k DESC; -- end`, sources: [table] } as const;
  expect((await rowsPrinted(query)).rows).toEqual([["b"], ["a"], [null]]);
  expect((await rowsPrinted({ ...query, limit: 1, target: made })).rows).toEqual([["b"]]);
  const fake = {
    kind: "fake",
    columns: [
      { name: "id", type: { kind: "int", bits: 64 } },
      { name: "city", type: { kind: "string" } },
    ],
    size: 20,
    seed: 3,
  } as const;
  expect((await rowsPrinted(fake)).rows).toEqual(await rowsToday(fake));
});
