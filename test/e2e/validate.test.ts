import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { localConfig, type MasonProject, masonProject } from "./mason.ts";

const workflow = `type: workflow
namespace: table
command: validated_infer
dag:
  - { id: step_1, operator: table:infer }
  - { id: step_2, operator: job:get, dependencies: [step_1], retry: exponential(5) }
  - { id: step_3, operator: table:query, dependencies: [step_2] }
  - { id: step_4, operator: job:get, dependencies: [step_3], retry: constant(1), retry_max: 2 }
  - { id: step_5, operator: table:delete, dependencies: [step_3, step_4], when: failed }
supported_schedulers: [airflow]
---
type: workflow
namespace: table
command: outer
dag:
  - { id: first, workflow: table:inner }
---
type: workflow
namespace: table
command: inner
dag:
  - { id: step_1, operator: database:list }
`;
const values = `step_1: { parameters: { database_name: sales, table_name: orders, storage_path: raw/orders.csv } }
step_2: { parameters: { job_id: "<<PULLED FROM step_1>>" } }
step_3: { parameters: { database_name: sales, table_name: orders, query_string: "select 1" } }
step_4: { parameters: { job_id: "\${step_3.job_id}" } }
step_5: { parameters: { database_name: sales, table_name: orders } }
`;

let project: MasonProject;
beforeAll(async () => {
  project = await masonProject({
    "mason.yaml": 'default_config: "6"\n',
    "config-6.yaml": localConfig,
    "workflow.yaml": workflow,
    "values.yaml": values,
  });
});
afterAll(() => project.close());

const flat = (text: string) => text.replace(/\s+/g, " ");

describe("mason validate", () => {
  it("counts the resources of a valid project", async () => {
    expect(await project.run("validate")).toEqual({ code: 0, stdout: "Valid project: 4 resources.\n", stderr: "" });
    expect(JSON.parse((await project.run("validate", ".", "--json")).stdout)).toEqual({
      valid: true,
      resources: 4,
      diagnostics: [],
    });
  });

  it("shows every problem of a broken project with its place", async () => {
    const broken = await masonProject({
      "a.yaml": "type: workflow\nnamespace: a\ncommand: b\ndag:\n  - { id: x, operator: table:infr }\n",
      "b.yaml": "type: deployment\nname: d\nworkflow: a:c\n",
    });
    const { code, stdout, stderr } = await broken.run("validate");
    await broken.close();
    expect(code).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toContain("a.yaml:5:");
    expect(flat(stderr)).toContain('Did you mean "table:infer"?');
    expect(stderr).toContain("b.yaml:3:");
  });
});

describe("mason validate workflow", () => {
  it("prints the DAG of a valid one", async () => {
    const { code, stdout, stderr } = await project.run(
      "validate",
      "workflow",
      "table",
      "validated_infer",
      "-f",
      "values.yaml",
    );
    expect(stdout).toBe(`Valid workflow table:validated_infer
* step_1 table:infer
* step_2 job:get          after step_1, retry exponential(5)
* step_3 table:query      after step_2
* step_4 job:get          after step_3, retry constant(1), at most 2 times
* step_5 table:delete     after step_3, step_4, when failed
`);
    expect(flat(stderr)).toContain('supports the schedulers airflow, but config "6" has "local"');
    expect(code).toBe(0);
  });

  it("names every missing parameter of every step", async () => {
    const { code, stdout, stderr } = await project.run("validate", "workflow", "table", "validated_infer");
    expect(code).toBe(1);
    expect(stdout).toBe("");
    expect(flat(stderr)).toContain(
      'Step "step_1": Operator "table:infer" needs the parameters "database_name", "storage_path".',
    );
    expect(flat(stderr)).toContain('Step "step_3": Operator "table:query" needs the parameter "query_string".');
    expect(flat(stderr)).toContain(
      'Step "step_5": Operator "table:delete" needs the parameters "database_name", "table_name".',
    );
  });

  it("points into the file and into -p, and -p wins over the file", async () => {
    const wrong = await project.run(
      ...["validate", "workflow", "table", "validated_infer", "-f", "values.yaml"],
      ...["-p", "step_5.delete_data:maybe"],
    );
    expect(wrong.code).toBe(1);
    expect(wrong.stderr).toContain("-p:1:20");
    await project.write("wrong.yaml", values.replace("step_4:", "step_9:").replace("raw/orders.csv", "[1]"));
    const inFile = await project.run("validate", "workflow", "table", "validated_infer", "-f", "wrong.yaml");
    expect(inFile.stderr).toContain("wrong.yaml:4:1");
    expect(flat(inFile.stderr)).toContain('has no step "step_9"');
    expect(inFile.stderr).toMatch(/wrong\.yaml:1:\d+/);
    const given = await project.run(
      ...["validate", "workflow", "table", "validated_infer", "-f", "values.yaml", "--json"],
      ...["-p", "step_1.table_name:other,step_1.read_headers:false", "-p", "step_2.job_id=a:b,c"],
    );
    const [first, second] = JSON.parse(given.stdout).steps;
    expect(first.parameters).toMatchObject({ database_name: "sales", table_name: "other", read_headers: false });
    expect(second.parameters).toEqual({ job_id: "a:b,c" });
  });

  it("drops invalid steps with strict: false, and says so", async () => {
    await project.write("loose.yaml", `strict: false\n${values.replace(/step_3:.*\n/, "")}`);
    const { code, stdout, stderr } = await project.run(
      "validate",
      "workflow",
      "table",
      "validated_infer",
      "-f",
      "loose.yaml",
    );
    expect(code).toBe(0);
    expect(stdout).toContain("* step_2 job:get");
    expect(stdout).not.toContain("step_3 table:query");
    expect(flat(stderr)).toContain('Step "step_3" is left out');
    expect(flat(stderr)).toContain('Step "step_5" is left out');
  });

  it("takes values for steps of nested workflows", async () => {
    const { stdout } = await project.run(
      "validate",
      "workflow",
      "table",
      "outer",
      "-p",
      "first.step_1.limit:3",
      "--json",
    );
    expect(JSON.parse(stdout).steps).toEqual([
      expect.objectContaining({ id: "first/step_1", parameters: { limit: 3 } }),
    ]);
  });
});

