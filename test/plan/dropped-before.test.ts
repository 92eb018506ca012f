/** A step that reads what an earlier step drops fails, so the plan says it; what is made again, or read before, is planned and runs. */
import { afterEach, expect, test } from "vitest";
import { type LocalProject, localProject } from "../support/local-project.ts";

const open: LocalProject[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

const infer = `{ operator: "table:infer", parameters: { database_name: s, table_name: idq, storage_path: raw/a.csv } }`;
const remove = `{ operator: "table:delete", parameters: { database_name: s, table_name: idq } }`;
const removeAll = `{ operator: "table:delete", parameters: { database_name: s, table_name: idq, delete_data: true } }`;
const query = (sql: string) =>
  `{ operator: "table:query", parameters: { query_string: "${sql}", output_path: out/q, overwrite: true } }`;
const refill = `{ operator: "table:query", parameters: { query_string: select 1 as id, output_path: raw/a.csv } }`;

/** A deployment of these steps, each after the one before. */
async function project(steps: readonly string[]): Promise<LocalProject> {
  const dag = steps.map((step, at) =>
    step.replace("{", `{ id: s${at}, dependencies: [${at === 0 ? "" : `s${at - 1}`}],`),
  );
  const made = await localProject(
    `type: database\nname: s\n---\ntype: workflow\nnamespace: w\ncommand: all\ndag:\n${dag.map((step) => `  - ${step}`).join("\n")}\n---\ntype: deployment\nname: d\nworkflow: w:all\n`,
    { "data/raw/a.csv": "id\n1\n" },
  );
  open.push(made);
  return made;
}

test.each([
  ["a table", [infer, remove, query("select * from s.idq")], "s.idq"],
  ["the files of a table", [infer, removeAll, query("select * from 'raw/a.csv'")], "raw/a.csv"],
] as const)("refused: %s", async (_, steps, name) => {
  const message = `Step \\"s1\\" drops \\"${name}\\" before this step reads it.`;
  await expect((await project(steps)).plan({ allowDestroy: ["deployment.d"] })).rejects.toThrow(message);
});

test.each([
  ["read before", [infer, query("select * from s.idq"), remove]],
  ["made again", [infer, remove, infer, query("select * from s.idq")]],
  ["only the table goes", [infer, remove, query("select * from 'raw/a.csv'")]],
  ["files written again", [infer, removeAll, refill, query("select * from 'raw/a.csv'")]],
] as const)("planned and run: %s", async (_, steps) => {
  await (await project(steps)).apply({ allowDestroy: ["deployment.d"] });
});
