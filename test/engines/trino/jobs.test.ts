/** Every canonical job, printed for Trino and run there, gives the rows that DuckDB gives today over the same rows in files. */
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AnyJob, CanonicalJob, DataSource, TableRelation } from "../../../src/job/job.ts";
import {
  bigint,
  type DataType,
  double,
  formatDataType,
  sameType,
  string,
  unknown,
} from "../../../src/model/data-type.ts";
import { column, type Schema } from "../../../src/model/schema.ts";
import { compileJob } from "../../../src/sql/dialects/duckdb/compile.ts";
import { duckDbType } from "../../../src/sql/dialects/duckdb/types.ts";
import { trinoType } from "../../../src/sql/dialects/trino/types.ts";
import { statementsOf } from "../../../src/sql/statements.ts";
import { temporaryContext } from "../../conformance/context.ts";
import { printDialect, sinkOf, tableOf } from "../../sql/statement-jobs.ts";
import { available } from "../support/available.ts";
import { ask } from "./ask.ts";
import { startTrino } from "./start.ts";
import { comparable, inDuckDb, inTrino, typedValues } from "./typed-values.ts";

const server = await available("Trino", startTrino);

interface Table {
  readonly columns: Schema;
  readonly rows: readonly (readonly (string | null)[])[];
}

