/** Objects and resources that look like our own: a second environment, a lost lockfile, a rename without `moved_from`. */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { planProject } from "../../src/command/plan.ts";
import { moveResource } from "../../src/command/state/change.ts";
import { importObject } from "../../src/command/state/import.ts";
import { openState } from "../../src/command/state/open-state.ts";
import { createRunStore } from "../../src/io/run-store.ts";
import { localConfig } from "../reliability/support/small.ts";
import { type LocalProject, localProject } from "../support/local-project.ts";

const open: LocalProject[] = [];
afterEach(async () => {
  for (const project of open.splice(0)) await project.close();
});

const table = (name: string, more = "") =>
  `---\ntype: table\ndatabase: sales\nname: ${name}\nformat: csv\ncolumns: [{ name: id, type: bigint }]\n${more}`;
const deployment = (name: string, more = "") =>
  `---\ntype: deployment\nname: ${name}\noperator: table:format\nparameters: { input_path: raw, output_path: out/a, format: csv, overwrite: true }\n${more}`;
const database = "type: database\nname: sales\n";
const input = { "data/raw/a.csv": "id\n1\n" };

async function project(documents: string, files: Readonly<Record<string, string>> = {}): Promise<LocalProject> {
  const made = await localProject(documents, { ...input, ...files });
  open.push(made);
  return made;
}

const errorsOf = async (made: LocalProject, environment: string | null) => {
  const { value, diagnostics } = await planProject(
    { ...made.world, environment },
    { destroy: false, run: [], unfinished: "refuse" },
  );
  return { value, errors: diagnostics.filter(({ severity }) => severity === "error") };
};

const environments = `default_config: 1
variables: { root: { type: string, default: data } }
environments: { dev: { variables: { root: data/dev } }, same: {} }
`;

test("a second environment over the same root is told how to get its own, and that works", async () => {
  const made = await project(database + table("orders"), { "mason.yaml": environments });
  await made.apply();
  const { errors } = await errorsOf(made, "same");
  expect(errors.map(({ code }) => code)).toContain("ownership/other-project");
  for (const { detail } of errors) {
    expect(detail).toMatch(/environment.*root.*name prefix/);
    expect(detail).not.toContain("state rm");
  }
  await made.write("config.yaml", localConfig.replace("root: data", 'root: "${var.root}"'));
  expect((await errorsOf(made, "dev")).errors).toEqual([]);
});

test("a lost lockfile is brought back by what the message says", async () => {
  const made = await project(database + table("orders"));
  await made.apply();
  const lockfile = join(made.world.directory, "mason.lock");
  rmSync(lockfile);
  const { errors } = await errorsOf(made, null);
  const text = /write (\{.*\}) into a new lockfile/.exec(errors[0]?.detail ?? "")?.[1] ?? "";
  expect(errors[0]?.detail).toContain("version control or a backup");
  writeFileSync(lockfile, text);
  await made.apply();
  expect((await made.plan()).plan.changes).toEqual([]);
  expect(Object.keys(JSON.parse(readFileSync(lockfile, "utf8")).resources)).toContain("table.sales.orders");
});

test("a lost lockfile with objects and outputs is one error, and its steps lead to a plan that runs again", async () => {
  const kept = (name: string) =>
    `---\ntype: deployment\nname: ${name}\noperator: table:format\nparameters: { input_path: raw, output_path: out/${name}, format: csv }\n`;
  const made = await project(database + table("orders") + kept("one") + kept("two"));
  await made.apply();
  const lockfile = join(made.world.directory, "mason.lock");
  rmSync(lockfile);
  const { errors } = await errorsOf(made, null);
  expect(errors.map(({ address }) => address)).toEqual(["database.sales"]);
  const detail = errors[0]?.detail ?? "";
  for (const name of ["database.sales", "table.sales.orders", "deployment.one", "deployment.two"])
    expect(detail.split(`"${name}"`)).toHaveLength(2);
  expect(detail).not.toContain("overwrite");
  writeFileSync(lockfile, /write (\{.*\}) into a new lockfile/.exec(detail)?.[1] ?? "");
  const found = (await errorsOf(made, null)).errors;
  expect(found.map(({ detail }) => /"mason state import (\S+)"/.exec(detail)?.[1])).toEqual([
    "deployment.one",
    "deployment.two",
  ]);
  for (const address of ["deployment.one", "deployment.two"])
    await importObject(made.world, (await openState(made.world)).loaded, { address, write: false });
  const actions = (await made.plan()).plan.changes.map(({ address, action }) => `${address} ${action}`);
  expect(actions).toEqual(expect.arrayContaining(["database.sales adopt", "deployment.one run", "deployment.two run"]));
  await made.apply();
  expect((await made.plan()).plan.changes).toEqual([]);
});

test("a deployment whose output paths hold no files is not imported", async () => {
  const made = await project(deployment("load"));
  const { loaded } = await openState(made.world);
  const imported = importObject(made.world, loaded, { address: "deployment.load", write: false });
  await expect(imported).rejects.toThrow("No outputs to import");
});

const hints = async (made: LocalProject) => {
  const { diagnostics } = await planProject(made.world, { destroy: false, run: [], unfinished: "refuse" });
  return diagnostics
    .flatMap(({ code, address, detail }) =>
      code === "plan/looks-renamed" ? [[address ?? "", /moved_from: (\S+)"/.exec(detail)?.[1]]] : [],
    )
    .sort();
};

test("a rename without moved_from gets a hint, and what the hint says ends it", async () => {
  const made = await project(database + table("orders") + deployment("load"));
  await made.apply();
  await made.write("all.yaml", database + table("bought") + deployment("fill"));
  expect(await hints(made)).toEqual([
    ["deployment.fill", "deployment.load"],
    ["table.sales.bought", "table.sales.orders"],
  ]);
  await made.write(
    "all.yaml",
    database +
      table("bought", "moved_from: table.sales.orders\n") +
      deployment("fill", "moved_from: deployment.load\n"),
  );
  expect(await hints(made)).toEqual([]);
});

test("there is no hint where the content differs, or where several resources could be meant", async () => {
  const made = await project(database + table("orders") + table("second"));
  await made.apply();
  await made.write("all.yaml", database + table("third") + table("fourth"));
  expect(await hints(made)).toEqual([]);
  await made.write("all.yaml", database + table("second") + table("bought").replace("bigint", "string"));
  expect(await hints(made)).toEqual([]);
});

test("the runs follow a deployment that is moved, by moved_from and by state mv", async () => {
  const made = await project(deployment("load"));
  await made.apply();
  const { directory } = made.world;
  const addresses = () =>
    createRunStore(join(directory, ".mason"))
      .list()
      .map(({ address }) => address);
  expect(addresses()).toEqual(["deployment.load"]);
  await made.write("all.yaml", deployment("fill", "moved_from: deployment.load\n"));
  await made.apply();
  expect([...new Set(addresses())]).toEqual(["deployment.fill"]);
  await moveResource(made.world, await openState(made.world), "deployment.fill", "deployment.last");
  expect([...new Set(addresses())]).toEqual(["deployment.last"]);
  expect(existsSync(join(directory, "mason.lock"))).toBe(true);
});