describe("mason validate operator", () => {
  it("checks parameters and config", async () => {
    const valid = await project.run("validate", "operator", "table", "get", "-p", "database_name:a,table_name:b");
    expect(valid).toEqual({ code: 0, stdout: "Valid operator table:get\n", stderr: "" });
    const wrong = await project.run("validate", "operator", "table", "get", "-p", "database_name:a,table_nam:b");
    expect(wrong.code).toBe(1);
    expect(flat(wrong.stderr)).toContain('Did you mean "table_name"?');
    const config = await project.run("validate", "operator", "table", "get", "-c", "66");
    expect(config.code).toBe(1);
    expect(flat(config.stderr)).toContain('Config "66", named by -c, is not declared in this project. There are "6".');
  });

  it("suggests names", async () => {
    const { code, stderr } = await project.run("validate", "operator", "table", "gett", "-p", "x:1");
    expect(code).toBe(1);
    expect(flat(stderr)).toContain(
      'There is no operator "table:gett". Declare it, or name another operator. Did you mean "table:get"?',
    );
    expect(stderr).not.toContain("Unknown parameter");
  });

  it("refuses two values of one parameter, and a file that is not there", async () => {
    const twice = await project.run("validate", "operator", "database", "list", "-p", "limit:1", "-p", "limit:2");
    expect(twice.code).toBe(1);
    expect(twice.stderr).toContain("-p #2:1:1");
    expect(twice.stderr).toContain("-p #1:1:1");
    const missing = await project.run("validate", "operator", "database", "list", "-f", "nowhere.yaml");
    expect(missing.code).toBe(1);
    expect(missing.stderr).toContain('"nowhere.yaml" does not exist');
  });

  it("says what to do when no config is chosen", async () => {
    const bare = await masonProject({ "config.yaml": localConfig });
    const { code, stderr } = await bare.run("validate", "operator", "database", "list");
    await bare.close();
    expect(code).toBe(1);
    expect(stderr).toContain("Name one with -c");
  });
});

