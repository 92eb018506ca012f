/** A project over the real Trino: applied, planned again with nothing to do, changed, and destroyed. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { applyPlan } from "../../../src/command/apply.ts";
import { planProject } from "../../../src/command/plan.ts";
import { worldOf } from "../../truth/world.ts";
import { available } from "../support/available.ts";
import { ask } from "./ask.ts";
import { startTrino } from "./start.ts";

const server = await available("Trino", startTrino);

const project = (url: string, catalog: string, columns: readonly string[]): string => `type: config
id: 1
metastore_engine: lake
execution_engine: lake
clients:
  lake: { provider: trino, configuration: { url: "${url}", user: tester, catalog: ${catalog} } }
---
type: database
name: shop
---
type: table
database: shop
name: orders
columns:
${columns.map((column) => `  - { ${column} }`).join("\n")}
`;

const columns = [
  "name: id, type: bigint",
  "name: at, type: timestamp",
  'name: price, type: "decimal(18,2)", comment: in €',
];

if (server !== null)
  describe.each(["memory", "hive"])("a project over the catalog %s", (catalog) => {
    const { url } = server;
    let directory: string;
    beforeEach(async () => {
      directory = await mkdtemp(join(tmpdir(), "mason-trino-project-"));
      await writeFile(join(directory, "mason.yaml"), "default_config: 1\n");
    });
    afterEach(() => rm(directory, { recursive: true, force: true }));

    const declare = (columns: readonly string[]) =>
      writeFile(join(directory, "all.yaml"), project(url, catalog, columns));
    const plan = async (destroy = false) => {
      const { value, diagnostics } = await planProject(worldOf(directory, []), {
        destroy,
        run: [],
        unfinished: "refuse",
      });
      if (value === undefined) throw new Error(diagnostics.map(({ detail }) => detail).join("\n"));
      return value;
    };
    const apply = async (destroy = false) => {
      const options = { leaseTimeoutMs: 0, parallelism: 2 };
      const { results } = await applyPlan(worldOf(directory, []), await plan(destroy), options);
      expect(results.filter(({ status }) => status !== "done")).toEqual([]);
    };
    const session = catalog === "hive" ? "hive.timestamp_precision=MICROSECONDS" : "";
    const shown = async () => (await ask(url, `SHOW CREATE TABLE ${catalog}.shop.orders`, session)).rows[0]?.[0];

    test("makes its tables once, adds columns, keeps rows, and leaves nothing behind", async () => {
      await declare(columns);
      await apply();
      expect(await shown()).toMatch(/id bigint,\s+at timestamp\(6\),\s+price decimal\(18, 2\) COMMENT 'in €'/);
      expect(await shown()).toMatch(/COMMENT 'mason:[\w-]+:table\.shop\.orders'/);
      expect((await plan()).plan.changes).toEqual([]);

      await ask(
        url,
        `INSERT INTO ${catalog}.shop.orders VALUES (1, TIMESTAMP '2026-01-01 00:00:00.123456', 1.50)`,
        session,
      );
      await declare([...columns, "name: note, type: string"]);
      await apply();
      const { rows } = await ask(url, `SELECT * FROM ${catalog}.shop.orders`, session);
      expect(rows).toEqual([[1, "2026-01-01 00:00:00.123456", "1.50", null]]);
      expect((await plan()).plan.changes).toEqual([]);

      await apply(true);
      expect((await ask(url, `SHOW SCHEMAS FROM ${catalog} LIKE 'shop'`)).rows).toEqual([]);
    });
  });
