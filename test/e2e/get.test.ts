import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { localConfig, type MasonProject, masonProject } from "./mason.ts";

const planted = "planted-4c1f9e-secret";
const remote = (id: number) => `type: config
id: ${id}
metastore_engine: lake
storage_engine: lake
clients:
  lake:
    provider: s3
    configuration:
      bucket: b
      aws_region: us-east-1
      endpoint: http://127.0.0.1:9
      access_key: "{{AK}}"
      secret_key: "{{SK}}"
`;
const workflow = `type: workflow
namespace: table
command: validated_infer
description: Infer a table, query it, drop it again if the query failed
dag:
  - { id: step_1, type: operator, namespace: table, command: infer }
  - { id: step_2, type: operator, namespace: job, command: get, dependencies: [step_1], retry: exponential(5), retry_max: 3 }
supported_schedulers: [local, airflow]
`;
const objects = `type: database
name: sales
---
type: table
database: sales
name: orders
format: csv
location: raw/orders
columns: [{ name: id, type: bigint, nullable: false }]
---
type: deployment
name: load
operator: table:query
parameters: { query_string: select 1 as one }
`;

let project: MasonProject;
beforeAll(async () => {
  project = await masonProject({
    "mason.yaml": 'default_config: "6"\n',
    ".env": `AK=${planted}\nSK=${planted}\n`,
    "config-6.yaml": localConfig,
    "config-10.yaml": remote(10),
    "config-1.yaml": remote(1),
    "workflow.yaml": workflow,
    "objects.yaml": objects,
    "operators/sales/top/operator.yaml":
      "type: operator\nnamespace: sales\ncommand: top\ndescription: Best customers\nparameters: { required: [day] }\nsql: select $day as day\n",
  });
});
afterAll(() => project.close());

const json = async (...args: readonly string[]) => JSON.parse((await project.run(...args, "--json")).stdout);

describe("mason get", () => {
  it("lists operators, workflows and configs in three tables", async () => {
    const all = await project.run("get", "all");
    expect(all.code).toBe(0);
    expect(all.stdout).toMatch(/^Operators\n\nnamespace +command +description +applied\n/);
    expect(all.stdout).toMatch(
      /\nWorkflows\n\nnamespace +command +description +applied\ntable +validated_infer +Infer/,
    );
    expect(all.stdout).toMatch(/\nConfigs\n\ncurrent +id +execution +metastore +storage +scheduler +applied\n/);
    expect((await project.run("get")).stdout).toBe(all.stdout);
  });

  it("sorts ids as numbers and marks the current one", async () => {
    const { stdout } = await project.run("get", "config");
    expect(stdout.split("\n").slice(1, 4)).toEqual([
      expect.stringMatching(/^ +1 +lake +lake +no$/),
      expect.stringMatching(/^\* +6 {2}local +local +local +local +no$/),
      expect.stringMatching(/^ +10 +lake/),
    ]);
  });

  it("filters by namespace, and shows one operator as JSON also without --json", async () => {
    const { stdout } = await project.run("get", "operator", "table");
    expect(stdout).toMatch(/^table +infer /m);
    expect(stdout).not.toMatch(/^job /m);
    const shown = JSON.parse((await project.run("get", "operator", "table", "get")).stdout);
    expect(shown).toMatchObject({
      namespace: "table",
      command: "get",
      parameters: { required: ["database_name", "table_name"], optional: expect.arrayContaining(["read_headers"]) },
      supported_configurations: [],
      applied: "built in",
    });
    expect(shown.description).toContain("Shows a table");
  });

  it("shows a workflow with its steps", async () => {
    expect(await json("get", "workflow", "table", "validated_infer")).toMatchObject({
      namespace: "table",
      command: "validated_infer",
      description: "Infer a table, query it, drop it again if the query failed",
      dag: {
        steps: [
          {
            id: "step_1",
            namespace: "table",
            command: "infer",
            dependencies: [],
            retry_method: null,
            retry_max: null,
          },
          {
            id: "step_2",
            namespace: "job",
            command: "get",
            dependencies: ["step_1"],
            retry_method: "exponential(5)",
            retry_max: 3,
          },
        ],
      },
      supported_schedulers: ["local", "airflow"],
    });
  });

  it("shows a config with the clients of each role and no secret", async () => {
    const shown = await json("get", "config", "1");
    expect(shown).toMatchObject({
      current: false,
      id: "1",
      execution_client: [],
      metastore_client: [
        {
          client_name: "lake",
          provider: "s3",
          bucket: "b",
          aws_region: "us-east-1",
          access_key: "REDACTED",
          secret_key: "REDACTED",
        },
      ],
      scheduler_client: [],
    });
    expect(shown.storage_client).toEqual(shown.metastore_client);
  });

  it("says what was applied, what changed since, and what was not", async () => {
    expect((await project.run("apply", "--auto-approve")).code).toBe(0);
    const top = "operators/sales/top/operator.yaml";
    await project.write(top, (await project.read(top)).replace("Best", "Very best"));
    await project.write("later.yaml", "type: database\nname: later\n");
    const applied = async (...args: readonly string[]) =>
      Object.fromEntries(
        (await json("get", ...args)).map((row: Record<string, string>) => [
          row.name ?? row.command ?? row.id,
          row.applied,
        ]),
      );
    expect(await applied("operator", "sales")).toEqual({ top: "changed" });
    expect(await applied("database")).toEqual({ later: "no", sales: "yes" });
    expect(await applied("table", "sales")).toEqual({ orders: "yes" });
    expect(await applied("deployment")).toEqual({ load: "yes" });
    expect(await applied("config")).toEqual({ "1": "yes", "6": "yes", "10": "yes" });
  });

  it("shows a table, a deployment and a provider", async () => {
    expect(await json("get", "table", "sales", "orders")).toMatchObject({
      name: "orders",
      columns: [{ name: "id", type: "bigint", nullable: false }],
    });
    expect(await json("get", "deployment", "load")).toMatchObject({ name: "load", operator: "table:query" });
    expect(await json("get", "provider", "local")).toMatchObject({ name: "local", scheduler: { mode: "runs" } });
  });

  it.each([
    [["get", "operatr"], '"operator"'],
    [["get", "operator", "tabel"], '"table"'],
    [["get", "operator", "table", "gte"], '"get"'],
    [["get", "deployment", "laod"], '"load"'],
  ])("suggests a name for %j", async (args, near) => {
    const { code, stdout, stderr } = await project.run(...args);
    expect(code).toBe(1);
    expect(stdout).toBe("");
    expect(stderr.replace(/\s+/g, " ")).toContain(`Did you mean ${near}?`);
  });
});

