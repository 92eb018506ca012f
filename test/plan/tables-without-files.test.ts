/** A table whose files are gone is an error of the plan; a table that never had files is an empty one, and the plan says so. */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { planProject } from "../../src/command/plan.ts";
import { localProject } from "../support/local-project.ts";
import type { TestProject } from "../support/world.ts";

const open: TestProject[] = [];
afterEach(async () => {
  for (const project of open.splice(0)) await project.close();
});

async function project(documents: string, files: Readonly<Record<string, string>> = {}) {
  const made = await localProject(documents, files);
  open.push(made);
  const data = join(made.world.project ?? made.world.directory, "data");
  const said = async () => {
    const planned = await planProject(made.world, { destroy: false, run: [], unfinished: "warn" });
    return {
      problems: planned.diagnostics.map(({ severity, code, detail }) => `${severity} ${code}: ${detail}`),
      notes: planned.value?.plan.changes.flatMap((change) => change.notes),
    };
  };
  return { ...made, data, said };
}

const catalogue =
  "type: database\nname: sales\n---\ntype: table\ndatabase: sales\nname: orders\nformat: csv\ncolumns: [{ name: id, type: bigint }]\nlocation: lake/orders\n---\n";
const named = { database_name: "sales", table_name: "orders" };
const deployment = (operator: string, parameters: object) =>
  `type: deployment\nname: read\noperator: ${operator}\nparameters: ${JSON.stringify({ output_path: "out/o", overwrite: true, ...parameters })}\n`;

/** Every operator that reads the rows of a table. */
const readers: readonly (readonly [string, object])[] = [
  ["table:query", { query_string: "select * from sales.orders" }],
  ["table:format", { ...named, format: "csv" }],
  ["table:merge", named],
  ["table:dedupe", named],
  ["table:summarize", named],
  ["table:get", named],
];

const empty = ["sales.orders has no files at lake/orders: it is read as an empty table"];

test.each(readers)("%s", async (operator, parameters) => {
  const documents = catalogue + deployment(operator, parameters);
  const made = await project(documents);
  expect(await made.said()).toEqual({ problems: [], notes: empty });
  await made.apply();
  await made.write("data/lake/orders/a.csv", "id\n1\n");
  expect(await made.said()).toEqual({ problems: [], notes: [] });
  await made.apply();
  await rm(join(made.data, "lake/orders"), { recursive: true });
  const gone = await made.said();
  expect(gone.problems).toEqual([
    expect.stringMatching(/^error step\/would-fail: .*"sales\.orders" are gone.*1 file\./),
  ]);
  await mkdir(join(made.data, "lake/orders"), { recursive: true });
  expect(await made.said()).toEqual(gone);
  await made.write("all.yaml", catalogue + deployment(operator, { ...parameters, on_empty: "allow" }));
  expect(await made.said()).toEqual({ problems: [], notes: empty });
});

test("files that something before the step writes are there", async () => {
  const writer = `type: deployment\nname: write\noperator: table:query\nparameters: { query_string: "select 1::bigint as id", output_path: lake/orders, output_format: csv, overwrite: true }\n---\n`;
  const made = await project(catalogue + writer + deployment("table:merge", named));
  expect(await made.said()).toEqual({ problems: [], notes: [] });
  await made.apply();
  await rm(join(made.data, "lake/orders"), { recursive: true });
  expect(await made.said()).toEqual({ problems: [], notes: [] });
});

test("files that code of the project writes before the step are there, though the plan does not know them", async () => {
  const writer =
    "type: deployment\nname: write\noperator: my:own\nparameters: { output_path: lake/orders/a.csv }\n---\n";
  const made = await project(catalogue + writer + deployment("table:merge", named), {
    "operators/own/operator.yaml":
      'type: operator\nnamespace: my\ncommand: own\nparameters: { required: [{ name: output_path, type: path }] }\nneeds: [storage.write]\nwrites: [{ path: "${output_path}" }]\n',
    "operators/own/operator.js":
      'export default { async run({ config, parameters }) { await config.storage.write(parameters.output_path, "id\\n1\\n"); } };\n',
  });
  expect(await made.said()).toEqual({ problems: [], notes: [] });
  await made.apply();
  await rm(join(made.data, "lake/orders"), { recursive: true });
  expect((await made.said()).problems).toEqual([]);
});

test("only the schema of a table is looked at: nothing is said", async () => {
  const made = await project(catalogue + deployment("table:fake", { ...named, size: 1 }));
  expect(await made.said()).toEqual({ problems: [], notes: [] });
});
