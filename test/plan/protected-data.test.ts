/** Stops for plans that would lose files of others, on real files. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { planProject } from "../../src/command/plan.ts";
import { localConfig } from "../reliability/support/small.ts";
import { localProject } from "../support/local-project.ts";
import type { TestProject } from "../support/world.ts";

const open: TestProject[] = [];
afterEach(async () => {
  for (const project of open.splice(0)) await project.close();
});

async function project(documents: string, files: Readonly<Record<string, string>> = {}) {
  const made = await localProject(documents, { "data/raw/a.csv": "id\n1\n", ...files });
  open.push(made);
  return made;
}

const write = (to: string, from = "raw") =>
  `type: deployment\nname: write\noperator: table:format\nparameters: { input_path: ${from}, output_path: ${to}, format: csv, overwrite: true }\n`;
const database = "type: database\nname: sales\n---\n";
const table = (name: string, location: string, part = "") =>
  `type: table\ndatabase: sales\nname: ${name}\nformat: csv\ncolumns: [{ name: id, type: bigint }]\nlocation: ${location}\n${part}---\n`;

test.each([
  ["the directory above a table", table("orders", "lake/orders") + write("lake"), 'belongs to "table.sales.orders"'],
  ["the directory of a database's catalogue", write("sales"), 'belongs to "database.sales"'],
])("an output that would replace %s is refused", async (_, other, belongs) => {
  const { plan } = await project(database + other);
  await expect(plan()).rejects.toThrow(/deployment\/output-above/);
  await expect(plan()).rejects.toThrow(belongs.replaceAll('"', '\\"'));
});

test("the same path in another storage is not overwritten", async () => {
  const { apply, write: put, world } = await project(write("out/b").replace(", overwrite: true", ""));
  await apply();
  await put("data/raw/a.csv", "id\n2\n");
  await apply();
  await put("data2/raw/a.csv", "id\n3\n");
  await put("data2/out/b/theirs.csv", "id\n4\n");
  await put("config.yaml", localConfig.replace("root: data", "root: data2"));
  await expect(apply()).rejects.toThrow();
  const theirs = join(world.project ?? world.directory, "data2/out/b/theirs.csv");
  expect(await readFile(theirs, "utf8")).toBe("id\n4\n");
});

test("outputs may go to the data of a table and below it", async () => {
  const { apply } = await project(database + table("orders", "lake/orders") + write("lake/orders"));
  await apply();
  const below = await project(database + table("orders", "lake/orders") + write("lake/orders/part"));
  await below.apply();
});

const load = "type: deployment\nname: load\noperator: table:infer\n";
const deleting = "lifecycle: { delete_data: true }\n";

test.each([
  ["a run made", `${load}parameters: { database_name: made, storage_path: lake/orders, table_name: loaded }\n`],
  ["a deployment reads", write("out", "lake/orders")],
])("files of a table are not deleted while they are those of a table or path that %s", async (_, other) => {
  const both = database + table("orders", "lake/orders", deleting) + other;
  const { plan, apply, write: put } = await project(both, { "data/lake/orders/a.csv": "id\n1\n" });
  await apply();
  await put("all.yaml", database + other);
  await expect(plan({ allowDestroy: ["table.sales.orders"] })).rejects.toThrow(/safety\/shared-data.*which needs them/);
  await put("all.yaml", database.replace("---\n", ""));
  const { changes } = await apply({ allowDestroy: ["table.sales.orders"] });
  expect(changes.filter(({ action }) => action === "delete").length).toBe(2);
});

test.each([
  ["a declared table", table("orders", "lake/orders"), "table.sales.orders"],
  [
    "a table that a run made",
    `${load}parameters: { database_name: sales, storage_path: lake/orders, table_name: loaded }\n---\n`,
    "deployment.load",
  ],
])("a database is not dropped while %s stays in it", async (_, other, holder) => {
  const {
    plan,
    apply,
    write: put,
  } = await project(other + database.replace("---\n", ""), { "data/lake/orders/a.csv": "id\n1\n" });
  await apply();
  await put("all.yaml", other.replace("---\n", ""));
  await expect(plan()).rejects.toThrow(new RegExp(`database/not-empty.*${holder}`));
  await put("mason.yaml", "default_config: 1\nremoved: [{ from: database.sales, destroy: false }]\n");
  expect((await apply()).changes.map(({ action }) => action)).toEqual(["forget", "update"]);
});

test("a deployment runs again if a table that it reads is redefined, and is warned about if the table goes", async () => {
  const query = `type: deployment\nname: top\noperator: table:query\nparameters: { query_string: "select id from sales.orders", output_path: out/top }\n`;
  const made = await project(database + table("orders", "lake/orders") + query, {
    "data/lake/orders/a.csv": "id\n1\n",
  });
  await made.apply();
  const said = async () => {
    const planned = await planProject(made.world, { destroy: false, run: [], unfinished: "warn" });
    return [
      planned.value?.plan.changes.map(({ address, action }) => `${action} ${address}`),
      planned.diagnostics.map(({ severity, code, address }) => `${severity} ${code} ${address}`),
    ];
  };
  await made.write("all.yaml", database + table("orders", "lake/orders").replace("name: id", "name: number") + query);
  expect(await said()).toEqual([undefined, ["error step/would-fail deployment.top/run"]]);
  const renamed = table("orders", "lake/orders").replace("bigint", "string");
  await made.write("all.yaml", database + renamed + query);
  expect(await said()).toEqual([["update table.sales.orders", "run deployment.top"], []]);
  await made.write("all.yaml", database + query);
  expect(await said()).toEqual([
    ["delete table.sales.orders", "update deployment.top"],
    ["warning deployment/would-break deployment.top"],
  ]);
});

test("a run that would not find its input is an error, or a warning where a module may make it", async () => {
  const query = (from: string) =>
    `type: deployment\nname: top\noperator: table:query\nparameters: { query_string: "select id from ${from}", output_path: out/top }\n`;
  const codes = async (documents: string, files: Readonly<Record<string, string>> = {}) => {
    const made = await project(documents, files);
    // Nobody of Mason wrote the files that "write" would replace.
    const allowDestroy = "data/sales/made/a.csv" in files ? ["deployment.write"] : [];
    const options = { destroy: false, run: [], allowDestroy, unfinished: "warn" } as const;
    const planned = await planProject(made.world, options);
    return planned.diagnostics.map(({ severity, code, address }) => `${severity} ${code} ${address}`);
  };
  const refused = ["error deployment/missing-input deployment.top"];
  expect(await codes(query("sales.gone"))).toEqual(refused);
  expect(await codes(database + table("orders", "lake/orders") + query("sales.ORDERS"))).toEqual(refused);
  expect(await codes(query("(with gone as (select 1 as id) select * from gone)"))).toEqual([]);
  // What a deployment writes at a path is a table only once one is declared there.
  expect(await codes(`${write("sales/made")}---\n${query("sales.made")}`)).toEqual(refused);
  const files = { "data/sales/made/a.csv": "id\n1\n" };
  expect(await codes(`${write("sales/made")}---\n${query("sales.made")}`, files)).toEqual(refused);
  const declared = database + table("made", "sales/made");
  expect(await codes(`${declared}${write("sales/made")}---\n${query("sales.made")}`)).toEqual([]);
  // A module says nothing of the tables that it makes.
  const module = "type: operator\nnamespace: own\ncommand: make\nmodule: make.ts\n---\n";
  const make = "type: deployment\nname: make\noperator: own:make\n---\n";
  const warned = ["warning deployment/missing-input deployment.top"];
  expect(
    await codes(module + make + query("sales.gone"), { "make.ts": "export const run = () => undefined;\n" }),
  ).toEqual(warned);
  expect(await codes(write("out", "nowhere"))).toEqual(["error deployment/missing-input deployment.write"]);
  const inferred = `${load}parameters: { database_name: sales, storage_path: raw, table_name: loaded }\n---\n`;
  expect(await codes(inferred + query("sales.loaded"))).toEqual([]);
  expect(await codes(database + table("orders", "lake/orders") + query("sales.orders"))).toEqual([]);
});

test("a removed lifecycle setting is no longer in the state", async () => {
  const documents = (part: string) => database + table("orders", "lake/orders", part).replace(/---\n$/, "");
  const {
    plan,
    apply,
    write: put,
  } = await project(documents("lifecycle: { delete_data: true, prevent_destroy: true }\n"), {
    "data/lake/orders/a.csv": "id\n1\n",
  });
  await apply();
  await put("all.yaml", documents(""));
  await apply();
  expect((await plan()).plan.changes).toEqual([]);
  await put("all.yaml", database.replace("---\n", ""));
  const { stages } = (await plan()).plan;
  expect(stages.map(({ work }) => work)).toMatchObject([{ kind: "drop_table", deleteData: false }]);
});

test("a destroy of one resource includes its dependants, and an excluded one keeps its needs", async () => {
  const { plan, apply } = await project(
    database + table("orders", "lake/orders") + table("lines", "lake/lines").replace(/---\n$/, ""),
  );
  await apply();
  const gone = async (options: { readonly target?: readonly string[]; readonly exclude?: readonly string[] }) =>
    (await plan({ destroy: true, ...options })).plan.changes.map(({ address }) => address);
  expect(await gone({ target: ["table.sales.lines"] })).toEqual(["table.sales.lines"]);
  expect(await gone({ target: ["database.sales"] })).toEqual([
    "database.sales",
    "table.sales.lines",
    "table.sales.orders",
  ]);
  expect(await gone({ exclude: ["table.sales.orders"] })).toEqual(["table.sales.lines"]);
});

test("a database with a table that is only forgotten is not dropped", async () => {
  const { plan, apply, write: put } = await project(database + table("orders", "lake/orders").replace(/---\n$/, ""));
  await apply();
  await put("all.yaml", "type: database\nname: other\n");
  await put("mason.yaml", "default_config: 1\nremoved: [{ from: table.sales.orders, destroy: false }]\n");
  await expect(plan()).rejects.toThrow(/database\/not-empty.*table\.sales\.orders/);
});

test("a database with a table that only the metastore knows is not dropped", async () => {
  const { plan, apply, write: put } = await project(database + table("orders", "lake/orders").replace(/---\n$/, ""));
  await apply();
  await put("all.yaml", database.replace("---\n", ""));
  await put("mason.yaml", "default_config: 1\nremoved: [{ from: table.sales.orders, destroy: false }]\n");
  await apply();
  await put("mason.yaml", "default_config: 1\n");
  await expect(plan({ destroy: true })).rejects.toThrow(
    /database\/not-empty.*but it holds tables that Mason did not make: orders\./,
  );
  await put("all.yaml", database.replace("sales\n---", "other"));
  await expect(plan()).rejects.toThrow(/database\/not-empty.*but it holds tables that Mason did not make: orders\./);
  expect((await apply({ exclude: ["database.sales"] })).changes.map(({ address }) => address)).toEqual([
    "database.other",
  ]);
});

test("an output that would replace the catalogue of a table that another run makes is refused", async () => {
  const made = `${load}parameters: { database_name: made, storage_path: raw, table_name: loaded }\n---\n`;
  const { plan } = await project(made + write("made"));
  await expect(plan()).rejects.toThrow(/deployment\/output-above.*deployment\.load/);
});

test.each([
  ["reads above them", write("out", "lake")],
  ["writes", write("lake/orders")],
])("files of a table are not deleted while a deployment %s", async (_, other) => {
  const {
    plan,
    apply,
    write: put,
  } = await project(database + table("orders", "lake/orders", deleting) + other, {
    "data/lake/orders/a.csv": "id\n1\n",
  });
  await apply({ allowDestroy: ["deployment.*"] });
  await put("all.yaml", database + other);
  await expect(plan({ allowDestroy: ["table.sales.orders"] })).rejects.toThrow("safety/shared-data");
});

test("readers of a renamed table are warned about", async () => {
  const query = `type: deployment\nname: top\noperator: table:query\nparameters: { query_string: "select id from sales.orders", output_path: out/top }\n`;
  const {
    world,
    apply,
    write: put,
  } = await project(database + table("orders", "lake/orders") + query, {
    "data/lake/orders/a.csv": "id\n1\n",
  });
  await apply();
  await put("all.yaml", database + table("lines", "lake/orders", "moved_from: table.sales.orders\n") + query);
  const planned = await planProject(world, { destroy: false, run: [], unfinished: "warn" });
  expect(planned.diagnostics.map(({ code, address }) => [code, address])).toEqual([
    ["deployment/would-break", "deployment.top"],
  ]);
});

test("a deployment that names a declared database waits for it", async () => {
  const list = "type: deployment\nname: list\noperator: table:list\nparameters: { database_name: sales }\n---\n";
  const { apply } = await project(list + database.replace("---\n", ""));
  expect((await apply()).stages.find(({ address }) => address === "deployment.list")?.dependencies).toContain(
    "database.sales",
  );
});

test("a reviewed plan does not delete files that came after the review", async () => {
  const documents = database + table("orders", "lake/orders", deleting).replace(/---\n$/, "");
  const { plan, apply, write: put } = await project(documents, { "data/lake/orders/a.csv": "id\n1\n" });
  await apply();
  const planned = () => plan({ destroy: true, allowDestroy: ["*"] });
  const [before, same] = [await planned(), await planned()];
  expect(same.plan.id).toBe(before.plan.id);
  await put("data/lake/orders/b.csv", "id\n2\n");
  const after = await planned();
  const name = "data of table.sales.orders";
  expect([after.plan.id === before.plan.id, after.bound.facts[name] === before.bound.facts[name]]).toEqual([
    false,
    false,
  ]);
});
