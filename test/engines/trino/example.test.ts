/** The example for Trino, on a real one. */
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { copyOfExample, golden, repository } from "../../examples/example.ts";
import { available } from "../support/available.ts";
import { ask } from "./ask.ts";
import { startTrino } from "./start.ts";

const server = await available("Trino", startTrino);

if (server !== null) {
  afterAll(() => server.stop());

  test("examples/trino plans as plan.txt says, applies, and then has no changes", { timeout: 300_000 }, async () => {
    const example = await copyOfExample("trino", { TRINO_URL: server.url });
    try {
      const planned = await example.run("plan");
      expect(planned.stderr).toBe("");
      // The id covers the address of the server.
      const plan = planned.stdout.replace(/Plan [0-9a-f]{8}/, "Plan 00000000");
      expect(plan).toBe(await golden(join(repository, "examples", "trino", "plan.txt"), plan));
      expect((await example.run("apply", "--auto-approve")).code).toBe(0);
      expect((await example.run("plan")).stdout).toContain("No changes");
      const own = "SELECT orderpriority, orders FROM memory.sales.revenue ORDER BY orderpriority";
      const source = "SELECT orderpriority, count(*) FROM tpch.tiny.orders GROUP BY 1 ORDER BY 1";
      const { rows } = await ask(server.url, own);
      expect(rows).toHaveLength(5);
      expect(rows).toEqual((await ask(server.url, source)).rows);
      const described = await ask(server.url, 'SELECT "column" FROM memory.sales.revenue_summary');
      expect(described.rows.map(([name]) => name).sort()).toEqual(["orderpriority", "orders", "revenue"]);
    } finally {
      await example.close();
    }
  });
}
