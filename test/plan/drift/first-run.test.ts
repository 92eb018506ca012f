/** The first run of a deployment replaces nothing that somebody else made, in a plan and by hand, on real files. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import type { PlanOptions } from "../../../src/command/plan-options.ts";
import { loadProject } from "../../../src/command/project/load-project.ts";
import { findDeployment, runDeploymentByHand } from "../../../src/command/run.ts";
import { type LocalProject, localProject } from "../../support/local-project.ts";

const open: LocalProject[] = [];
afterEach(async () => {
  for (const project of open.splice(0)) await project.close();
});

interface Part {
  readonly name?: string;
  readonly parameters?: object;
  readonly rest?: string;
}
const format = ({ name = "d", parameters = {}, rest = "" }: Part = {}) =>
  `type: deployment\nname: ${name}\noperator: table:format\nparameters: ${JSON.stringify({ input_path: "raw", format: "csv", output_path: "out/d", overwrite: true, ...parameters })}\n${rest}---\n`;
const refused = /safety\/foreign-files: "deployment.d" would replace .*--allow-destroy deployment.d/;

async function project(documents: string, files: Readonly<Record<string, string>> = {}) {
  const made = await localProject(documents, { "data/raw/a.csv": "id\n1\n", ...files });
  open.push(made);
  const said = (found: readonly { readonly code: string; readonly detail: string }[]) =>
    found.map(({ code, detail }) => `${code}: ${detail}`).join("\n");
  const planned = async (options: Partial<PlanOptions> = {}) => {
    try {
      const { changes } = (await made.plan(options)).plan;
      return changes.flatMap(({ address, action, notes }) =>
        address.startsWith("deployment") ? [`${address} ${action}`, ...notes] : [],
      );
    } catch (thrown) {
      return said(JSON.parse((thrown as Error).message));
    }
  };
  const run = async (allowDestroy: readonly string[] = []) => {
    const loaded = await loadProject(made.world);
    const { value } = findDeployment(loaded, "d");
    if (value === undefined) throw new Error("no deployment");
    const ran = await runDeploymentByHand(made.world, loaded, value, { at: null, allowDestroy });
    return ran.value?.run.state ?? said(ran.diagnostics);
  };
  return { ...made, planned, run };
}

const theirs = { "data/out/d/theirs.csv": "id\n9\n" };

test.each<readonly [string, string, Readonly<Record<string, string>>]>([
  ["a directory", format(), theirs],
  ["a single file", format({ parameters: { output_path: "out/d.csv" } }), { "data/out/d.csv": "id\n9\n" }],
  ["what is no data", format(), { "data/out/d/notes.txt": "mine" }],
  ["what readers skip", format(), { "data/out/d/_notes": "mine" }],
  ["what is hidden deep below", format(), { "data/out/d/x/.mine/a.csv": "id\n9\n" }],
  ["another spelling of the path", format({ parameters: { output_path: "./out//d/" } }), theirs],
  [
    "the default of an operator in SQL",
    `type: operator\nnamespace: my\ncommand: one\nsql: select 1 as id\nparameters: { optional: [{ name: output_path, type: path, default: out/d }, { name: overwrite, type: boolean, default: true }] }\n---\ntype: deployment\nname: d\noperator: my:one\n`,
    theirs,
  ],
  [
    "a step of a workflow",
    `type: workflow\nnamespace: my\ncommand: one\ndag: [{ id: a, operator: table:format, parameters: { input_path: raw, format: csv, output_path: out/d, overwrite: true } }]\n---\ntype: deployment\nname: d\nworkflow: my:one\n`,
    theirs,
  ],
])("a first run is refused until it is allowed: %s", async (_, documents, files) => {
  const own = await project(documents, files);
  expect(await own.planned()).toMatch(refused);
  expect(await own.run()).toMatch(refused);
  for (const [file, text] of Object.entries(files)) expect(await own.read(file)).toBe(text);
  expect(await own.planned({ allowDestroy: ["deployment.d"] })).toEqual(["deployment.d run"]);
  await own.apply({ allowDestroy: ["deployment.d"] });
  expect(await own.planned()).toEqual([]);
  expect(await own.run()).toBe("succeeded");
});

test("code of the project may add to what others wrote: it is not refused", async () => {
  const own = await project(
    "type: deployment\nname: d\noperator: my:own\nparameters: { output_path: out/d, overwrite: true }\n",
    {
      ...theirs,
      "operators/own/operator.yaml":
        'type: operator\nnamespace: my\ncommand: own\nparameters: { required: [{ name: output_path, type: path }], optional: [{ name: overwrite, type: boolean }] }\nneeds: [storage.write]\nwrites: [{ path: "${output_path}" }]\n',
      "operators/own/operator.js":
        'export default { async run({ config, parameters }) { await config.storage.write(`${parameters.output_path}/mine.csv`, "id\\n1\\n"); } };\n',
    },
  );
  expect(await own.planned()).toEqual(["deployment.d run"]);
  expect(await own.run()).toBe("succeeded");
  await own.apply();
  expect(await own.read("data/out/d/theirs.csv")).toBe(theirs["data/out/d/theirs.csv"]);
});

test("a first run whose output is not there needs no word", async () => {
  const own = await project(format());
  expect(await own.planned()).toEqual(["deployment.d run"]);
  await own.apply();
  expect(await own.planned()).toEqual([]);
});

test("what a run by hand wrote is Mason's own, until somebody adds to it", async () => {
  const own = await project(format());
  expect(await own.run()).toBe("succeeded");
  expect(await own.planned()).toEqual(["deployment.d run"]);
  expect(await own.run()).toBe("succeeded");
  await own.write("data/out/d/theirs.csv", "id\n9\n");
  expect(await own.planned()).toMatch(refused);
  expect(await own.run()).toMatch(refused);
  expect(await own.run(["deployment.d"])).toBe("succeeded");
});

test("a run by hand that may write again replaces nothing of others, without overwrite too", async () => {
  const own = await project(format({ parameters: { overwrite: false } }));
  expect(await own.run()).toBe("succeeded");
  expect(await own.run()).toBe("succeeded");
  await own.write("data/out/d/theirs.csv", "id\n9\n");
  expect(await own.run()).toMatch(refused);
});

test.each([
  ["renamed with moved_from", format({ name: "d", rest: "moved_from: deployment.old\n" })],
  ["renamed without moved_from", format({ name: "d" })],
])("what the deployment wrote under another name is its own: %s", async (_, documents) => {
  const own = await project(format({ name: "old" }));
  await own.apply();
  await own.write("all.yaml", documents);
  await own.write("data/raw/a.csv", "id\n2\n");
  expect(await own.planned()).toContain("deployment.d run");
  expect(await own.run()).toBe("succeeded");
  await own.write("data/out/d/theirs.csv", "id\n9\n");
  expect(await own.planned()).toMatch(refused);
  expect(await own.run()).toMatch(refused);
});

test("an output that moves to a directory of others is refused; ignore_changes: [outputs] lets it go", async () => {
  const own = await project(format({ parameters: { output_path: "out/before" } }), theirs);
  await own.apply();
  await own.write("all.yaml", format());
  expect(await own.planned()).toMatch(refused);
  expect(await own.run()).toMatch(refused);
  await own.write("all.yaml", format({ rest: "lifecycle: { ignore_changes: [outputs] }\n" }));
  expect(await own.planned()).toEqual(["deployment.d run"]);
  expect(await own.run()).toBe("succeeded");
});

test("an entry of before files were recorded runs, and the plan says that it can't tell them apart", async () => {
  const own = await project(format());
  await own.apply();
  const lock = JSON.parse(await own.read("mason.lock"));
  lock.resources["deployment.d"].object.outputs["path out/d"] = {};
  await own.write("mason.lock", JSON.stringify(lock));
  await rm(join(own.directory, ".mason"), { recursive: true });
  await own.write("data/out/d/theirs.csv", "id\n9\n");
  expect(await own.planned()).toEqual([]);
  await own.write("data/raw/a.csv", "id\n2\n");
  expect(await own.planned()).toEqual([
    "deployment.d run",
    "replaces all files at out/d: Mason has no record of which of them its runs wrote",
  ]);
  await own.apply();
  await own.write("data/out/d/theirs.csv", "id\n9\n");
  await own.write("data/raw/a.csv", "id\n3\n");
  expect(await own.planned()).toMatch(refused);
});
