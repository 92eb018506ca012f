/** Links among the files of an input: where they lead counts for plan and run alike, on real files. */
import { mkdir, readFile, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { loadProject } from "../../src/command/project/load-project.ts";
import { findDeployment, runDeploymentByHand } from "../../src/command/run.ts";
import { type LocalProject, localProject } from "../support/local-project.ts";

const open: LocalProject[] = [];
afterEach(async () => {
  for (const project of open.splice(0)) await project.close();
});

const step = (operator: string, parameters: object, name = "d") =>
  `type: deployment\nname: ${name}\noperator: table:${operator}\nparameters: ${JSON.stringify(parameters)}\n---\n`;
const format = (input: string, output: string, more: object = {}) =>
  step("format", { input_path: input, format: "csv", output_path: output, overwrite: true, ...more });
const table =
  "type: database\nname: sales\n---\ntype: table\ndatabase: sales\nname: orders\nformat: csv\nlocation: raw\ncolumns: [{ name: id, type: bigint }]\n---\n";

async function project(documents: string, links: readonly (readonly [string, string])[]) {
  const made = await localProject(documents, {
    "data/raw/a.csv": "id\n1\n",
    "data/out/o.csv": "id\n7\n",
    "data/out/deep/p.csv": "id\n8\n",
  });
  open.push(made);
  const at = (path: string) => join(made.directory, "data", path);
  for (const [link, target] of links) {
    await mkdir(dirname(at(link)), { recursive: true });
    await symlink(at(target), at(link));
  }
  const run = async () => {
    const loaded = await loadProject(made.world);
    const { value } = findDeployment(loaded, "d");
    if (value === undefined) throw new Error("no deployment");
    const options = { at: null, allowDestroy: ["deployment.d"] };
    const ran = await runDeploymentByHand(made.world, loaded, value, options);
    return JSON.stringify([ran.diagnostics, ran.value?.steps]);
  };
  return { ...made, run, read: () => readFile(at("out/o.csv"), "utf8") };
}

const file = ["raw/l.csv", "out/o.csv"] as const;
const query = { query_string: "select * from read_csv('raw/*.csv')", output_path: "out/o.csv", overwrite: true };

test.each<readonly [string, string, readonly (readonly [string, string])[]]>([
  ["a file in the output", format("raw", "out/o.csv", {}), [file]],
  ["a glob", format("raw/*.csv", "out/o.csv"), [file]],
  ["a file below the output", format("raw", "out"), [file]],
  ["a directory", format("raw", "out/o.csv"), [["raw/sub", "out"]]],
  ["a directory below the output", format("raw", "out"), [["raw/sub", "out/deep"]]],
  [
    "a link to a link",
    format("raw", "out/o.csv"),
    [
      ["raw/l.csv", "mid.csv"],
      ["mid.csv", "out/o.csv"],
    ].reverse() as never,
  ],
  [
    "a link in a linked directory",
    format("raw", "out/o.csv"),
    [
      ["other/l.csv", "out/o.csv"],
      ["raw/sub", "other"],
    ],
  ],
  ["an output by a link", format("raw", "alias/o.csv"), [["alias", "out"], file]],
  ["a merge", step("merge", { input_path: "raw", output_path: "out/o.csv", overwrite: true }), [file]],
  ["a dedupe", step("dedupe", { input_path: "raw", output_path: "out/o.csv", overwrite: true }), [file]],
  ["SQL that names files", step("query", query), [file]],
  [
    "the files of a declared table",
    `${table}${format("raw", "out/o.csv").replace('"input_path":"raw"', '"database_name":"sales","table_name":"orders"')}`,
    [file],
  ],
])("an output that a link among the inputs leads to is refused: %s", async (_, documents, links) => {
  const own = await project(documents, links);
  await expect(own.plan({ allowDestroy: ["deployment.d"] })).rejects.toThrow("overlaps the input");
  // A run by hand makes no table.
  expect(await own.run()).toMatch(/overlaps the input|no table/);
  expect(await own.read()).toBe("id\n7\n");
});

test.each<readonly [string, string, readonly (readonly [string, string])[]]>([
  ["elsewhere", format("raw", "out/o.csv"), [["raw/l.csv", "out/deep/p.csv"]]],
  ["a file that a glob leaves out", format("raw/a*.csv", "out/o.csv"), [file]],
  ["a file that a setting leaves out", format("raw", "out/o.csv", { files: { exclude: ["l.csv"] } }), [file]],
  ["a hidden file", format("raw", "out/o.csv"), [["raw/_l.csv", "out/o.csv"]]],
  ["a circle", format("raw", "out/o.csv"), [["raw/again", "raw"]]],
])("a link that leads to no output is no problem: %s", async (_, documents, links) => {
  const own = await project(documents, links);
  await own.plan({ allowDestroy: ["deployment.d"] });
  expect(await own.run()).toContain('"succeeded"');
});

test("a link to what another deployment writes makes an edge", async () => {
  const first = step("fake", { size: 1, columns: ["id:bigint"], output_path: "out/o.csv", overwrite: true }, "z");
  const own = await project(`${first}${format("raw", "new.csv")}`, [file]);
  const { plan } = await own.plan({ allowDestroy: ["deployment.z"] });
  const dependencies = plan.stages.find(({ address }) => address === "deployment.d")?.dependencies;
  expect(dependencies).toContain("deployment.z");
  const apart = await project(`${first}${format("raw", "new.csv")}`, [["raw/l.csv", "out/deep/p.csv"]]);
  const other = (await apart.plan({ allowDestroy: ["deployment.z"] })).plan;
  expect(other.stages.find(({ address }) => address === "deployment.d")?.dependencies).not.toContain("deployment.z");
});
