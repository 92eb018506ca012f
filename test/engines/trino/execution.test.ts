/** Statements on the real Trino: the conformance of engines, exact values, cancelling, a coordinator that is started again. */
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { createTrinoExecution } from "../../../providers/trino/execution.ts";
import { manifest } from "../../../providers/trino/manifest.ts";
import { bigint, formatDataType, string } from "../../../src/model/data-type.ts";
import { handleOf, hasEnded, type Job } from "../../../src/model/job.ts";
import { column } from "../../../src/model/schema.ts";
import { temporaryContext } from "../../conformance/context.ts";
import { executionConformance } from "../../conformance/execution.ts";
import { failure } from "../../conformance/support.ts";
import { endedJob } from "../../support/ended-job.ts";
import { available } from "../support/available.ts";
import { ask } from "./ask.ts";
import { startTrino } from "./start.ts";

const server = await available("Trino", startTrino);
const url = server?.url ?? "";
const slow =
  "SELECT count(*) FROM tpch.sf10.lineitem a CROSS JOIN tpch.sf10.lineitem b WHERE a.orderkey + b.orderkey < 0";

const engines = async () => {
  const { context, close } = await temporaryContext({ url, user: "tester", catalog: "memory" });
  return { execution: createTrinoExecution(context), again: () => createTrinoExecution(context), close };
};

