import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { localConfig, type MasonProject, masonProject } from "./mason.ts";

const resources = `type: database
name: lake
---
type: table
database: lake
name: sales
format: csv
location: raw/sales
columns: [{ name: id, type: bigint }, { name: amount, type: double }, { name: day, type: date }]
csv: { delimiter: "~", header: false, decimal: ",", null: NA, date_format: "%d.%m.%Y", skip: 1 }
files: { include: "*.dat" }
---
type: deployment
name: from_table
operator: table:query
parameters: { query_string: "select * from lake.sales order by id", output_path: out/table.csv }
---
type: deployment
name: from_path
operator: table:format
parameters:
  input_path: raw/sales
  csv: { delimiter: "~", header: false, decimal: ",", "null": NA, date_format: "%d.%m.%Y", skip: 1 }
  files: { include: "*.dat" }
  format: csv
  output_path: out/path.csv
`;

let project: MasonProject;
beforeAll(async () => {
  vi.setConfig({ testTimeout: 60_000 });
  project = await masonProject({
    "mason.yaml": 'default_config: "6"\n',
    "config.yaml": localConfig,
    "lake.yaml": resources,
    "raw/sales/a.dat": "exported\n1~1,5~31.12.2024\n2~NA~NA\n",
    "raw/sales/x.log": "not data\n",
    "raw/sales/README.md": "# not data\n",
  });
});
afterAll(() => project.close());

describe("settings for reading files", () => {
  it("reach the plan and the run, of tables and of operators", async () => {
    const plan = await project.run("plan");
    expect(plan.stdout).toContain("(id bigint, amount double, day date; predicted)");
    expect(plan.stdout).toContain("(col_0 bigint, col_1 double, ...; predicted)");
    expect((await project.run("apply", "--auto-approve")).code).toBe(0);
    expect(await project.read("out/table.csv")).toBe("id,amount,day\n1,1.5,2024-12-31\n2,,\n");
    expect(await project.read("out/path.csv")).toBe("col_0,col_1,col_2\n1,1.5,2024-12-31\n2,,\n");
    expect((await project.run("plan")).stdout).toContain("No changes.");
  });

  it("are changed without replacing the table, and its readers run again", async () => {
    await project.write(
      "lake.yaml",
      resources.replace(
        'null: NA, date_format: "%d.%m.%Y", skip: 1 }\nfiles',
        'null: [NA, "1,5"], date_format: "%d.%m.%Y", skip: 1 }\nfiles',
      ),
    );
    const plan = await project.run("plan");
    expect(plan.stdout).toMatch(/~ table\.lake\.sales .*csv changed/);
    expect(plan.stdout).toMatch(/> deployment\.from_table/);
    expect(plan.stdout).not.toMatch(/> deployment\.from_path/);
    await project.run("apply", "--auto-approve");
    expect(await project.read("out/table.csv")).toBe("id,amount,day\n1,,2024-12-31\n2,,\n");
  });

  it("are taken from -p, where a wrong one and an old name beside the new are errors", async () => {
    const infer = [
      "run",
      "operator",
      "table",
      "infer",
      "-p",
      "database_name:lake,storage_path:raw/sales,table_name:found",
    ];
    const found = await project.run(...infer, "-p", 'csv={"delimiter":"~","skip":1}', "-p", "files=include=*.dat");
    expect(found.stdout).toContain("col_0");
    expect(`${found.stdout}${found.stderr}`).toContain("csv.header");
    const query = [
      "run",
      "operator",
      "table",
      "query",
      "-p",
      "query_string=select count(*) as n, max(col_1) as m from lake.found",
      "--json",
    ];
    expect(JSON.parse((await project.run(...query)).stdout).data).toEqual([{ n: 2, m: "NA" }]);
    const both = await project.run(...infer, "-p", "csv=header=false", "-p", "read_headers=false");
    expect(both).toMatchObject({ code: 1, stderr: expect.stringContaining('both "csv.header" and its old name') });
    const wrong = await project.run(...infer, "-p", "csv=delimeter=x");
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('no setting "delimeter"') });
  });

  it("that are guessed leave a note in the plan, the run and on infer", async () => {
    await project.write("raw/odd/a.csv", "Extract of May\nid;name\n1;x\n");
    await project.write("raw/odd/README.md", "# Odd\n");
    const odd = `---
type: deployment
name: odd
operator: table:format
parameters: { input_path: raw/odd, format: jsonl, output_path: out/odd.jsonl }
`;
    await project.write("lake.yaml", `${resources}${odd}`);
    const notes = [/looks like a title/, /"raw\/odd\/README\.md"/];
    const oneLine = (text: string) => text.replace(/\s+/g, " ");
    const plan = await project.run("plan");
    const apply = await project.run("apply", "--auto-approve");
    const infer = await project.run(
      "run",
      "operator",
      "table",
      "infer",
      "-p",
      "database_name:lake,storage_path:raw/odd",
    );
    for (const note of notes) {
      expect(oneLine(plan.stdout)).toMatch(note);
      expect(oneLine(apply.stdout.split("Applied")[0] ?? "")).toMatch(note);
      expect(oneLine(infer.stdout + infer.stderr)).toMatch(note);
    }
    expect(await project.read("out/odd.jsonl")).toBe('{"id":1,"name":"x"}\n');
    // What was read for a plan is kept, and read again when the files change.
    await project.write("raw/odd/a.csv", "Extract of May\nid;when\n1;2024-01-31\n");
    const changed = await project.run("plan");
    expect(changed.stdout).toContain("(id bigint, when date; predicted)");
    expect((await project.run("plan")).stdout).toBe(changed.stdout);
  });

  it("in YAML are checked with their place", async () => {
    await project.write("lake.yaml", resources.replace('"%d.%m.%Y", skip: 1 }\nfiles', '"%Q", skip: 1 }\nfiles'));
    const { code, stderr } = await project.run("validate");
    expect(code).toBe(1);
    expect(stderr).toMatch(/Invalid setting\s+lake\.yaml:10:1/);
  });
});
