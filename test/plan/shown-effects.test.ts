/** What each step of a plan reads, writes, replaces and drops: the same value that guard and edges use, with links resolved. */
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import type { ShownEffects } from "../../src/plan/plan.ts";
import { planText } from "../../src/view/plan/plan-text.ts";
import { localProject } from "../support/local-project.ts";
import type { TestProject } from "../support/world.ts";

const open: TestProject[] = [];
afterEach(async () => {
  for (const project of open.splice(0)) await project.close();
});

async function project(documents: string, files: Readonly<Record<string, string>> = {}) {
  const made = await localProject(documents, { "data/raw/a.csv": "id\n1\n", ...files });
  open.push(made);
  const effects = async (address: string): Promise<readonly ShownEffects[]> => {
    const { plan } = await made.plan({ allowDestroy: ["deployment.*"] });
    return plan.changes
      .flatMap((change) => (change.address === address ? change.steps : []))
      .flatMap((step) => step.effects ?? []);
  };
  return { ...made, effects, data: join(made.world.project ?? made.world.directory, "data") };
}

const deployment = (operator: string, parameters: object) =>
  `type: deployment\nname: d\noperator: ${operator}\nparameters: ${JSON.stringify(parameters)}\n`;
const [input_path, output_path, overwrite] = ["raw/a.csv", "out/o", true];
const [input, output] = [
  { config: "1", path: input_path },
  { config: "1", path: output_path },
];

/** Every operator that writes files, and what it reads. */
const writers: readonly (readonly [string, object, readonly object[]])[] = [
  ["table:query", { query_string: "select id from read_csv('raw/a.csv')" }, [input]],
  ["table:format", { input_path, format: "csv" }, [input]],
  ["table:merge", { input_path }, [input]],
  ["table:dedupe", { input_path }, [input]],
  ["table:summarize", { input_path }, [input]],
  ["table:fake", { size: 1, columns: ["id:bigint"] }, []],
];

test.each(writers)("%s: what it reads and writes, and what it replaces", async (operator, given, reads) => {
  const made = await project(deployment(operator, { ...given, output_path, overwrite }));
  expect(await made.effects("deployment.d")).toEqual([{ reads, writes: [output], replaces: [], drops: [] }]);
  await made.write("data/out/o/theirs.csv", "id\n1\n");
  expect(await made.effects("deployment.d")).toEqual([{ reads, writes: [output], replaces: [output], drops: [] }]);
});

test("what an earlier run of the deployment wrote is replaced too, without overwrite", async () => {
  const query = (value: number) =>
    deployment("table:query", { query_string: `select ${value} as id`, output_path: "o.csv" });
  const made = await project(query(1));
  await made.apply();
  await made.write("all.yaml", query(2));
  const [effects] = await made.effects("deployment.d");
  expect(effects?.replaces).toEqual([{ config: "1", path: "o.csv", files: 1, bytes: "id\n1\n".length }]);
  const { plan } = await made.plan({ allowDestroy: ["deployment.*"] });
  expect(await planText(plan, { width: 120, color: false })).toContain("-> o.csv, csv; replaces o.csv (5 B)");
});

test("an input and an output that links lead elsewhere", async () => {
  const parameters = { input_path: "latest", format: "csv", output_path: "shown/o", overwrite };
  const made = await project(deployment("table:format", parameters), { "data/other/o/theirs.csv": "id\n1\n" });
  symlinkSync(join(made.data, "raw"), join(made.data, "latest"));
  symlinkSync(join(made.data, "other"), join(made.data, "shown"));
  const written = { config: "1", path: "shown/o", real_path: "other/o" };
  expect(await made.effects("deployment.d")).toEqual([
    { reads: [{ config: "1", path: "latest", real_path: "raw" }], writes: [written], replaces: [written], drops: [] },
  ]);
  const { plan } = await made.plan({ allowDestroy: ["deployment.*"] });
  const text = await planText(plan, { width: 160, color: false });
  expect(text).toContain("latest is a link to raw; shown/o is a link to other/o; replaces shown/o");
});

test("a table that is dropped, with its files or without, and a path with a hole", async () => {
  const dag =
    "{ id: made, operator: table:infer }, { id: gone, operator: table:delete, dependencies: [made] }, { id: day, operator: table:query }";
  const place = "database_name: s, table_name: t";
  const steps =
    `type: workflow\nnamespace: w\ncommand: f\ndag: [${dag}]\n---\ntype: deployment\nname: d\nworkflow: w:f\nsteps:\n` +
    `  made: { parameters: { ${place}, storage_path: raw } }\n  gone: { parameters: { ${place}, delete_data: false } }\n` +
    `  day: { parameters: { query_string: select 1 as id, output_path: "out/day=\${run.date}" } }\n---\ntype: database\nname: s\n`;
  const made = await project(steps);
  mkdirSync(join(made.data, "out"));
  const table = { config: "1", table: "s.t" };
  const nothing = { reads: [], writes: [], replaces: [], drops: [] };
  const day = { ...nothing, writes: [{ config: "1", path: "out/day=${run.date}" }] };
  const infer = { ...nothing, reads: [{ config: "1", path: "raw" }], writes: [table] };
  const sorted = (effects: readonly object[]) => effects.map((one) => JSON.stringify(one)).sort();
  const dropped = { ...nothing, drops: [{ ...table, data: false }] };
  expect(sorted(await made.effects("deployment.d"))).toEqual(sorted([infer, dropped, day]));
});
