/** Declared columns that files lack are told in the plan, and in the step's info. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { type LocalProject, localProject } from "../support/local-project.ts";

const open: LocalProject[] = [];
afterEach(async () => {
  for (const made of open.splice(0)) await made.close();
});

async function project(format: string, files: Readonly<Record<string, string>>): Promise<LocalProject> {
  const raw = Object.fromEntries(Object.entries(files).map(([name, text]) => [`data/raw/t/${name}`, text]));
  const made = await localProject(
    `type: database
name: s
---
type: table
database: s
name: t
format: ${format}
location: raw/t
columns: [{ name: id, type: bigint }, { name: v, type: double }]
---
type: deployment
name: q
operator: table:query
parameters: { query_string: select * from s.t, output_path: out/q, output_format: parquet }
`,
    raw,
  );
  open.push(made);
  return made;
}

/** The text of the plan, and of all that the runs left. */
async function told(made: LocalProject): Promise<{ readonly plan: string; readonly run: string }> {
  const plan = JSON.stringify((await made.plan()).plan);
  await made.apply();
  const directory = join(made.directory, ".mason");
  const names = await readdir(directory, { recursive: true });
  const texts = names
    .filter((name) => /^runs.*\.jsonl?$/.test(name))
    .map((name) => readFile(join(directory, name), "utf8"));
  return { plan, run: (await Promise.all(texts)).join("\n") };
}

const json = (text: string) => JSON.stringify(text).slice(1, -1);

test.each([
  ["csv", { "a.csv": "id,v\n1,2\n", "b.csv": "id,w\n1,2\n", "c.csv": "V,id\n1,2\n" }],
  ["jsonl", { "a.jsonl": '{"id":1,"v":2}\n', "b.jsonl": '{"id":1,"w":2}\n', "c.jsonl": '{"id":1,"v":2}\n{"id":2}\n' }],
])("%s: one file lacks a column", async (format, files) => {
  const found = await told(await project(format, files));
  const note = json(`Column "v" is missing in 1 of 3 files ("raw/t/b.${format}"); it is null there.`);
  expect(found.plan).toContain(note);
  expect(found.run).toContain(note);
});

test.each([
  ["csv", { "a.csv": "id,vv\n1,2\n", "b.csv": "id\n1\n" }],
  ["jsonl", { "a.jsonl": '{"id":1,"V":2}\n', "b.jsonl": '{"id":1}\n' }],
])("%s: no file has a column", async (format, files) => {
  const found = await told(await project(format, files));
  const note = json('No file of table "s.t" has the column "v"; it reads as null.');
  expect(found.plan).toContain(note);
  expect(found.run).toContain(note);
});

test.each([
  ["csv", { "a.csv": "id,v\n1,2\n", "b.csv": "V,ID\n1,2\n", "c.csv": "1,2\n3,4\n" }],
  ["jsonl", { "a.jsonl": '{"id":1,"v":2}\n', "b.jsonl": '{"id":1}\n{"id":2,"v":1}\n' }],
])("%s: nothing is told where every file has the columns", async (format, files) => {
  const found = await told(await project(format, files));
  expect(found.plan + found.run).not.toMatch(/missing in|No file of/);
});
