/** Text that names a place is parsed: how it is written, and what the directory of the project is called, changes nothing. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { localConfig, type MasonProject, masonProject, runMason } from "./mason.ts";

const open: MasonProject[] = [];
afterEach(async () => {
  for (const made of open.splice(0)) await made.close();
});

const files = (location: string, output: string, root = "data") => ({
  "mason.yaml": "default_config: 6\n",
  "config.yaml": localConfig.replace("root: .", `root: ${root}`),
  "data/raw/o/a.csv": "id,v\n1,x\n",
  "all.yaml": `type: database
name: s
---
type: table
database: s
name: o
format: csv
location: ${location}
lifecycle: { prevent_destroy: true }
columns: [{ name: id, type: bigint }, { name: v, type: string, comment: "" }]
---
type: deployment
name: q
operator: table:query
parameters: { query_string: select * from s.o, output_format: csv, output_path: ${output} }
---
type: workflow
namespace: w
command: c
dag: [{ id: a, operator: table:query }]
---
type: deployment
name: w
workflow: w:c
steps: { a: { parameters: { query_string: select 1 as a, output_path: ${output}2 } } }
`,
});

test("the same places, written in another way, are no change", async () => {
  const made = await masonProject(files("raw/o", "out/q"));
  open.push(made);
  expect((await made.run("apply", "--auto-approve")).code).toBe(0);
  for (const [location, output, root] of [
    ["raw/o/", "./out/q", "./data/"],
    ["./raw//o", "out//q", "data//"],
    ["raw/./o", "./out/./q", "./data"],
  ] as const) {
    const { "all.yaml": all, "config.yaml": config } = files(location, output, root);
    await made.write("all.yaml", all.replace(', comment: ""', ""));
    await made.write("config.yaml", config);
    const { stdout, code } = await made.run("plan", "--detailed-exitcode");
    expect(stdout).toContain("No changes.");
    expect(code).toBe(0);
  }
});

test.each(["p[1]", "p*x", "p?x", "p{a,b}", "a ' b"])(
  "a project in a directory %s plans, runs and is unchanged",
  async (name) => {
    const made = await masonProject({});
    open.push(made);
    const directory = join(made.directory, name);
    for (const [path, text] of Object.entries(files("raw/o", "out/q"))) {
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await writeFile(join(directory, path), text);
    }
    const applied = await runMason(directory, ["apply", "--auto-approve"], {});
    expect(applied.code, applied.stderr).toBe(0);
    expect(await readFile(join(directory, "data/out/q/part-0.csv"), "utf8")).toBe("id,v\n1,x\n");
    expect((await runMason(directory, ["plan", "--detailed-exitcode"], {})).code).toBe(0);
  },
);

test("state mv takes an address only", async () => {
  const made = await masonProject(files("raw/o", "out/q"));
  open.push(made);
  await made.run("apply", "--auto-approve");
  for (const to of ["table.x", "table.s.a ", "s.a", "database.a"]) {
    const { code, stderr } = await made.run("state", "mv", "table.s.o", to);
    expect(stderr).toMatch(/Not an address|nother kind|Other kind/);
    expect(code).toBe(1);
  }
  expect((await made.run("state", "list")).stdout).toContain("table.s.o ");
});