describe("the session's config", () => {
  it("is set with -s, wins over the default, and loses to -c", async () => {
    const set = await project.run("config", "-s", "10");
    expect(set.code).toBe(0);
    expect(set.stdout).toMatch(/^\* +10 /m);
    expect(await json("config", "10")).toMatchObject({ current: true });
    expect(await json("get", "config", "6", "-c", "6")).toMatchObject({ current: true });
    expect((await project.run("config", "6", "-s")).stdout).toMatch(/^\* +6 /m);
  });

  it("is not set to a config that does not exist", async () => {
    const { code, stderr } = await project.run("config", "-s", "60");
    expect(code).toBe(1);
    expect(stderr).toContain('Config "60" is not declared');
    expect(await json("config", "6")).toMatchObject({ current: true });
  });

  it("is never replaced by another when it is gone", async () => {
    await project.write(".mason/session", '{"":"77"}\n');
    for (const args of [
      ["get", "config"],
      ["run", "operator", "database", "list"],
    ]) {
      const { code, stderr } = await project.run(...args);
      expect(code).toBe(1);
      expect(stderr).toContain('Config "77", which "mason config 77 -s" set for this session,');
    }
    const given = await project.run("run", "operator", "database", "list", "-c", "6");
    expect(given.code).toBe(0);
    await project.write(".mason/session", "{}\n");
  });
});

it("never shows a secret, at whatever log level", async () => {
  for (const args of [
    ["get"],
    ["get", "config", "1"],
    ["config", "10", "--json"],
    ["get", "all", "--json"],
    ["validate"],
    ["validate", "operator", "table", "get", "-p", "database_name:a,table_name:b", "-c", "1"],
    ["run", "operator", "table", "get", "-p", "database_name:a,table_name:b", "-c", "1", "--json"],
    ["run", "operator", "database", "list"],
  ]) {
    const { stdout, stderr } = await project.run(...args, "-l", "trace");
    expect(stdout + stderr).not.toContain(planted);
  }
});
