/** An output that exists and that a run may not replace is an error of the plan; what earlier runs wrote is not. */
import { afterEach, expect, test } from "vitest";
import { planProject } from "../../src/command/plan.ts";
import { localMetastoreIn } from "../support/local-metastore.ts";
import { localProject } from "../support/local-project.ts";
import type { TestProject } from "../support/world.ts";

const open: TestProject[] = [];
afterEach(async () => {
  for (const project of open.splice(0)) await project.close();
});

async function project(documents: string, files: Readonly<Record<string, string>> = {}) {
  const made = await localProject(documents, { "data/raw/a.csv": "id\n1\n", ...files });
  open.push(made);
  const codes = async () => {
    const planned = await planProject(made.world, { destroy: false, run: [], unfinished: "warn" });
    return planned.diagnostics.map(({ severity, code, address }) => `${severity} ${code} ${address}`);
  };
  return { ...made, codes };
}

const input_path = "raw/a.csv";
/** Every operator that writes, and what it needs beside its output. */
const writers: readonly (readonly [string, object])[] = [
  ["table:query", { query_string: "select 1 as id" }],
  ["table:format", { input_path, format: "csv" }],
  ["table:merge", { input_path }],
  ["table:dedupe", { input_path }],
  ["table:summarize", { input_path }],
  ["table:fake", { size: 1, columns: ["id:bigint"] }],
];
const write = (operator: string, parameters: object, name = "write") =>
  `type: deployment\nname: ${name}\noperator: ${operator}\nparameters: ${JSON.stringify(parameters)}\n`;
const refusal = "error step/would-fail deployment.write/run";

test.each(writers)("%s: onto files of somebody else, with overwrite, and onto its own", async (operator, given) => {
  const parameters = { ...given, output_path: "./out//o" };
  const made = await project(write(operator, parameters), { "data/out/o/theirs.csv": "id\n1\n" });
  expect(await made.codes()).toEqual([refusal]);
  await made.write("all.yaml", write(operator, { ...parameters, overwrite: true }));
  expect(await made.codes()).toEqual(["error safety/foreign-files deployment.write"]);
  await made.plan({ allowDestroy: ["deployment.write"] });
  const own = await project(write(operator, parameters));
  await own.apply();
  await own.write("data/raw/a.csv", "id\n2\n");
  await own.write("all.yaml", write(operator, { ...parameters, ...(operator === "table:query" ? { limit: 5 } : {}) }));
  expect(await own.codes()).toEqual([]);
});

const steps = (dag: string, part: string) =>
  `type: workflow\nnamespace: w\ncommand: f\ndag: [${dag}]\n---\ntype: deployment\nname: write\nworkflow: w:f\nsteps:\n${part}`;

test("an output that an earlier step deletes is no error", async () => {
  const dag = "{ id: drop, operator: table:delete }, { id: again, operator: table:query, dependencies: [drop] }";
  const part = (data: boolean) =>
    `  drop: { parameters: { database_name: other, table_name: old, delete_data: ${data} } }\n  again: { parameters: { query_string: select 1 as id, output_path: raw/old } }\n`;
  const made = await project(steps(dag, part(true)), { "data/raw/old/1.csv": "id\n1\n" });
  const metastore = localMetastoreIn(made.world.project ?? made.world.directory);
  await metastore.createDatabase({ name: "other" });
  const columns = [{ name: "id", type: { kind: "string" as const }, nullable: true }];
  const place = { database: "other", name: "old", location: "raw/old" };
  await metastore.createTable({ ...place, format: "csv", columns, partitions: [] });
  expect(await made.codes()).toEqual([]);
  await made.write("all.yaml", steps(dag, part(false)));
  expect(await made.codes()).toEqual(["error step/would-fail deployment.write/again"]);
});

test("an output that an earlier step of the same run writes is an error", async () => {
  const dag = "{ id: one, operator: table:query }, { id: two, operator: table:query, dependencies: [one] }";
  const step = (id: string, rest: string) =>
    `  ${id}: { parameters: { query_string: select 1 as id, output_path: out/o${rest} } }\n`;
  const made = await project(steps(dag, step("one", "") + step("two", "")));
  expect(await made.codes()).toEqual(["error step/would-fail deployment.write/two"]);
  await made.write("all.yaml", steps(dag, step("one", "") + step("two", ", overwrite: true")));
  expect(await made.codes()).toEqual([]);
});

test.each(writers)("%s: onto the root is one error", async (operator, given) => {
  const made = await project(write(operator, { ...given, output_path: "." }));
  expect(await made.codes()).toEqual([refusal]);
});