describe("the dry run", () => {
  const orders = `type: database
name: s
---
type: table
database: s
name: orders
format: csv
location: raw/orders.csv
columns: [{ name: id, type: bigint }, { name: day, type: date }]
---
type: operator
namespace: own
command: one
parameters: { required: [{ name: day, type: date }] }
sql: select nothing from s.orders where day = $day
---
type: workflow
namespace: own
command: two
dag:
  - { id: a, operator: table:query }
  - { id: b, operator: table:query, dependencies: [a] }
`;
  const writer = (name: string) =>
    `---\ntype: deployment\nname: ${name}\noperator: table:query\nparameters: { query_string: select 1 as x, output_path: "out/\${run.date}" }\n`;

  it("types SQL over declared tables, without any data, and says what does not bind", async () => {
    const made = await masonProject({ "mason.yaml": "default_config: 6\n", "c.yaml": localConfig, "o.yaml": orders });
    const check = async (...words: readonly string[]) => {
      const { code, stderr } = await made.run("validate", ...words);
      return [code, flat(stderr).match(/would fail: [^!."]*"?[^!."]*"?/)?.[0] ?? flat(stderr)];
    };
    const query = (sql: string) => check("operator", "table", "query", "-p", `query_string=${sql}`);
    expect(await query("select id from s.orders where day >= ${run.date}")).toEqual([0, ""]);
    expect(await query("select id from s.others")).toEqual([0, ""]);
    expect(await query("select id, amount from s.orders")).toEqual([1, 'would fail: Referenced column "amount"']);
    expect(await query("select * from read_csv('../x.csv')")).toEqual([1, expect.stringContaining("The SQL reads")]);
    expect(await check("operator", "own", "one", "-p", "day=2026-01-01")).toEqual([
      1,
      'would fail: Referenced column "nothing"',
    ]);
    const steps =
      "a: { parameters: { query_string: select id from s.orders, output_path: out/a } }\nb: { parameters: { query_string: select ids from s.orders } }\n";
    await made.write("values.yaml", steps);
    expect(await check("workflow", "own", "two", "-f", "values.yaml")).toEqual([
      1,
      'would fail: Referenced column "ids"',
    ]);
    await made.close();
  });

  it("of a project finds two writers and cycles", async () => {
    const reader = (name: string, from: string, to: string) =>
      `---\ntype: deployment\nname: ${name}\noperator: table:format\nparameters: { input_path: ${from}, output_path: ${to}, format: csv }\n`;
    const made = await masonProject({
      "mason.yaml": "default_config: 6\n",
      "c.yaml": localConfig,
      "o.yaml":
        orders.replace("nothing", "id") + writer("w1") + writer("w2") + reader("r1", "p", "q") + reader("r2", "q", "p"),
    });
    const { code, stdout } = await made.run("validate", "--json");
    await made.close();
    const { diagnostics } = JSON.parse(stdout) as { readonly diagnostics: readonly { readonly code: string }[] };
    expect([code, diagnostics.map((problem) => problem.code)]).toEqual([
      1,
      ["deployment/two-writers", "resource/cycle"],
    ]);
  });

  it("of a project checks its other environments", async () => {
    const made = await masonProject({
      "mason.yaml": `default_config: 6
variables: { at: { type: string, default: "0 2 * * *" }, out: { type: string, default: out }, must: { type: string } }
environments:
  good: { variables: { must: a } }
  cron: { variables: { at: "61 * * * *", must: a } }
  config: { default_config: 7, variables: { must: a } }
  name: { variables: { must: a, ot: b } }
  later: { variables: { at: "61 * * * *" } }
`,
      "c.yaml": localConfig,
      "d.yaml":
        "type: deployment\nname: d\noperator: table:query\nschedule: ${var.at}\nparameters: { query_string: select 1 as id, output_path: '${var.out}/${var.must}' }\n",
    });
    const problems = async (...args: readonly string[]) => {
      const { stdout } = await made.run("validate", "--json", "--var", "must=x", ...args);
      const { diagnostics } = JSON.parse(stdout) as {
        readonly diagnostics: readonly { readonly code: string; readonly detail: string }[];
      };
      return diagnostics.map(({ code, detail }) => `${code} ${/^In environment "(.*?)"/.exec(detail)?.[1] ?? "-"}`);
    };
    const own = "schedule/runs-on-apply -";
    expect(await problems()).toEqual([
      own,
      expect.stringMatching(/^schedule\/.* cron$/),
      "config/unknown-default config",
      "variable/unknown name",
    ]);
    expect(await problems("--env", "good")).toEqual([own]);
    // An environment without the value is said to be unchecked, and its errors are not told.
    const bare = await made.run("validate", "--json");
    expect(JSON.parse(bare.stdout)).toMatchObject({ unchecked_environments: ["later"] });
    expect((await made.run("validate")).stderr.replace(/\s+/g, " ")).toContain(
      'Environment "later" was not checked, because a variable has no value there. ',
    );
    const whole = await made.run("validate", "--json", "--var", "must=x");
    expect(JSON.parse(whole.stdout)).not.toHaveProperty("unchecked_environments");
    await made.close();
  });
});
