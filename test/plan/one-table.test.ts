/** Files that can't be one table are an error of the plan, not of the apply. */
import { afterEach, expect, test } from "vitest";
import { type LocalProject, localProject } from "../support/local-project.ts";

const open: LocalProject[] = [];
afterEach(async () => {
  for (const made of open.splice(0)) await made.close();
});

async function project(documents: string, files: Readonly<Record<string, string>>): Promise<LocalProject> {
  const made = await localProject(documents, files);
  open.push(made);
  return made;
}

const step = (operator: string, parameters: string) =>
  `type: database\nname: s\n---\ntype: deployment\nname: d\noperator: ${operator}\nparameters: { ${parameters} }\n`;

const format = step("table:format", "input_path: raw, format: parquet, output_path: out/d");
const infer = step("table:infer", "database_name: s, table_name: t, storage_path: raw");

test.each([
  ["csv", "id,ID\n1,2\n"],
  ["jsonl", '{"id":1,"ID":2}\n'],
  ["json", '[{"id":1},{"ID":2}]'],
])("%s: names that differ only in case", async (extension, text) => {
  for (const documents of [format, infer]) {
    const made = await project(documents, { [`data/raw/a.${extension}`]: text });
    await expect(made.plan()).rejects.toThrow(/raw\\" can't be read as one table[\s\S]*ID/);
  }
});

test("a table over files whose names differ in case is read", async () => {
  const table =
    "---\ntype: table\ndatabase: s\nname: t\nformat: csv\nlocation: raw\ncolumns: [{ name: id, type: bigint }]\n";
  const made = await project(step("table:query", "query_string: select id from s.t, output_path: out/d") + table, {
    "data/raw/a.csv": "id,v\n1,2\n",
    "data/raw/b.csv": "ID,v\n1,2\n",
  });
  await made.apply();
});

test("short rows can be read as the error says", async () => {
  const files = { "data/raw/a.csv": "a,b,c\n1,2,3\n4,5\n" };
  await expect((await project(format, files)).plan()).rejects.toThrow(/read_csv\(\.\.\., null_padding = true\)/);
  const sql = "select sum(a) as a, count(c) as c from read_csv('raw/a.csv', null_padding = true)";
  const made = await project(
    step("table:query", `query_string: ${JSON.stringify(sql)}, output_path: out/d.json`),
    files,
  );
  await made.apply();
});
