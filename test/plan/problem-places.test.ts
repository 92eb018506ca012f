/** A problem of a step is marked at the parameter that it is about, not at the block of all parameters. */
import { afterEach, expect, test } from "vitest";
import { planProject } from "../../src/command/plan.ts";
import { localProject } from "../support/local-project.ts";
import type { TestProject } from "../support/world.ts";

const open: TestProject[] = [];
afterEach(async () => {
  for (const project of open.splice(0)) await project.close();
});

/** Each with one fault; `guilty` is the parameter to mark. */
const cases: readonly (readonly [guilty: string, operator: string, parameters: Record<string, unknown>])[] = [
  ["query_string", "table:query", { query_string: "select * from t where", output_path: "out" }],
  ["query_string", "table:query", { query_string: "select nope from s.t", output_path: "out" }],
  ["query_string", "table:query", { query_string: "select 1; select 2", output_path: "out" }],
  ["query_string", "table:query", { query_string: "from '../up.csv'", output_path: "out" }],
  ["output_path", "table:query", { query_string: "select 1 as a", output_path: "../out" }],
  ["output_path", "table:query", { query_string: "select 1 as a", output_path: "_out" }],
  ["output_path", "table:query", { query_string: "select 1 as a", output_path: "out.csv", output_format: "json" }],
  ["output_path", "table:format", { input_path: "raw", output_path: "raw/x", format: "csv" }],
  ["output_path", "table:format", { input_path: "raw", output_path: "there", format: "csv" }],
  ["input_path", "table:format", { input_path: "bad", output_path: "out", format: "csv" }],
  ["partitions", "table:format", { input_path: "raw", output_path: "out", format: "csv", partitions: ["day"] }],
  ["filter_columns", "table:format", { input_path: "raw", output_path: "out", format: "csv", filter_columns: ["x"] }],
  ["keys", "table:dedupe", { input_path: "raw", output_path: "out", keys: ["x"] }],
  ["keep", "table:dedupe", { input_path: "raw", output_path: "out", keys: ["id"], keep: "middle" }],
  ["columns", "table:summarize", { input_path: "raw", columns: ["x"] }],
  ["storage_path", "table:infer", { database_name: "s", table_name: "u", storage_path: "bad" }],
];

const declared = `type: database
name: s
---
type: table
database: s
name: t
format: csv
columns: [{ name: id, type: bigint }]
`;

test.each(cases)("%s of %s: %j", async (guilty, operator, parameters) => {
  const deployment = `type: deployment\nname: d\noperator: ${operator}\nparameters:\n`;
  const names = Object.keys(parameters);
  const lines = names.map((name) => `  ${name}: ${JSON.stringify(parameters[name])}\n`);
  const text = `${declared}---\n${deployment}${lines.join("")}`;
  const made = await localProject(text, {
    "data/raw/a.csv": "id\n1\n",
    "data/there/a.csv": "id\n1\n",
    "data/bad/a.csv": "id,v\n1,2\n3,4,5,6\n",
  });
  open.push(made);
  const { diagnostics } = await planProject(made.world, { destroy: false, run: [], unfinished: "warn" });
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  const marked = errors.map(({ place }) =>
    place !== undefined && "line" in place ? text.split("\n")[place.line - 1] : "",
  );
  expect(marked.length).toBeGreaterThan(0);
  for (const line of marked) expect(line).toMatch(new RegExp(`^  ${guilty}: `));
});
