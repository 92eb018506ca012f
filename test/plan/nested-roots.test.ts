/** Clients whose roots are one directory, or lie in each other: what one writes, the other one reads. */
import { afterEach, describe, expect, test } from "vitest";
import { formatDataType } from "../../src/model/data-type.ts";
import { type LocalProject, localProject } from "../support/local-project.ts";

const open: LocalProject[] = [];
afterEach(async () => {
  for (const project of open.splice(0)) await project.close();
});

const config = (id: number, root: string) =>
  `type: config\nid: ${id}\nmetastore_engine: local\nstorage_engine: local\nexecution_engine: local\nscheduler_engine: local\nclients:\n  local: { configuration: { root: "${root}" } }\n---\n`;
const query = (name: string, id: number, output: string, sql = "select 1::bigint as id") =>
  `type: deployment\nname: ${name}\nconfig_id: ${id}\noperator: table:query\nparameters: { query_string: ${JSON.stringify(sql)}, output_path: ${JSON.stringify(output)}, overwrite: true }\n---\n`;
const format = (name: string, id: number, input: string) =>
  `type: deployment\nname: ${name}\nconfig_id: ${id}\noperator: table:format\nparameters: { input_path: ${JSON.stringify(input)}, format: parquet, output_path: to/${name} }\n---\n`;

async function project(
  roots: readonly [string, string],
  documents: string,
  files: Readonly<Record<string, string>> = {},
) {
  const made = await localProject(documents, {
    "config.yaml": config(1, roots[0]) + config(2, roots[1]),
    "data/raw/keep.txt": "",
    ...files,
  });
  open.push(made);
  return made;
}

const codes = (made: LocalProject): Promise<readonly (string | undefined)[]> =>
  made.plan().then(
    () => [],
    (thrown: Error) => [...thrown.message.matchAll(/"code":"([^"]*)"/g)].map(([, code]) => code),
  );

/** Two roots, and how the second names what the first calls `raw/deep/x`; `null`: it is another place. */
const cases: readonly (readonly [string, string, string | null])[] = [
  ["data", "data/raw", "deep/x"],
  ["data", "./data/", "raw/deep/x"],
  ["./data//", "data/raw/deep", "x"],
  ["data", "data/./raw/", "deep/x"],
  [".", ".", "raw/deep/x"],
  ["data", "data/raws", null],
  ["data", "other", null],
  ["data", "../data", null],
];

describe.each(cases)("the roots %s and %s", (one, two, name) => {
  test("a reader depends on the writer in the other client, and has its columns", async () => {
    const made = await project([one, two], query("w", 1, "raw/deep/x") + format("a_reader", 2, name ?? "deep/x"));
    if (name === null) return expect(await codes(made)).toContain("deployment/missing-input");
    const { plan } = await made.plan();
    const stage = plan.stages.find(({ address }) => address === "deployment.a_reader");
    expect(stage?.dependencies).toContain("deployment.w");
    const columns = plan.changes.find(({ address }) => address === "deployment.a_reader")?.steps[0]?.columns;
    expect(columns?.map((column) => `${column.name} ${formatDataType(column.type)}`)).toEqual(["id bigint"]);
    await made.apply();
    expect((await made.plan()).plan.changes).toEqual([]);
  });

  test("two writers of one place are two writers", async () => {
    const made = await project([one, two], query("w", 1, "raw/deep/x") + query("v", 2, name ?? "deep/x"));
    expect((await codes(made)).includes("deployment/two-writers")).toBe(name !== null);
  });

  test("what is written below a declared table of the other client must fit it", async () => {
    const table =
      "type: database\nname: s\nconfig_id: 1\n---\ntype: table\ndatabase: s\nname: t\nconfig_id: 1\nlocation: raw/deep\ncolumns: [{ name: id, type: bigint }]\n---\n";
    const wrong = await project([one, two], table + query("v", 2, name ?? "deep/x", "select 'x' as other"));
    expect((await codes(wrong)).includes("step/would-fail")).toBe(name !== null);
    const right = await project([one, two], table + query("v", 2, name ?? "deep/x"));
    expect(await codes(right)).toEqual([]);
  });

  test("an output above a table of the other client is refused", async () => {
    const table =
      "type: database\nname: s\nconfig_id: 2\n---\ntype: table\ndatabase: s\nname: t\nconfig_id: 2\nlocation: " +
      `${name ?? "deep/x"}\ncolumns: [{ name: id, type: bigint }]\n---\n`;
    const made = await project([one, two], table + query("v", 1, "raw"));
    expect((await codes(made)).includes("deployment/output-above")).toBe(name?.includes("/") === true || name === "x");
  });
});

test("files that a table of another client keeps are not deleted with a table", async () => {
  const database = "type: database\nname: s\nconfig_id: 1\n---\ntype: database\nname: u\nconfig_id: 2\n---\n";
  const table = (of: string, id: number, location: string) =>
    `type: table\ndatabase: ${of}\nname: t\nconfig_id: ${id}\nlocation: ${location}\ncolumns: [{ name: id, type: bigint }]\nlifecycle: { delete_data: true }\n---\n`;
  const made = await project(["data", "data/raw"], database + table("s", 1, "raw/x") + table("u", 2, "x"));
  await made.apply();
  await made.write("all.yaml", database + table("u", 2, "x"));
  await expect(made.plan({ allowDestroy: ["*"] })).rejects.toThrow("safety/shared-data");
});

test("an absolute root keeps every check", async () => {
  const made = await project(["data", "other"], "");
  const root = `${made.directory}/data`;
  await made.write("config.yaml", config(1, root) + config(2, `${root}/raw`));
  await made.write("all.yaml", query("w", 1, "raw/x") + query("v", 2, "x"));
  expect(await codes(made)).toContain("deployment/two-writers");
  const table =
    "type: database\nname: s\n---\ntype: table\ndatabase: s\nname: t\nlocation: raw/x\ncolumns: [{ name: id, type: bigint }]\n---\n";
  await made.write("all.yaml", table + query("w", 1, "raw/x", "select 'x' as other"));
  expect(await codes(made)).toContain("step/would-fail");
});

test("a path in a list keeps the spelling that the state records", async () => {
  const merge = (paths: string) =>
    `type: deployment\nname: m\noperator: table:merge\nparameters: { extract_paths: ${paths}, output_path: out/m }\n`;
  const made = await project(["data", "other"], merge("[raw/a, raw/b]"), {
    "data/raw/a/x.csv": "id\n1\n",
    "data/raw/b/x.csv": "id\n2\n",
  });
  await made.apply();
  await made.write("all.yaml", merge("[./raw//a/, raw/./b]"));
  expect((await made.plan()).plan.changes).toEqual([]);
  await made.write("all.yaml", merge("[./raw//b/, raw/a]"));
  expect((await made.plan()).plan.changes.map(({ address }) => address)).toEqual(["deployment.m"]);
});
