/** `on_mismatch` from the YAML to the record of the run. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { localConfig, type MasonProject, masonProject } from "./mason.ts";

const catalog = (rule: string) => `type: database
name: sales
---
type: table
database: sales
name: orders
format: csv
location: raw/orders.csv
${rule}
columns:
  - { name: id, type: bigint, nullable: false }
  - { name: amount, type: double }
`;

let project: MasonProject;
beforeEach(async () => {
  project = await masonProject({
    "mason.yaml": 'name: sales\ndefault_config: "6"\n',
    "config.yaml": localConfig,
    "raw/orders.csv": "id,amount\n1,2.5\n2,n/a\n3,key-0123456789\n",
    "load.yaml": `type: deployment
name: load
operator: table:format
parameters: { database_name: sales, table_name: orders, format: parquet, output_path: lake/orders }
`,
  });
});
afterEach(() => project.close());

const secret = { API_TOKEN: "key-0123456789" };

test.each([
  ["on_mismatch: skip_row", '2 rows of "sales.orders" were skipped', "2 skipped (amount 2)"],
  ["on_mismatch: null", '2 values of "sales.orders" became null', "2 made null (amount 2)"],
  ['on_mismatch: "null"', '2 values of "sales.orders" became null', "2 made null (amount 2)"],
])("%s: the step says how many, and the record which", async (rule, said, counts) => {
  await project.write("catalog.yaml", catalog(rule));
  const applied = await project.runWith(secret, "apply", "--auto-approve");
  expect(applied, applied.stderr).toMatchObject({ code: 0 });
  expect(applied.stdout.replace(/\s+/g, " ")).toContain(said);
  const runs = JSON.parse((await project.run("runs", "list", "--json")).stdout);
  const id = JSON.stringify(runs).match(/\d{8}-\d{6}-[0-9a-f]+/)?.[0] ?? "";
  const shown = (await project.run("runs", "show", id)).stdout;
  for (const part of [counts, 'raw/orders.csv:3  amount  "n/a"', 'raw/orders.csv:4  amount  "REDACTED"'])
    expect(shown).toContain(part);
  expect(shown).not.toContain("key-0123456789");
  const json = JSON.parse((await project.run("runs", "show", id, "--json")).stdout);
  expect(JSON.stringify(json)).toContain('"line":3');
  expect((await project.run("plan", "--json")).stdout).not.toContain('"action":"update"');
});

test("a changed rule is shown in the plan, and readers run again", async () => {
  await project.write("catalog.yaml", catalog("on_mismatch: skip_row"));
  expect(await project.run("apply", "--auto-approve")).toMatchObject({ code: 0 });
  expect((await project.run("plan")).stdout).toContain("No changes");
  await project.write("catalog.yaml", catalog("on_mismatch: null"));
  const { stdout } = await project.run("plan");
  expect(stdout).toContain("on_mismatch");
  expect(stdout).toMatch(/deployment\.load +local +run/);
});

test("any other rule is refused at its place", async () => {
  await project.write("catalog.yaml", catalog("on_mismatch: ignore"));
  const { code, stderr } = await project.run("validate");
  expect([code, stderr]).toEqual([1, expect.stringContaining("on_mismatch")]);
});
