/** Projects whose tables and work are Trino's: what is planned, what is there afterwards, and what a kill or Ctrl-C leaves. */
import { spawn } from "node:child_process";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { bin, type MasonProject, masonProject, node } from "../../e2e/mason.ts";
import { available } from "../support/available.ts";
import { ask, dropAll } from "./ask.ts";
import { startTrino } from "./start.ts";

const server = await available("Trino", startTrino);
const url = server?.url ?? "";

const config = (id: number, catalog: string) => `type: config
id: ${id}
metastore_engine: trino
execution_engine: trino
scheduler_engine: local
clients:
  trino: { configuration: { url: "${url}", user: mason, catalog: ${catalog} } }
`;

const deployment = (name: string, operator: string, parameters: string) =>
  `type: deployment\nname: ${name}\nconfig_id: 7\noperator: ${operator}\nparameters: { ${parameters} }\n`;

const orders = "database_name: sales, table_name: orders";

/** One deployment for each operator that writes over tables. The connector memory knows no formats. */
const pipelineOn = (catalog: string) =>
  [
    deployment(
      "top",
      "table:query",
      `query_string: "select country, count(*) as n from $table group by country", ${orders}, output_path: sales/top`,
    ),
    ...(catalog === "hive"
      ? [
          deployment(
            "formatted",
            "table:format",
            `format: parquet, ${orders}, filter_columns: [id, amount], output_path: sales/formatted`,
          ),
        ]
      : []),
    deployment(
      "deduped",
      "table:dedupe",
      `${orders}, keys: [country], order_by: [id desc], output_path: sales/deduped`,
    ),
    deployment("summary", "table:summarize", `${orders}, output_path: sales/summary`),
    deployment("merged", "table:merge", `${orders}, output_path: sales/merged`),
    deployment("first", "table:get", `${orders}, limit: 2, output_path: sales/first`),
  ].join("---\n");

const rowsOf = async (sql: string) => (await ask(url, sql)).rows;

/** A query of hours, known by a number of its own. */
const slowQuery = (n: number) => `type: deployment
name: slow
config_id: 7
operator: table:query
parameters:
  query_string: "select count(*) as n from unnest(sequence(1, ${n})) a(x) cross join unnest(sequence(1, ${n})) b(y) cross join unnest(sequence(1, ${n})) c(z) where x + y + z < 0"
  output_path: sales/slow
`;

/** Starts an apply and resolves when the server runs its query. */
async function slowApply(project: MasonProject, n: number) {
  const child = spawn(node, [bin, "apply", "--auto-approve"], { cwd: project.directory, stdio: "ignore" });
  const ended = new Promise<number | null>((resolve) => child.on("exit", (code) => resolve(code)));
  const running = `SELECT query_id FROM system.runtime.queries WHERE state = 'RUNNING' AND query LIKE '%sequence(1, ${n})%' AND query NOT LIKE '%runtime%'`;
  for (;;) {
    const [row] = await rowsOf(running);
    if (row !== undefined) return { child, ended, query: String(row[0]) };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The statements of all steps in the JSON of a plan. */
function statementsIn(value: unknown): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    key === "statements" ? (item as readonly string[]) : statementsIn(item),
  );
}

const stateOf = async (query: string) =>
  (await rowsOf(`SELECT state FROM system.runtime.queries WHERE query_id = '${query}'`))[0]?.[0];