if (server !== null) {
  const { url } = server;
  let connection: DuckDBConnection;
  let directory: string;
  let close: () => Promise<void>;
  beforeAll(async () => {
    const made = await temporaryContext({});
    directory = made.directory;
    close = made.close;
    connection = await (await DuckDBInstance.create()).connect();
    await connection.run("SET TimeZone = 'UTC'");
    await trino("DROP SCHEMA IF EXISTS memory.jobs CASCADE");
    await trino("CREATE SCHEMA memory.jobs");
  });
  afterAll(async () => {
    connection.closeSync();
    await close();
  });

  const trino = async (sql: string) => {
    const { rows, error } = await ask(url, sql);
    if (error !== null) throw new Error(`${error}: ${sql}`);
    return rows;
  };
  const duckdb = async (sql: string) => (await connection.runAndReadAll(sql)).getRowsJson();
  const named = (name: string) => `"${name.replaceAll('"', '""')}"`;

  /** The same rows as a table of Trino and as a Parquet file, whose order is that of the values. */
  async function both({
    columns,
    rows,
  }: Table): Promise<{ readonly table: TableRelation; readonly files: DataSource }> {
    const name = `t${++tables}`;
    const select = (literal: (value: string | null, type: string) => string, type: (of: DataType) => string) => {
      const one = (row: readonly (string | null)[]) =>
        `SELECT ${columns.map((item, at) => `${literal(row[at] ?? null, type(item.type))} AS ${named(item.name)}`).join(", ")}`;
      const none = `${one(columns.map(() => null))} WHERE 1 = 0`;
      return rows.length === 0 ? none : rows.map(one).join(" UNION ALL ");
    };
    await trino(`CREATE TABLE memory.jobs.${name} AS ${select(inTrino, trinoType)}`);
    const file = `${directory}/${name}.parquet`;
    await connection.run(`COPY (SELECT * FROM (${select(inDuckDb, duckDbType)}) ORDER BY ALL) TO '${file}'`);
    const found = { name: ["jobs", name], columns, partitions: [] };
    return {
      table: tableOf(["memory", "jobs", name], columns),
      files: { ...found, files: [`file://${file}`], format: "parquet" },
    };
  }
  let tables = 0;

  /** The rows that Trino gives or writes, and its facts. */
  async function onTrino(job: AnyJob, columns: Schema) {
    const printed = statementsOf(job, printDialect("trino"));
    if (!printed.ok) throw new Error(printed.reason);
    const facts: Record<string, unknown> = {};
    let rows: readonly (readonly unknown[])[] = [];
    // Whole numbers as texts: JSON of this protocol is read as doubles.
    const read = columns.map(({ name, type }) =>
      type.kind === "int" ? `CAST(${named(name)} AS varchar)` : named(name),
    );
    const readFrom = (from: string) => trino(`SELECT ${read.join(", ")} FROM ${from}`);
    for (const { purpose, sql, name } of printed.statements) {
      const found = purpose === "main" && job.target === undefined ? await readFrom(`(${sql})`) : await trino(sql);
      if (purpose === "fact") facts[name ?? ""] = found[0]?.[0];
      else rows = found;
    }
    if (job.target !== undefined) {
      rows = await readFrom("memory.jobs.made");
      await trino("DROP TABLE memory.jobs.made");
    }
    return { rows: shown(rows, columns), facts };
  }

  async function today(job: CanonicalJob, columns: Schema) {
    const compiled = compileJob(job);
    for (const sql of compiled.setup) await connection.run(sql);
    const rows = await duckdb(compiled.select);
    await connection.run('DROP TABLE IF EXISTS "mason_dropped"');
    return shown(rows, columns);
  }

  /** Rows as a bag. */
  const shown = (rows: readonly (readonly unknown[])[], columns: Schema) =>
    rows.map((row) => row.map((value, at) => comparable(value, columns[at]?.type ?? string)).join(" | ")).sort();

  const made = sinkOf(["memory", "jobs", "made"]);
  const unused = { uri: "file:///unused", shape: "directory", format: "parquet", partitionBy: [] } as const;
  const summaryColumns = "column,type,rows,non_null,null,distinct,min,max,mean".split(",").map((name) => {
    const isCount = /rows|null|distinct/.test(name);
    return column(name, name === "mean" ? double : isCount ? bigint : string);
  });

  describe("jobs on trino", () => {
    test.each(typedValues.map(({ type, values }) => [formatDataType(type), type, values] as const))(
      "%s: summarized, cast to text, deduplicated, ordered",
      async (_, type, values) => {
        const columns = [column("v", type), column("n", bigint)];
        // Twice, so that there are duplicates; the second column tells rows of one value apart.
        const rows = [...values, ...values].map((value, at) => [value, String(at % 3)]);
        const few = rows.filter(([value]) => value !== null && !/nan|inf/.test(value ?? "")).slice(0, 2);
        for (const given of [few, rows.filter(([value]) => value === null), [], rows]) {
          const { table, files } = await both({ columns, rows: given });
          const summary = { kind: "summarize", columns } as const;
          expect((await onTrino({ ...summary, source: table }, summaryColumns)).rows).toEqual(
            await today({ ...summary, source: files }, summaryColumns),
          );
          if (given !== rows) continue;
          const texts = [column("v", string), column("n", string)];
          const merge = { kind: "merge", columns: texts } as const;
          const merged = await onTrino({ ...merge, sources: [table], target: made }, texts);
          expect(merged.rows).toEqual(await today({ ...merge, sources: [files], target: unused }, texts));
          for (const [keys, orders, keep] of [
            [[], [], "first"],
            [["v"], [], "first"],
            [["v"], ["n"], "last"],
            [["n"], ["v"], "first"],
            [["n"], ["v"], "last"],
          ] as const)
            for (const descending of orders.length === 0 ? [false] : [false, true]) {
              const orderBy = orders.map((item) => ({ column: item, descending }));
              const dedupe = { kind: "dedupe", keys, orderBy, keep } as const;
              const kept = await onTrino({ ...dedupe, source: table, target: made }, columns);
              expect(kept.rows).toEqual(await today({ ...dedupe, source: files, target: unused }, columns));
              expect(kept.facts).toEqual({ rows_in: given.length });
            }
        }
      },
      240_000,
    );

    const names = fc.constantFrom(
      "k",
      "order",
      'qu"ote',
      "mason_row",
      "t1",
      "ünïcode",
      "a b",
      "all_rows",
      "s",
      "p",
      "{0}",
    );
    const anyTable = fc
      .tuple(
        fc.uniqueArray(names, { minLength: 3, maxLength: 4 }),
        fc.array(fc.constantFrom(...typedValues), { minLength: 4, maxLength: 4 }),
        fc.constantFrom("first" as const, "last" as const),
        fc.boolean(),
      )
      .chain(([chosen, types, keep, descending]) => {
        const columns = chosen.map((name, at) => column(name, types[at]?.type ?? string));
        const cells = columns.map((_, at) => fc.constantFrom(...(types[at]?.values.slice(0, 4) ?? [null])));
        const rows = fc.array(fc.tuple(...cells), { maxLength: 14 });
        return rows.map((found) => ({ columns, rows: found, keep, descending }));
      });

    test.each(fc.sample(anyTable, { numRuns: 12, seed: 11 }).map((given, at) => [at, given] as const))(
      "made-up table %i: ties are broken by the values",
      async (_, { keep, descending, ...given }) => {
        const { table, files } = await both(given);
        const { columns } = given;
        const [first, second] = columns.map(({ name }) => name);
        const orderBy = [{ column: second ?? "", descending }];
        const rows = (job: AnyJob) => onTrino(job, job.kind === "summarize" ? summaryColumns : columns);
        const preview = { kind: "preview", limit: 100 } as const;
        expect((await rows({ ...preview, source: table })).rows).toEqual(
          await today({ ...preview, source: files }, columns),
        );
        const summary = { kind: "summarize", columns } as const;
        expect((await rows({ ...summary, source: table })).rows).toEqual(
          await today({ ...summary, source: files }, summaryColumns),
        );
        // Among rows of one key and one order, the place in the file is the order of the other columns.
        const dedupe = { kind: "dedupe", keys: [first ?? ""], orderBy, keep } as const;
        expect((await rows({ ...dedupe, source: table, target: made })).rows).toEqual(
          await today({ ...dedupe, source: files, target: unused }, columns),
        );
      },
    );

    test("every cast between numbers, dates and texts that the dialect has", async () => {
      const int = (bits: 8 | 16 | 32 | 64): DataType => ({ kind: "int", bits });
      const decimal = (precision: number, scale: number): DataType => ({ kind: "decimal", precision, scale });
      const moment = (precision: 3 | 6): DataType => ({ kind: "timestamp", precision, zone: false });
      const pairs: readonly (readonly [DataType, readonly DataType[]])[] = [
        [int(8), [int(16), int(64), { kind: "float", bits: 32 }, double, decimal(9, 2)]],
        [int(64), [double, decimal(38, 2)]],
        [{ kind: "float", bits: 32 }, [double]],
        [decimal(9, 2), [decimal(18, 4), decimal(9, 1), double]],
        [decimal(38, 10), [double]],
        [{ kind: "date" }, [moment(6)]],
        [moment(3), [moment(6)]],
      ];
      for (const [from, targets] of pairs) {
        const values = typedValues.find(({ type }) => sameType(type, from))?.values ?? [];
        // Wide decimals have no room for the largest numbers, in both engines.
        const { table, files } = await both({ columns: [column("v", from)], rows: values.map((value) => [value]) });
        for (const type of targets) {
          const merge = { kind: "merge", columns: [column("v", type), column("missing", type)] } as const;
          const job = { ...merge, sources: [table], target: made };
          const merged = await onTrino(job, merge.columns);
          expect(merged.rows).toEqual(await today({ ...merge, sources: [files], target: unused }, merge.columns));
        }
      }
    }, 240_000);

    test("columns without order are counted and deduplicated", async () => {
      const rows = {
        trino:
          "(1, ARRAY[1, NULL], X'00ff', MAP(ARRAY['a'], ARRAY[1]), CAST(ROW(1, 'x') AS row(a bigint, b varchar))), (1, ARRAY[1, NULL], X'00ff', MAP(ARRAY['a'], ARRAY[1]), CAST(ROW(1, 'x') AS row(a bigint, b varchar))), (1, ARRAY[], X'', MAP(), CAST(ROW(NULL, '') AS row(a bigint, b varchar))), (NULL, NULL, NULL, NULL, NULL), (NULL, NULL, NULL, NULL, NULL)",
        duckdb:
          "(1, [1, NULL]::BIGINT[], '\\x00\\xff'::BLOB, MAP {'a': 1}, {a: 1, b: 'x'}), (1, [1, NULL]::BIGINT[], '\\x00\\xff'::BLOB, MAP {'a': 1}, {a: 1, b: 'x'}), (1, []::BIGINT[], ''::BLOB, MAP {}, {a: NULL, b: ''}), (NULL, NULL, NULL, NULL, NULL), (NULL, NULL, NULL, NULL, NULL)",
      };
      const types: readonly DataType[] = [
        bigint,
        { kind: "array", element: bigint },
        { kind: "binary" },
        { kind: "map", key: string, value: bigint },
        {
          kind: "struct",
          fields: [
            { name: "a", type: bigint },
            { name: "b", type: string },
          ],
        },
      ];
      const columns = types.map((type, at) => column(`c${at}`, type));
      const selected = (type: (of: DataType) => string) =>
        columns.map((item) => `CAST(${item.name} AS ${type(item.type)}) AS ${item.name}`).join(", ");
      const names = columns.map(({ name }) => name).join(", ");
      await trino(
        `CREATE TABLE memory.jobs.nested AS SELECT ${selected(trinoType)} FROM (VALUES ${rows.trino}) AS t(${names})`,
      );
      await connection.run(
        `COPY (SELECT ${selected(duckDbType)} FROM (VALUES ${rows.duckdb}) AS t(${names})) TO '${directory}/nested.parquet'`,
      );
      const table = tableOf(["memory", "jobs", "nested"], columns);
      const files = {
        ...table,
        kind: undefined,
        files: [`file://${directory}/nested.parquet`],
        format: "parquet",
      } as const;
      const summary = { kind: "summarize", columns } as const;
      expect((await onTrino({ ...summary, source: table }, summaryColumns)).rows).toEqual(
        await today({ ...summary, source: files as DataSource }, summaryColumns),
      );
      const dedupe = { kind: "dedupe", keys: [], orderBy: [], keep: "first", source: table, target: made } as const;
      expect((await onTrino(dedupe, columns)).rows).toHaveLength(3);
    });

    test("queries keep their order when they are cut, and rows are added by name", async () => {
      const sources: readonly TableRelation[] = [];
      const sql =
        "SELECT n AS v, CAST(n % 3 AS varchar) AS m FROM UNNEST(sequence(1, 200)) AS t(n) ORDER BY n DESC -- last";
      const columns = [column("v", bigint), column("m", string)];
      const query = { kind: "query", sql, sources } as const;
      expect((await onTrino({ ...query, limit: 2, target: made }, columns)).rows).toEqual(["199 | 1", "200 | 2"]);
      await trino("CREATE TABLE memory.jobs.wide (extra double, m varchar, v bigint)");
      const into = { name: "jobs.wide", columns };
      const append = { ...sinkOf(["memory", "jobs", "wide"]), mode: "append", into } as const;
      const printed = statementsOf({ ...query, limit: 1, target: append }, printDialect("trino"), columns);
      if (!printed.ok) throw new Error(printed.reason);
      for (const { sql: text } of printed.statements) await trino(text);
      expect(await trino("SELECT * FROM memory.jobs.wide")).toEqual([[null, "2", 200]]);
      const nulls: AnyJob = { kind: "query", sql: "SELECT NULL AS v, NULL AS m", sources, target: append };
      const untyped = statementsOf(nulls, printDialect("trino"), [column("v", unknown), column("m", unknown)]);
      if (!untyped.ok) throw new Error(untyped.reason);
      for (const { sql: text } of untyped.statements) await trino(text);
      expect(await trino("SELECT count(*), count(v), count(m) FROM memory.jobs.wide")).toEqual([[2, 1, 1]]);
    });

    test("a table of partitions is written, and only the wanted ones are read", async () => {
      await trino("DROP SCHEMA IF EXISTS hive.jobs CASCADE");
      await trino("CREATE SCHEMA hive.jobs");
      const rows = "(1, 'a', DATE '2024-02-29'), (2, '', DATE '1969-12-31'), (3, NULL, NULL)";
      await trino(`CREATE TABLE memory.jobs.days AS SELECT * FROM (VALUES ${rows}) AS t(id, "na""me", day)`);
      const columns = [column("id", { kind: "int", bits: 32 }), column('na"me', { kind: "varchar", length: 1 })];
      const day = column("day", { kind: "date" });
      const source = tableOf(["memory", "jobs", "days"], columns, { partitions: [day] });
      const target = sinkOf(["hive", "jobs", "days"], { format: "parquet", partitionBy: ["day"] });
      const run = async (job: AnyJob) => {
        const printed = statementsOf(job, printDialect("trino"));
        if (!printed.ok) throw new Error(printed.reason);
        for (const { sql } of printed.statements) await trino(sql);
      };
      await run({ kind: "format", source, columns: ["day", 'na"me', "id"], target });
      expect(await trino('SELECT * FROM hive.jobs."days$partitions" ORDER BY 1')).toEqual([
        ["1969-12-31"],
        ["2024-02-29"],
        [null],
      ]);
      const written = tableOf(
        ["hive", "jobs", "days"],
        [columns[1], columns[0]].flatMap((item) => item ?? []),
        {
          partitions: [day],
        },
      );
      const partitions = [{ day: "2024-02-29" }, { day: null }];
      await run({ kind: "format", source: written, partitions, target: made });
      expect(await trino("SELECT id FROM memory.jobs.made ORDER BY id")).toEqual([[1], [3]]);
      await trino("DROP TABLE memory.jobs.made");
      const strict = { name: "jobs.days", columns: [{ ...day, nullable: false }] };
      const checked: AnyJob = { kind: "format", source, target: { ...made, into: strict } };
      await expect(run(checked)).rejects.toThrow("GENERIC_USER_ERROR");
    });
  });
}