if (server !== null) {
  beforeAll(async () => {
    await ask(url, "CREATE SCHEMA IF NOT EXISTS memory.sales");
    await ask(url, "CREATE TABLE IF NOT EXISTS memory.sales.orders (id bigint, country varchar)");
  });

  executionConformance("trino", async () => {
    const { execution, again, close } = await engines();
    return {
      execution,
      verbs: manifest.engines.execution ?? [],
      again: async () => again(),
      findsByToken: false,
      numbers: (n) => `SELECT n FROM UNNEST(sequence(0, ${n - 1})) AS t(n)`,
      slowSql: slow,
      close,
    };
  });

  describe("statements on trino", () => {
    let opened: Awaited<ReturnType<typeof engines>>;
    const open = async () => {
      opened = await engines();
      return opened;
    };
    afterEach(() => opened.close());

    const run = async (sql: string): Promise<Job> => {
      const { execution } = await open();
      return endedJob(execution, handleOf(await execution.submit({ kind: "statement", sql }, "t")));
    };

    test("gives values exactly", async () => {
      const job = await run(`SELECT
        CAST('9223372036854775807' AS bigint) AS most, CAST('-9223372036854775808' AS bigint) AS least, BIGINT '7' AS small,
        CAST('1234567890123456789012345678.0123456789' AS decimal(38,10)) AS exact, CAST('12' AS decimal(38,0)) AS whole,
        TIMESTAMP '0001-01-01 00:00:00.000001' AS moment, TIMESTAMP '2026-03-29 01:30:00.123456 Europe/Berlin' AS zoned,
        nan() AS nothing, -infinity() AS low, REAL '0.1' AS tenth, DOUBLE '1e300' AS large, '' AS empty, CAST(NULL AS varchar) AS absent,
        CAST(ROW(1, ARRAY[ROW(NULL, 'a"b')]) AS row("Odd n" bigint, tags array(row(x integer, "y" varchar)))) AS nested,
        MAP(ARRAY[BIGINT '9007199254740993'], ARRAY[MAP(ARRAY['k'], ARRAY[1.50])]) AS mapped, 1 AS twice, 2 AS twice`);
      expect(job.error).toBeUndefined();
      const { columns, rows } = await opened.execution.results(job.id);
      expect(rows).toEqual([
        {
          most: "9223372036854775807",
          least: "-9223372036854775808",
          small: 7,
          exact: "1234567890123456789012345678.0123456789",
          whole: "12",
          moment: "0001-01-01 00:00:00.000001",
          zoned: "2026-03-29 01:30:00.123456 Europe/Berlin",
          nothing: "NaN",
          low: "-Infinity",
          tenth: 0.1,
          large: 1e300,
          empty: "",
          absent: null,
          nested: { "Odd n": 1, tags: [{ x: null, y: 'a"b' }] },
          mapped: [{ key: "9007199254740993", value: [{ key: "k", value: "1.50" }] }],
          twice: 1,
          twice_1: 2,
        },
      ]);
      const types = Object.fromEntries(columns.map(({ name, type }) => [name, formatDataType(type)]));
      expect(types).toMatchObject({
        exact: "decimal(38,10)",
        moment: "timestamp",
        zoned: "timestamp with time zone",
        nested: 'struct<"Odd n": bigint, tags: array<struct<x: int, y: string>>>',
      });
    });

    test("keeps every row of many pages, each in its place, for a later process too", async () => {
      const job = await run("SELECT orderkey FROM tpch.tiny.orders ORDER BY orderkey");
      const keys: unknown[] = [];
      const later = opened.again();
      for (let page: string | undefined = "0"; page !== undefined; ) {
        const { rows, next } = await later.results(job.id, page);
        expect(rows.length).toBeLessThanOrEqual(1000);
        keys.push(...rows.map((row) => row.orderkey));
        page = next;
      }
      const { rows } = await ask(url, "SELECT orderkey FROM tpch.tiny.orders ORDER BY orderkey");
      expect(keys).toEqual(rows.map(([key]) => key));
      expect(keys).toHaveLength(15_000);
    });

    test("counts the rows that a statement wrote", async () => {
      const created = await run("CREATE TABLE memory.sales.nation AS SELECT * FROM tpch.tiny.nation");
      expect([created.state, created.facts?.rows]).toEqual(["succeeded", 25]);
      await ask(url, "DROP TABLE memory.sales.nation");
    });

    test("a statement whose answer is lost before its first page has started nothing", async () => {
      const body = "CREATE TABLE memory.sales.ghost AS SELECT 1 AS x";
      await fetch(`${url}/v1/statement`, { method: "POST", body, headers: { "X-Trino-User": "tester" } });
      await new Promise((resolve) => setTimeout(resolve, 3000));
      expect((await ask(url, "SHOW TABLES FROM memory.sales LIKE 'ghost'")).rows).toEqual([]);
    });

    test("another process goes on with a query that this one began, and reads no row twice", async () => {
      const { execution, again } = await open();
      const sql = "SELECT * FROM tpch.tiny.lineitem";
      let job = await execution.submit({ kind: "statement", sql }, "t");
      for (let looks = 0; looks < 4 && !hasEnded(job); looks++)
        job = (await execution.getJob(handleOf(job), { wait: 1 })) ?? job;
      const later = again();
      const end = await endedJob(later, handleOf(job));
      expect(end.state, end.error).toBe("succeeded");
      const { rows } = await ask(url, "SELECT count(*) FROM tpch.tiny.lineitem");
      expect(end.facts?.rows).toBe(rows[0]?.[0]);
    });

    test("a process without the files of the first one follows the handle, and says that rows are lost", async () => {
      const { execution, close } = await open();
      const first = await execution.submit({ kind: "statement", sql: "SELECT 1 AS x" }, "t");
      const other = await engines();
      const end = await endedJob(other.execution, handleOf(first));
      expect(end.state, end.error).toBe("succeeded");
      await failure(other.execution.results(end.id), "not_found");
      await other.close();
      await close();
    });

    test("the server sees that a query was cancelled", async () => {
      const { execution } = await open();
      const job = await execution.submit({ kind: "statement", sql: slow }, "t");
      const running = await execution.getJob(handleOf(job), { wait: 1500 });
      expect(running?.state).toBe("running");
      await execution.cancelJob(handleOf(running ?? job));
      const answer = await fetch(`${url}/v1/query/${job.id}`, { headers: { "X-Trino-User": "tester" } });
      expect(await answer.json()).toMatchObject({ state: "FAILED", errorCode: { name: "USER_CANCELED" } });
      expect(await execution.getJob(job.id)).toMatchObject({ state: "cancelled" });
    });

    test("types what is there, and is undecided about what is not yet as it will be", async () => {
      const { execution } = await open();
      const as = (id: typeof bigint) => [
        {
          name: ["sales", "orders"],
          table: { columns: [column("id", id), column("country", string)], partitions: [] },
        },
      ];
      const sql = "SELECT\n  nope FROM sales.orders";
      expect(await execution.describe?.(sql, as(bigint))).toMatchObject({ ok: false, offset: sql.indexOf("nope") });
      expect(await execution.describe?.("SELECT id FROM sales.orders", as(string))).toMatchObject({ undecided: true });
      const planned = [{ name: ["sales", "planned"], table: { columns: [column("id", bigint)], partitions: [] } }];
      expect(await execution.describe?.("SELECT id FROM sales.planned", planned)).toMatchObject({ undecided: true });
      expect(await execution.explain?.("SELECT id FROM sales.orders")).toContain("Output");
      await failure(execution.explain?.("SELECT nope FROM sales.orders") ?? Promise.resolve(), "invalid");
    });

    // The last one, since the catalog memory is empty after it.
    test("a query that a new start of the coordinator ended has failed, and the next one runs", async () => {
      const { execution } = await open();
      const job = await execution.submit({ kind: "statement", sql: slow }, "t");
      const running = (await execution.getJob(handleOf(job), { wait: 1500 })) ?? job;
      expect(running.state).toBe("running");
      await server.restart();
      const end = await execution.getJob(handleOf(running), { wait: 1000 });
      expect(end).toMatchObject({ state: "failed", errorCode: "unavailable" });
      expect(end?.error).toContain("no longer knows the query");
      const next = await execution.submit({ kind: "statement", sql: "SELECT 1 AS x" }, "t");
      expect(await endedJob(execution, handleOf(next))).toMatchObject({ state: "succeeded" });
    });
  });
}
