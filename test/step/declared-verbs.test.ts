/** A module of the project gets the verbs that its `needs` name, through an apply on real files. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { applyPlan } from "../../src/command/apply.ts";
import { createRunStore } from "../../src/io/run-store.ts";
import { type LocalProject, localProject } from "../support/local-project.ts";

const open: LocalProject[] = [];
afterEach(async () => {
  for (const project of open.splice(0)) await project.close();
});

const table = `type: database\nname: sales\n---\ntype: table\ndatabase: sales\nname: orders\nformat: csv\nlocation: lake/orders\ncolumns: [{ name: id, type: bigint }]\nlifecycle: { prevent_destroy: true }\n---\n`;

/** Runs a module of these verbs; gives its state, its error and its warnings. */
async function ran(needs: readonly string[], code: string, documents = "") {
  const own = await localProject(
    `${documents}type: deployment\nname: d\noperator: my:own\nparameters: { output_path: out/a.txt }\n`,
    {
      "operators/own/operator.yaml": `type: operator\nnamespace: my\ncommand: own\nparameters: { required: [{ name: output_path, type: path }] }\nneeds: ${JSON.stringify(needs)}\nwrites: [{ path: "\${output_path}" }]\n`,
      "operators/own/operator.js": `export default { async run({ config, parameters }) {\n${code}\n} };\n`,
      "data/raw/a.csv": "id\n1\n",
    },
  );
  open.push(own);
  const { results } = await applyPlan(own.world, await own.plan(), { leaseTimeoutMs: 0 });
  const store = createRunStore(join(own.directory, ".mason"));
  const [run] = store.list({ address: "deployment.d" });
  const [step] = run === undefined ? [] : (store.get(run.id)?.steps ?? []);
  return { own, status: results.find(({ address }) => address === "deployment.d")?.status, step };
}

const write = 'await config.storage.write(parameters.output_path, "x");';

test.each([
  ["storage.write", write],
  ["storage.read", 'await config.storage.read("raw/a.csv");'],
  ["storage.list", 'await config.storage.list("raw");'],
  ["storage.delete", 'await config.storage.delete("raw/a.csv");'],
  ["metastore.listDatabases", "await config.metastore.listDatabases();"],
  ["execution.submit", 'await config.execution.submit({ kind: "preview" }, "t");'],
  ["metastore.getTable", "const { getTable } = config.metastore; await getTable('a', 'b');"],
  ["storage.stat", "const { stat } = config.storage; await stat.call(config.storage, 'raw');"],
])("a verb that its needs do not name is refused: %s", async (verb, code) => {
  const { step, own } = await ran(["storage.copy"], code);
  expect(step?.error?.message).toContain(
    `calls ${verb}, which its "needs" does not name. Add it to its operator.yaml: needs: [storage.copy, ${verb}].`,
  );
  expect(existsSync(join(own.directory, "data/raw/a.csv"))).toBe(true);
});

test("verbs that its needs name work, and uri always", async () => {
  const code = `${write}\nreturn { info: [config.storage.uri("raw"), config.execution.dialect] };`;
  const { own, step, status } = await ran(["storage.write"], code);
  expect([status, step?.warnings]).toEqual(["done", []]);
  expect(step?.info).toEqual([expect.stringMatching(/^file:.*raw$/), "duckdb"]);
  expect(await own.read("data/out/a.txt")).toBe("x");
});

test.each([
  ["a write", ["storage.write"], 'await config.storage.write("else/b.txt", "x");', "else/b.txt"],
  ["a deletion", ["storage.delete"], 'await config.storage.delete("./raw//a.csv");', "raw/a.csv"],
  ["a copy", ["storage.copy"], 'await config.storage.copy("raw/a.csv", "c.csv");', "c.csv"],
  ["a move", ["storage.move"], 'await config.storage.move("raw/a.csv", "out/a.txt");', "raw/a.csv"],
])("a change that its writes do not name is said: %s", async (_, needs, code, place) => {
  const { step, status } = await ran(needs, code);
  expect(status).toBe("done");
  expect(step?.warnings).toEqual([expect.stringContaining(`It changed "${place}", which its "writes" do not name`)]);
});

test("a protected table is not dropped by a module", async () => {
  const drop = 'await config.metastore.deleteTable("sales", "orders");';
  const { own, step } = await ran(["metastore.deleteTable"], drop, table);
  expect(step?.error?.message).toContain('"table.sales.orders", but its "lifecycle.prevent_destroy" forbids that');
  expect((await own.plan()).plan.changes.map(({ address }) => address)).not.toContain("table.sales.orders");
});