if (server !== null) {
  afterAll(() => server.stop());

  describe.each(["memory", "hive"])("a project over the catalog %s", (catalog) => {
    let project: MasonProject;
    beforeAll(async () => {
      await dropAll(url, catalog);
      await ask(url, `CREATE SCHEMA ${catalog}.sales`);
      await ask(url, `CREATE TABLE ${catalog}.sales.orders (id bigint, country varchar, amount decimal(18,2))`);
      await ask(
        url,
        `INSERT INTO ${catalog}.sales.orders VALUES (1, 'de', 1.50), (2, 'de', -7), (3, NULL, 0), (4, '', NULL)`,
      );
    }, 120_000);
    afterEach(() => project.close());

    test("plans, applies, and then has no changes; the rows are right", { timeout: 300_000 }, async () => {
      project = await masonProject({
        "mason.yaml": "name: t\n",
        "all.yaml": `${config(7, catalog)}---\n${pipelineOn(catalog)}`,
      });
      const plan = await project.run("plan");
      expect(plan.stdout).toContain("sales.orders -> sales.top (country string, n bigint)");
      const planned = statementsIn(JSON.parse((await project.run("plan", "--json")).stdout));
      const applied = await project.run("apply", "--auto-approve");
      expect(applied).toMatchObject({ code: 0 });
      expect((await project.run("plan")).stdout).toContain("No changes");
      const ran = new Set(
        (await rowsOf("SELECT query FROM system.runtime.queries WHERE state = 'FINISHED'")).map(([sql]) =>
          String(sql).replaceAll(/__mason_[a-z0-9_]+"/g, '__mason_<run>"'),
        ),
      );
      // The deployments' statements and the count before the one that removes rows.
      expect(planned.length).toBe(catalog === "hive" ? 7 : 6);
      expect(planned.filter((sql) => !ran.has(sql))).toEqual([]);
      const at = `${catalog}.sales`;
      expect(await rowsOf(`SELECT country, n FROM ${at}.top ORDER BY n DESC, country`)).toEqual([
        ["de", 2],
        ["", 1],
        [null, 1],
      ]);
      if (catalog === "hive")
        expect(await rowsOf(`SELECT * FROM ${at}.formatted ORDER BY id`)).toEqual([
          [1, "1.50"],
          [2, "-7.00"],
          [3, "0.00"],
          [4, null],
        ]);
      expect(await rowsOf(`SELECT id FROM ${at}.deduped ORDER BY id`)).toEqual([[2], [3], [4]]);
      expect(await rowsOf(`SELECT "column", min, max FROM ${at}.summary WHERE "column" = 'amount'`)).toEqual([
        ["amount", "-7.00", "1.50"],
      ]);
      expect(await rowsOf(`SELECT count(*) FROM ${at}.merged`)).toEqual([[4]]);
      expect(await rowsOf(`SELECT count(*) FROM ${at}.first`)).toEqual([[2]]);
      const names = (await rowsOf(`SHOW TABLES FROM ${at}`)).map(([name]) => name);
      const formatted = catalog === "hive" ? ["formatted"] : [];
      expect(names).toEqual(["deduped", "first", ...formatted, "merged", "orders", "summary", "top"]);
    });

    test("refuses what it can't do before anything runs", { timeout: 120_000 }, async () => {
      const bad = [
        deployment("own", "table:format", `format: parquet, ${orders}, output_path: sales/orders, overwrite: true`),
        deployment("deep", "table:format", `format: parquet, ${orders}, output_path: out/sales/x`),
        deployment("typo", "table:query", `query_string: "select contry from $table", ${orders}, output_path: sales/y`),
        deployment("files", "table:format", "format: parquet, input_path: raw/o, output_path: sales/x"),
      ].join("---\n");
      project = await masonProject({ "mason.yaml": "name: t\n", "all.yaml": `${config(7, catalog)}---\n${bad}` });
      const plan = await project.run("plan");
      expect(plan.code).toBe(1);
      expect(plan.stderr).toContain('"sales/orders" overlaps the input');
      expect(plan.stderr).toContain('"out/sales/x" names no table');
      expect(plan.stderr).toContain('"input_path"');
      expect(plan.stderr).toContain("contry");
    });

    test("Ctrl-C cancels the query there", { timeout: 300_000 }, async () => {
      const n = catalog === "hive" ? 9001 : 9002;
      project = await masonProject({
        "mason.yaml": "name: t\n",
        "all.yaml": `${config(7, catalog)}---\n${slowQuery(n)}`,
      });
      const { child, ended, query } = await slowApply(project, n);
      child.kill("SIGINT");
      expect(await ended).not.toBe(0);
      expect(await stateOf(query)).toBe("FAILED");
      expect((await rowsOf(`SHOW TABLES FROM ${catalog}.sales LIKE '%slow%'`)).length).toBe(0);
    });

    test("a killed apply is resumed, and leaves one table", { timeout: 300_000 }, async () => {
      const n = catalog === "hive" ? 9003 : 9004;
      project = await masonProject({
        "mason.yaml": "name: t\n",
        "all.yaml": `${config(7, catalog)}---\n${slowQuery(n)}`,
      });
      const { child, ended } = await slowApply(project, n);
      child.kill("SIGKILL");
      await ended;
      const quick = slowQuery(9);
      await project.write("all.yaml", `${config(7, catalog)}---\n${quick}`);
      const resumed = await project.run("apply", "--resume", "--auto-approve");
      expect([resumed.code, (await project.run("apply", "--auto-approve")).code]).toContain(0);
      expect(await rowsOf(`SELECT n FROM ${catalog}.sales.slow`)).toEqual([[0]]);
      expect((await rowsOf(`SHOW TABLES FROM ${catalog}.sales LIKE '%slow%'`)).length).toBe(1);
      expect((await project.run("plan")).stdout).toContain("No changes");
    });
  });
}
