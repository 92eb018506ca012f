/** Plan, apply and run refuse the same writes into declared tables. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { localConfig, type MasonProject, masonProject } from "../../e2e/mason.ts";

let project: MasonProject;
beforeEach(async () => {
  project = await masonProject({
    "mason.yaml": 'name: sales\ndefault_config: "6"\n',
    "config.yaml": localConfig,
    "raw/orders.csv": "id,amount\n1,2.5\n2,3.5\n",
    "catalog.yaml": `type: database
name: sales
---
type: table
database: sales
name: totals
format: parquet
location: lake/totals
columns:
  - { name: id, type: bigint }
  - { name: total, type: double }
`,
  });
});
afterEach(() => project.close());

const query = (sql: string, path = "lake/totals") => `type: deployment
name: totals
operator: table:query
parameters:
  query_string: ${sql}
  output_path: ${path}
`;

const load = (name: string) => `type: deployment
name: load
operator: table:infer
parameters: { database_name: sales, table_name: ${name}, storage_path: raw/orders.csv }
`;

describe("a write that does not fit", () => {
  test.each([
    ["a renamed column", query("select 1 as id, 2.0::double as sum_of"), '"sum_of"'],
    ["another type", query("select 1 as id, 'x' as total"), '"total" is declared as double'],
    ["a path below the table", query("select 1::bigint as id", "lake/totals/more"), '"total" is declared'],
    ["an inferred table", load("totals"), "it is declared as parquet, but the files are csv"],
  ])("%s is an error of the plan, and nothing is applied", async (_, yaml, names) => {
    await project.write("deployment.yaml", yaml);
    for (const command of [["plan"], ["apply", "--auto-approve"]]) {
      const { code, stderr } = await project.run(...command);
      expect([code, stderr.replace(/\s+/g, " ")]).toEqual([1, expect.stringContaining(names)]);
    }
    await expect(project.read("mason.lock")).rejects.toThrow();
  });

  test("is refused by hand, and the files stay", async () => {
    await project.write("deployment.yaml", query("select 1::bigint as id, 2.0::double as total"));
    const applied = await project.run("apply", "--auto-approve");
    expect(applied, applied.stderr).toMatchObject({ code: 0 });
    await project.write("p.yaml", "query_string: select 1::bigint as id, 2 as sum_of\noutput_path: lake/totals/more\n");
    const ran = await project.run("run", "operator", "table", "query", "-f", "p.yaml");
    expect([ran.code, ran.stderr.replace(/\s+/g, " ")]).toEqual([1, expect.stringContaining('"sum_of"')]);
    const shown = await project.run(
      "run",
      "operator",
      "table",
      "query",
      "-p",
      "query_string=select * from sales.totals",
      "--json",
    );
    expect(JSON.parse(shown.stdout).data).toEqual([{ id: 1, total: 2 }]);
  });
});
