/**
 * A project that version 0.1.0 applied: an upgrade runs nothing again, and its tables are read as before. `applied-before/` is what that
 * version left, without `.mason`; nothing rewrites it.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";
import { localMetastoreIn } from "../support/local-metastore.ts";
import { type LocalProject, localProject } from "../support/local-project.ts";

const directory = fileURLToPath(new URL("./applied-before", import.meta.url));
const left = readdirSync(directory, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name));
const files = Object.fromEntries(left.map((file) => [relative(directory, file), readFileSync(file, "utf8")]));

const open: LocalProject[] = [];
afterEach(async () => {
  for (const project of open.splice(0)) await project.close();
});

async function applied(changed: Readonly<Record<string, string>> = {}): Promise<LocalProject> {
  const project = await localProject(files["all.yaml"] ?? "", { ...files, ...changed });
  open.push(project);
  return project;
}

const changes = async (project: LocalProject) =>
  (await project.plan()).plan.changes.map(({ address, action, notes }) => [address, action, ...notes]);

test("nothing runs again; inputs that 0.1.0 did not see are watched from now on", async () => {
  const project = await applied();
  expect(await changes(project)).toEqual([
    ["deployment.q_hole", "update", "watched from now on, taken as unchanged: sales.orders"],
    // Now it runs after the deployment that writes what it reads.
    ["deployment.reads_days", "update"],
  ]);
  await project.apply();
  expect(await changes(project)).toEqual([]);
  await project.write("data/raw/orders/1.csv", "id,amount\n1,9.5\n");
  const runs = (await changes(project)).filter(([, action]) => action === "run").map(([address]) => address);
  expect(runs).toContain("deployment.q_hole");
});

test("an input that was absent when the last run started is news when it appears", async () => {
  const project = await applied();
  await project.apply();
  const lock = JSON.parse(await project.read("mason.lock"));
  const entry = lock.resources["deployment.q_hole"];
  delete entry.inputs["table sales.orders"];
  entry.object.absent_inputs = ["table sales.orders"];
  await project.write("mason.lock", JSON.stringify(lock));
  const { plan } = await project.plan();
  expect(plan.changes.map(({ address, reasons }) => [address, reasons[0]?.text])).toEqual([
    ["deployment.q_hole", "inputs changed: sales.orders (new)"],
  ]);
});

/** Tables whose first line 0.1.0 took for a header, though it is a title. */
const titles = [
  ["t", ["# exported"]],
  ["sep", ["sep=", "col_1"]],
] as const;

test.each(titles)("table %s has the columns of before", async (name, columns) => {
  const project = await applied();
  const metastore = localMetastoreIn(project.directory);
  const table = await metastore.getTable("sales", name);
  expect(table?.columns.map((column) => column.name)).toEqual(columns);
  const query = `type: deployment\nname: again\noperator: table:query\nparameters: { query_string: select * from sales.${name}, output_path: out/again.csv }\n`;
  await project.write("again.yaml", query);
  await project.apply();
  const written = await project.read("data/out/again.csv");
  const rows = name === "t" ? ["id;name", "1;a"] : ["id,name", "1,a"];
  expect(
    written
      .trim()
      .split("\n")
      .slice(1)
      .map((row) => row.replaceAll('"', "")),
  ).toEqual(rows);
});
