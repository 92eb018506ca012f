/** An input of which an earlier step of the same deployment makes a part is no missing input. */
import { afterEach, expect, test } from "vitest";
import { type LocalProject, localProject } from "../support/local-project.ts";

const open: LocalProject[] = [];
afterEach(async () => {
  for (const project of open.splice(0)) await project.close();
});

const workflow = (command: string) => `type: workflow
namespace: w
command: two
dag:
  - { id: a, type: operator, namespace: table, command: query }
  - { id: c, type: operator, namespace: table, command: ${command}, dependencies: [a] }
---
type: deployment
name: d
workflow: w:two
steps:
  a: { parameters: { query_string: "select 1 as id", output_path: rep/a.csv } }
`;

test.each([
  ["query", `  c: { parameters: { query_string: "select * from 'rep/*.csv'", output_path: out/c } }`],
  ["query", `  c: { parameters: { query_string: "select * from read_csv('rep/*.csv')", output_path: out/c } }`],
  ["infer", "  c: { parameters: { database_name: s, table_name: t, storage_path: rep } }"],
])("%s %s", async (command, step) => {
  const made = await localProject(`${workflow(command)}${step}\n`);
  open.push(made);
  await made.apply();
  expect((await made.plan()).plan.changes).toEqual([]);
});
