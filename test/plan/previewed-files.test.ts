/** A step that reads files sees what earlier steps write there, and only there. */
import { afterEach, expect, test } from "vitest";
import { formatDataType } from "../../src/model/data-type.ts";
import { localProject } from "../support/local-project.ts";
import type { TestProject } from "../support/world.ts";

const open: TestProject[] = [];
afterEach(async () => {
  for (const project of open.splice(0)) await project.close();
});

/** The columns that the plan gives for a merge of `read`, after a step that writes `n` (bigint) to `written`. */
async function planned(written: string, read: string, format = "csv"): Promise<string> {
  const made = await localProject(
    `type: workflow
namespace: w
command: f
dag: [{ id: write, operator: table:query }, { id: read, operator: table:merge, dependencies: [write] }]
---
type: deployment
name: top
workflow: w:f
steps:
  write: { parameters: { query_string: "select 1::bigint as n", output_path: ${written}, output_format: ${format} } }
  read: { parameters: { input_path: "${read}", output_path: out/merged } }
`,
    { "data/raw/a.csv": "id,name\n1,x\n", "data/raw/b/c.csv": "id,name\n1,x\n" },
  );
  open.push(made);
  const [change] = (await made.plan()).plan.changes.filter((item) => item.address === "deployment.top");
  const columns = change?.steps.find((step) => step.id === "read")?.columns;
  return columns === undefined
    ? "unknown"
    : columns.map(({ name, type }) => `${name} ${formatDataType(type)}`).join(", ");
}

const live = "id bigint, name string";
test.each([
  ["out/n", "out/n", "n bigint"],
  ["out/n", "out/n/*.csv", "n bigint"],
  ["out/n", "./out//n/", "n bigint"],
  // Written elsewhere below the directory of the glob.
  ["raw/made", "raw/*.csv", live],
  ["raw/b/made", "raw/a*", live],
  // Some files are written, others are there.
  ["raw/made.csv", "raw/*.csv", "unknown"],
  ["raw/made", "raw", "unknown"],
  ["raw/b/made", "raw/*", "unknown"],
])("written to %s, read from %s: %s", async (written, read, columns) => {
  expect(await planned(written, read)).toBe(columns);
});
