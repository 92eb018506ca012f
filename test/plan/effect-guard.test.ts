/** What steps may drop and overwrite: the same answer from a plan and from a run by hand, on real files. */
import { existsSync } from "node:fs";
import { readdir, readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { loadProject } from "../../src/command/project/load-project.ts";
import { checkRequest, findDeployment, runDeploymentByHand, runRequest } from "../../src/command/run.ts";
import type { Json } from "../../src/json.ts";
import { type LocalProject, localProject } from "../support/local-project.ts";

const open: LocalProject[] = [];
afterEach(async () => {
  for (const project of open.splice(0)) await project.close();
});

async function project(documents: string, files: Readonly<Record<string, string>> = {}) {
  const made = await localProject(documents, { "data/raw/a.csv": "id\n1\n", ...files });
  open.push(made);
  return made;
}

const rootOf = ({ world }: LocalProject) => world.project ?? world.directory;

/** Runs an operator by hand; gives the codes of its errors, or how it ended. */
async function byHand(
  { world }: LocalProject,
  command: string,
  parameters: Readonly<Record<string, Json>>,
  allowDestroy: readonly string[] = [],
): Promise<readonly string[]> {
  const loaded = await loadProject(world);
  const request = {
    target: { type: "operator", namespace: "table", command },
    parameters,
    steps: {},
    strict: true,
    configId: "1",
    placeOf: () => undefined,
    textOf: () => null,
    allowDestroy,
  } as const;
  const checked = await checkRequest(world, loaded, request);
  expect(checked.diagnostics).toEqual([]);
  const ran = await runRequest(world, loaded, request, checked, null);
  return ran.value === undefined ? ran.diagnostics.map(({ code }) => code) : [ran.value.run.state];
}

/** Runs a deployment by hand; gives the codes of its errors. */
async function deploymentByHand(
  { world }: LocalProject,
  name: string,
  at: Date | null = null,
): Promise<readonly string[]> {
  const loaded = await loadProject(world);
  const { value } = findDeployment(loaded, name);
  if (value === undefined) throw new Error("no deployment");
  const ran = await runDeploymentByHand(world, loaded, value, { at, allowDestroy: [] });
  return ran.diagnostics.map(({ code }) => code);
}

const database = "type: database\nname: sales\n---\n";
const table = (lifecycle = "") =>
  `type: table\ndatabase: sales\nname: orders\nformat: csv\nlocation: lake/orders\ncolumns: [{ name: id, type: bigint }]\n${lifecycle}---\n`;
const prevent = "lifecycle: { prevent_destroy: true }\n";
const dropStep = (data: boolean, command = "delete") =>
  `type: deployment\nname: clean\noperator: table:${command}\nparameters: { database_name: sales, table_name: orders, delete_data: ${data} }\n`;
const orders = { "data/lake/orders/a.csv": "id\n7\n" };
const drop = { database_name: "sales", table_name: "orders" };
const overOrders = (path: string) => ({ input_path: "raw", format: "csv", output_path: path, overwrite: true });

describe("a declared table", () => {
  test.each([
    ["protected", prevent, true, "lifecycle/prevent-destroy"],
    ["protected, its files left", prevent, false, "lifecycle/prevent-destroy"],
    ["not protected", "", true, "safety/drops-data"],
    ["not protected, its files left", "", false, "safety/drops-declared"],
  ])("%s is not dropped by a deployment's step", async (_, lifecycle, data, code) => {
    const own = await project(database + table(lifecycle) + dropStep(data), orders);
    await expect(own.plan()).rejects.toThrow(code);
    await expect(own.plan({ allowDestroy: ["deployment.none"] })).rejects.toThrow(code);
    if (lifecycle === "") await own.plan({ allowDestroy: ["table.sales.orders"] });
    else await expect(own.plan({ allowDestroy: ["table.sales.orders"] })).rejects.toThrow(code);
  });

  test.each(["lake", "lake/orders/part"])(
    "keeps its files when a table at %s is deleted with its data",
    async (place) => {
      const clean =
        "type: deployment\nname: clean\noperator: table:delete\nparameters: { database_name: sales, table_name: big, delete_data: true }\n";
      const own = await project(database + table(), { ...orders, "data/lake/orders/part/b.csv": "id\n8\n" });
      await own.apply();
      const big = { database_name: "sales", table_name: "big" };
      expect(await byHand(own, "infer", { ...big, storage_path: place })).toEqual(["succeeded"]);
      expect(await byHand(own, "delete", { ...big, delete_data: true })).toEqual(["failed"]);
      expect(await readFile(join(rootOf(own), "data/lake/orders/a.csv"), "utf8")).toBe("id\n7\n");
      expect(existsSync(join(rootOf(own), "data/lake/orders/part/b.csv"))).toBe(true);
      await own.write("clean.yaml", clean);
      await expect(own.plan()).rejects.toThrow("shares files with");
    },
  );

  test("is as safe from a run by hand", async () => {
    const own = await project(database + table(prevent), orders);
    await own.apply();
    const file = join(rootOf(own), "data/lake/orders/a.csv");
    for (const data of [true, false])
      expect(await byHand(own, "delete", { ...drop, delete_data: data })).toEqual(["lifecycle/prevent-destroy"]);
    for (const path of ["lake/orders", "lake/orders/a.csv"])
      expect(await byHand(own, "format", overOrders(path))).toEqual(["lifecycle/prevent-destroy"]);
    expect(await byHand(own, "format", overOrders("lake"))).toContain("deployment/output-above");
    expect(await byHand(own, "format", overOrders("sales"))).toContain("deployment/output-above");
    expect(await readFile(file, "utf8")).toBe("id\n7\n");
    expect(existsSync(join(rootOf(own), "data/sales/_mason"))).toBe(true);
  });

  test("is overwritten or dropped by hand only when it is named", async () => {
    const own = await project(database + table(), orders);
    await own.apply();
    expect(await byHand(own, "format", overOrders("lake/orders"))).toEqual(["safety/drops-data"]);
    expect(await byHand(own, "delete", { ...drop, delete_data: true })).toEqual(["safety/drops-data"]);
    expect(await byHand(own, "delete", drop)).toEqual(["safety/drops-declared"]);
    expect(await byHand(own, "format", overOrders("lake/orders"), ["table.sales.*"])).toEqual(["succeeded"]);
    expect(await byHand(own, "delete", { ...drop, delete_data: true }, ["table.sales.orders"])).toEqual(["succeeded"]);
  });

  test("that a link leads to is that table", async () => {
    const own = await project(database + table(prevent), orders);
    await own.apply();
    await symlink(join(rootOf(own), "data/lake"), join(rootOf(own), "data/other"));
    expect(await byHand(own, "format", overOrders("other/orders"))).toEqual(["lifecycle/prevent-destroy"]);
  });

  test("keeps a protection that was applied until its end is applied too", async () => {
    const own = await project(database + table(prevent), orders);
    await own.apply();
    const named = { allowDestroy: ["table.sales.orders"] };
    for (const declared of [table(), ""]) {
      await own.write("all.yaml", database + declared);
      expect(await byHand(own, "delete", drop, named.allowDestroy)).toEqual(["lifecycle/prevent-destroy"]);
    }
    await own.write("all.yaml", database + table() + dropStep(false));
    await expect(own.plan(named)).rejects.toThrow("lifecycle/prevent-destroy");
  });

  test("keeps its files while its removal is not applied", async () => {
    const own = await project(database + table(), orders);
    await own.apply();
    await own.write("all.yaml", database);
    expect(await byHand(own, "delete", { ...drop, delete_data: true })).toEqual(["safety/drops-data"]);
    expect(await readFile(join(rootOf(own), "data/lake/orders/a.csv"), "utf8")).toBe("id\n7\n");
  });

  test("is protected from a deployment that is run by hand", async () => {
    const own = await project(database + table(prevent) + dropStep(true), orders);
    expect(await deploymentByHand(own, "clean")).toEqual(["lifecycle/prevent-destroy"]);
  });
});

describe("what runs of another deployment made", () => {
  const load =
    "type: deployment\nname: load\noperator: table:infer\nparameters: { database_name: sales, storage_path: raw, table_name: orders }\n---\n";

  test("keeps its files unless it is named", async () => {
    const own = await project(load);
    await own.apply();
    expect(await byHand(own, "delete", { ...drop, delete_data: true })).toEqual(["safety/drops-data"]);
    expect(await byHand(own, "delete", { ...drop, delete_data: true }, ["deployment.load"])).toEqual(["succeeded"]);
  });

  test("has the protection of the deployment, and of a table that is declared in its place", async () => {
    const own = await project(load.replace("---", "lifecycle: { prevent_destroy: true }\n---"));
    await own.apply();
    expect(await byHand(own, "delete", drop)).toEqual(["lifecycle/prevent-destroy"]);
    const other = await project(load);
    await other.apply();
    await other.write("all.yaml", database + table(prevent));
    expect(await byHand(other, "delete", drop)).toEqual(["lifecycle/prevent-destroy"]);
  });

  test("is kept before a run where only the run knows whether the files go", async () => {
    const clean = `type: workflow
namespace: a
command: b
dag:
  - { id: first, operator: "table:query" }
  - { id: second, operator: "table:delete", dependencies: [first] }
---
type: deployment
name: d
workflow: a:b
steps:
  first: { parameters: { query_string: select 1 as id } }
  second: { parameters: { database_name: sales, table_name: orders, delete_data: "\${first.job_id}" } }
---
`;
    const own = await project(load);
    await own.apply();
    await own.write("all.yaml", clean);
    expect(await deploymentByHand(own, "d")).toEqual(["safety/drops-data"]);
  });

  test("may be made again by that deployment, which drops it first", async () => {
    const again = `type: workflow
namespace: a
command: b
dag:
  - { id: drop, operator: "table:delete" }
  - { id: write, operator: "table:format", dependencies: [drop] }
  - { id: infer, operator: "table:infer", dependencies: [write] }
---
type: deployment
name: again
workflow: a:b
steps:
  drop: { parameters: { database_name: sales, table_name: orders, delete_data: true } }
  write: { parameters: { input_path: raw, format: csv, output_path: out/orders } }
  infer: { parameters: { database_name: sales, table_name: orders, storage_path: out/orders } }
`;
    const own = await project(again);
    await own.apply();
    await own.apply({ run: ["deployment.again"] });
    expect(await readFile(join(rootOf(own), "data/raw/a.csv"), "utf8")).toBe("id\n1\n");
  });

  test("is told to its readers when it goes", async () => {
    const read =
      'type: deployment\nname: read\noperator: table:query\nparameters: { query_string: "select * from sales.orders", output_path: out/o }\n';
    const own = await project(load + read);
    await own.apply();
    await own.write("all.yaml", read);
    const { plan } = await own.plan();
    expect(plan.changes.map(({ address, action }) => [address, action])).toContainEqual(["deployment.load", "delete"]);
    const warned = await import("../../src/command/plan.ts").then(({ planProject }) =>
      planProject(own.world, { destroy: false, run: [], unfinished: "refuse" }),
    );
    expect(warned.diagnostics.map(({ code }) => code)).toContain("deployment/would-break");
  });
});

describe("steps of one deployment", () => {
  const workflow = (dag: string) =>
    `type: workflow\nnamespace: a\ncommand: b\ndag:\n${dag}---\ntype: deployment\nname: d\nworkflow: a:b\n`;
  const step = (id: string, from: string, to: string, rest = "") =>
    `  - { id: ${id}, operator: "table:format", parameters: { input_path: ${from}, format: csv, output_path: ${to} }${rest} }\n`;

  test.each([
    ["two of which write one path", step("x", "raw", "out/a") + step("y", "raw", "out/a")],
    ["of which one writes below the other's output", step("x", "raw", "out/a") + step("y", "raw", "out/a/b")],
    ["of which one reads what a sibling makes", step("x", "raw", "out/a") + step("y", "out/a", "out/b")],
  ])("%s need an order", async (_, dag) => {
    const own = await project(workflow(dag));
    await expect(own.plan()).rejects.toThrow("deployment/unordered-steps");
    expect(await deploymentByHand(own, "d")).toEqual(["deployment/unordered-steps"]);
  });

  test("that depend on each other have one", async () => {
    const dag = step("x", "raw", "out/a") + step("y", "out/a", "out/b", ", dependencies: [x]");
    await (await project(workflow(dag))).plan();
  });

  test.each([
    ["always", "failed", false],
    ["failed", "failed", false],
    ["succeeded", "always", false],
    ["succeeded", "succeeded", false],
    ["succeeded", "failed", true],
  ])("that run when another one %s and %s exclude each other: %s", async (one, two, areExclusive) => {
    const dag = (first: string, second: string) =>
      step("x", "raw", "out/x") +
      step("a", "raw", "out/a", `, dependencies: [x], when: ${first}`) +
      step("b", "raw", "out/a", `, dependencies: [x], when: ${second}`);
    for (const text of [dag(one, two), dag(two, one)]) {
      const planned = (await project(workflow(text))).plan();
      if (areExclusive) await planned;
      else await expect(planned).rejects.toThrow("deployment/unordered-steps");
    }
  });

  test("of which one needs more than the other's failure do not exclude each other", async () => {
    const dag =
      step("x", "raw", "out/x") +
      step("y", "raw", "out/y") +
      step("a", "raw", "out/a", ", dependencies: [x]") +
      step("b", "raw", "out/a", ", dependencies: [x, y], when: failed");
    await expect((await project(workflow(dag))).plan()).rejects.toThrow("deployment/unordered-steps");
  });

  test("that exclude each other need none", async () => {
    const dag =
      step("x", "raw", "out/x") +
      step("good", "raw", "out/a", ", dependencies: [x]") +
      step("bad", "raw", "out/a", ", dependencies: [x], when: failed");
    await (await project(workflow(dag))).plan();
  });
});

test("an output that is a link to its own input is refused", async () => {
  const own = await project("");
  await symlink(join(rootOf(own), "data/raw"), join(rootOf(own), "data/link"));
  for (const [from, to] of [
    ["raw", "link"],
    ["raw/a.csv", "link/a.csv"],
    ["link", "raw"],
    ["raw/*.csv", "link"],
  ])
    expect(
      await byHand(own, "format", { input_path: from ?? "", format: "csv", output_path: to ?? "", overwrite: true }, [
        "operator.table:format",
      ]),
    ).toEqual(["failed"]);
  expect(await readFile(join(rootOf(own), "data/raw/a.csv"), "utf8")).toBe("id\n1\n");
});

test.each([
  ["raw", "link"],
  ["link", "raw"],
  ["link/*.csv", "raw"],
])("a plan refuses an output that is its own input by a link: %s to %s", async (from, to) => {
  const own = await project(
    `type: deployment\nname: f\noperator: table:format\nparameters: { input_path: "${from}", output_path: ${to}, format: csv, overwrite: true }\n`,
  );
  await symlink(join(rootOf(own), "data/raw"), join(rootOf(own), "data/link"));
  await expect(own.plan()).rejects.toThrow("overlaps the input");
});

test("a run by hand replaces only what runs wrote, or what it is allowed to", async () => {
  const own = await project("", { "data/out/notes/mine.txt": "mine" });
  const over = (path: string) => ({ input_path: "raw", format: "csv", output_path: path, overwrite: true });
  for (const path of ["out", "out/notes"])
    expect(await byHand(own, "format", over(path))).toEqual(["safety/foreign-files"]);
  expect(await readFile(join(rootOf(own), "data/out/notes/mine.txt"), "utf8")).toBe("mine");
  expect(await byHand(own, "format", over("new"))).toEqual(["succeeded"]);
  expect(await byHand(own, "format", over("new"))).toEqual(["succeeded"]);
  expect(await byHand(own, "format", over("out"), ["operator.table:*"])).toEqual(["succeeded"]);
});

test.each([
  ["its directory", "out/d"],
  ["a file in it", "out/d/part-0.csv"],
  ["a directory above it", "out"],
  ["another spelling", "./out//d/"],
  ["a link to it", "link"],
])("files of a deployment with prevent_destroy are replaced by its own runs alone: %s", async (_, path) => {
  const own = await project(
    `type: deployment\nname: d\noperator: table:format\nparameters: { input_path: raw, output_path: out/d, format: csv }\n${prevent}`,
  );
  await own.apply();
  await symlink(join(rootOf(own), "data/out/d"), join(rootOf(own), "data/link"));
  const over = { input_path: "raw", format: "csv", output_path: path, overwrite: true };
  for (const allowed of [[], ["operator.table:format", "deployment.d"]])
    expect(await byHand(own, "format", over, allowed)).toEqual(["lifecycle/prevent-destroy"]);
  expect(await byHand(own, "format", { ...over, output_path: "out2" })).toEqual(["succeeded"]);
  const loaded = await loadProject(own.world);
  const { value } = findDeployment(loaded, "d");
  if (value === undefined) throw new Error("no deployment");
  const ran = await runDeploymentByHand(own.world, loaded, value, { at: null, allowDestroy: [] });
  expect(ran.value?.run.state).toBe("succeeded");
});

test.each([
  ["neither applied nor declared", "", "", ["succeeded"]],
  ["applied, and no longer declared", prevent, "", ["lifecycle/prevent-destroy"]],
  ["declared, and not applied yet", "", prevent, ["lifecycle/prevent-destroy"]],
])("prevent_destroy of a deployment that is %s", async (_, applied, declared, said) => {
  const text = (lifecycle: string) =>
    `type: deployment\nname: d\noperator: table:format\nparameters: { input_path: raw, output_path: out/d, format: csv }\n${lifecycle}`;
  const own = await project(text(applied));
  await own.apply();
  await own.write("all.yaml", text(declared));
  const over = { input_path: "raw/a.csv", format: "csv", output_path: "out/d", overwrite: true };
  expect(await byHand(own, "format", over, ["operator.table:format"])).toEqual(said);
});

describe("what a deployment with prevent_destroy made is changed by its own runs alone", () => {
  const inferred = { database_name: "db", table_name: "t", storage_path: "raw/b.csv" };
  const infer = (name: string, path: string, lifecycle = "") =>
    `type: deployment\nname: ${name}\noperator: table:infer\nparameters: { database_name: db, table_name: t, storage_path: ${path} }\n${lifecycle}---\n`;
  const other = { "data/raw/b.csv": "name\nx\n" };
  /** True if the newest version of the table in the catalogue has the column of its own file. */
  const catalogued = async (own: LocalProject) => {
    const directory = join(rootOf(own), "data/db/_mason/t");
    const newest = (await readdir(directory)).sort().at(-1) ?? "";
    return (await readFile(join(directory, newest), "utf8")).includes('"id"');
  };

  test.each(["infer", "refresh"])("its table, by table:%s", async (command) => {
    const own = await project(infer("inf", "raw/a.csv", prevent), other);
    await own.apply();
    const { storage_path: _, ...named } = inferred;
    const parameters = command === "infer" ? inferred : named;
    for (const allowed of [[], ["deployment.inf", "operator.table:*"]])
      expect(await byHand(own, command, parameters, allowed)).toEqual(["lifecycle/prevent-destroy"]);
    expect(await catalogued(own)).toBe(true);
    expect(await byHand(own, "infer", { ...inferred, table_name: "u" })).toEqual(["succeeded"]);
    expect(await deploymentByHand(own, "inf")).toEqual([]);
  });

  test("its table and its output, by another deployment", async () => {
    const format = (name: string, lifecycle = "") =>
      `type: deployment\nname: ${name}\noperator: table:format\nparameters: { input_path: raw/a.csv, format: csv, output_path: out/keep }\n${lifecycle}---\n`;
    const own = await project(infer("inf", "raw/a.csv", prevent) + format("keep", prevent), other);
    await own.apply();
    await own.write("more.yaml", infer("inf2", "raw/b.csv") + format("keep2"));
    for (const name of ["inf2", "keep2"])
      expect(await deploymentByHand(own, name)).toEqual(["lifecycle/prevent-destroy"]);
    expect(await catalogued(own)).toBe(true);
  });

  test("under its new name too", async () => {
    const own = await project(infer("inf", "raw/a.csv", prevent), other);
    await own.apply();
    await own.write("all.yaml", infer("moved", "raw/a.csv", `moved_from: deployment.inf\n${prevent}`));
    expect(await deploymentByHand(own, "moved")).toEqual([]);
    expect(await byHand(own, "infer", inferred)).toEqual(["lifecycle/prevent-destroy"]);
    await own.apply();
    expect(await byHand(own, "infer", inferred)).toEqual(["lifecycle/prevent-destroy"]);
  });

  test.each([
    ["out/keep/sub", false],
    ["out/keep/sub", true],
    ["out/keep/more.csv", false],
    ["out/keep", false],
  ])("its output: nothing is added at %s, overwrite: %s", async (path, overwrite) => {
    const own = await project(
      `type: deployment\nname: d\noperator: table:format\nparameters: { input_path: raw, output_path: out/keep, format: csv }\n${prevent}`,
    );
    await own.apply();
    const parameters = { input_path: "raw", format: "csv", output_path: path, overwrite };
    expect(await byHand(own, "format", parameters, ["operator.table:*"])).toEqual(["lifecycle/prevent-destroy"]);
    expect(await byHand(own, "format", { ...parameters, output_path: "out/keep2" })).toEqual(["succeeded"]);
    await own.plan();
  });

  test("its output at a path that only the run knew", async () => {
    const own = await project(
      `type: deployment\nname: d\noperator: table:format\nparameters: { input_path: raw, output_path: "out/\${run.date}", format: csv }\n${prevent}`,
    );
    await own.apply();
    const [date] = await readdir(join(rootOf(own), "data/out"));
    for (const path of [`out/${date}`, `out/${date}/sub`, `./out//${date}/part-0.csv`]) {
      const parameters = { input_path: "raw/a.csv", format: "csv", output_path: path, overwrite: true };
      expect(await byHand(own, "format", parameters, ["operator.table:*"])).toEqual(["lifecycle/prevent-destroy"]);
    }
    expect(await deploymentByHand(own, "d")).toEqual([]);
    const other = `type: deployment\nname: other\noperator: table:format\nparameters: { input_path: raw, format: csv, output_path: out/`;
    await own.write("other.yaml", `${other}${date} }\n`);
    await expect(own.plan()).rejects.toThrow("lifecycle/prevent-destroy");
    await own.write("other.yaml", `${other}2000-01-01 }\n`);
    await own.plan();
  });

  test("its output of a run by hand for another day", async () => {
    const own = await project(
      `type: deployment\nname: d\noperator: table:format\nparameters: { input_path: raw, output_path: "out/\${run.date}", format: csv }\n${prevent}`,
    );
    await own.apply();
    expect(await deploymentByHand(own, "d", new Date("2020-02-29T01:00:00Z"))).toEqual([]);
    const parameters = { input_path: "raw/a.csv", format: "csv", output_path: "out/2020-02-29", overwrite: true };
    expect(await byHand(own, "format", parameters, ["operator.table:*"])).toEqual(["lifecycle/prevent-destroy"]);
  });
});
