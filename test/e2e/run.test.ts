import { spawn } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { localConfig, type MasonProject, masonProject, node } from "./mason.ts";

const workflow = `type: workflow
namespace: table
command: validated_infer
dag:
  - { id: step_1, operator: table:infer }
  - { id: step_2, operator: job:get, dependencies: [step_1], retry: exponential(5) }
  - { id: step_3, operator: table:query, dependencies: [step_2] }
  - { id: step_4, operator: job:get, dependencies: [step_3], retry: exponential(5) }
  - { id: step_5, operator: table:delete, dependencies: [step_3, step_4], when: failed }
`;
const values = (table: string, query: string, path = "raw/orders.csv") => `
step_1: { parameters: { database_name: lake, table_name: ${table}, storage_path: ${path} } }
step_2: { parameters: { job_id: "<<PULLED FROM step_1>>" } }
step_3:
  parameters: { database_name: "<<PULLED FROM step_1>>", table_name: "<<PULLED FROM step_1>>", query_string: "${query}" }
step_4: { parameters: { job_id: "<<PULLED FROM step_3>>" } }
step_5: { parameters: { database_name: lake, table_name: ${table} } }
`;
const deployments = `type: deployment
name: daily
operator: table:query
schedule: "0 2 * * *"
timezone: Europe/Paris
parameters:
  query_string: "select \${run.date} as day, case when \${run.date} = '2026-03-31' then error('no data') end as x"
  output_path: out/daily
---
type: deployment
name: once
operator: table:query
parameters: { query_string: "select \${run.at} as at, \${run.date} as day" }
timezone: Europe/Paris
`;

let project: MasonProject;
beforeAll(async () => {
  project = await masonProject({
    "mason.yaml": 'default_config: "6"\n',
    "config-6.yaml": localConfig,
    "workflow.yaml": workflow,
    "deployments.yaml": deployments,
    "raw/orders.csv": "id,amount,name\n1,10.5,a\n20,,b\n",
    "raw/day=2026-01-01T00:00/part.csv": "id\n7\n",
    "good.yaml": values("kept", "select sum(amount) as total from $table"),
    "bad.yaml": values("dropped", "select nope from $table"),
    "nothing.yaml": values("orders", "select 1", "raw/nothing"),
  });
});
afterAll(() => project.close());

const operator = (...args: readonly string[]) => project.run("run", "operator", ...args);
const flat = (text: string) => text.replace(/\s+/g, " ");
const tables = async (database: string) =>
  JSON.parse((await operator("table", "list", "-p", `database_name:${database}`, "--json")).stdout).data[0].Tables;

describe("mason run operator", () => {
  it("infers a table and shows it in a later process", async () => {
    const inferred = await operator("table", "infer", "-p", "database_name:sales,storage_path:raw/orders.csv");
    expect(inferred.code).toBe(0);
    expect(inferred.stderr).toContain('Table "sales.orders" was created');
    const shown = await operator("table", "get", "-p", "database_name:sales,table_name:orders");
    expect(shown.code).toBe(0);
    expect(shown.stderr).toBe("");
    expect(shown.stdout).toMatch(/^Name +orders\n/);
    expect(shown.stdout).toMatch(/\n {4}Name +Type\n {4}id +bigint\n {4}amount +double\n/);
  });

  it("takes a path with a colon in it", async () => {
    const path = "raw/day=2026-01-01T00:00/part.csv";
    const inferred = await operator(
      "table",
      "infer",
      "-p",
      `database_name:sales,storage_path:${path},table_name:parts`,
    );
    expect(inferred.stderr).toContain(`over "${path}"`);
    expect(inferred.code).toBe(0);
  });

  it("prints rows as a table, and as one envelope with --json", async () => {
    const query = ["table", "query", "-p", "query_string=select * from sales.orders order by id"];
    const text = await operator(...query);
    expect(text).toEqual({ code: 0, stderr: "", stdout: "id  amount  name\n 1    10.5  a\n20    null  b\n" });
    const { code, stdout, stderr } = await operator(...query, "--json", "-l", "trace");
    expect(code).toBe(0);
    expect(stderr).toBe("");
    const envelope = JSON.parse(stdout);
    expect(envelope).toMatchObject({
      status: "succeeded",
      data: [
        { id: 1, amount: 10.5, name: "a" },
        { id: 20, amount: null, name: "b" },
      ],
      info: [],
      warnings: [],
      errors: [],
      run_id: expect.stringMatching(/^\d{8}-\d{6}-/),
    });
    const job = JSON.parse(
      (await operator("job", "get", "-p", `job_id:${envelope.steps[0].outputs.job_id}`, "--json")).stdout,
    );
    expect(job.data[0]).toMatchObject({ state: "succeeded", rows: envelope.data });
  });

  it("exits with 1 and the reason when it fails, before it starts or while it runs", async () => {
    const failed = await operator("table", "query", "-p", "query_string:select nope from sales.orders");
    expect(failed.code).toBe(1);
    expect(failed.stdout).toBe("");
    expect(failed.stderr).toContain('"nope"');
    const cases = [
      [["table", "query", "-p", "query_string:select 1 from sales.nope"], "run/failed"],
      [["table", "query"], "parameter/missing"],
      [["table", "query", "-c", "7", "-p", "query_string:select 1"], "config/unknown"],
      [["table", "qeury"], "deployment/unknown-operator"],
      [["table", "query", "-C", "nowhere"], "project/no-directory"],
    ] as const;
    for (const [args, code] of cases) {
      const ended = await operator(...args, "--json");
      expect(ended.code).toBe(1);
      expect(JSON.parse(ended.stdout)).toMatchObject({ status: "failed", data: [], errors: [{ code }] });
    }
  });

  it("stops the engine's job on Ctrl-C and exits with 130", async () => {
    const bin = fileURLToPath(new URL("../../bin/mason", import.meta.url));
    const query = "query_string=select sum(a.range * b.range) from range(10000000) a, range(1000000) b";
    const args = [bin, "run", "operator", "table", "query", "-p", query, "--json"];
    const child = spawn(node, args, { cwd: project.directory, stdio: ["ignore", "pipe", "ignore"] });
    let stdout = "";
    child.stdout.on("data", (part) => {
      stdout += part;
    });
    const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
    const jobs = join(project.directory, ".mason", "local", "jobs");
    const states = async () => {
      const files = (await readdir(jobs)).filter((file) => file.endsWith(".json"));
      return Promise.all(
        files.map(async (file) => JSON.parse(await project.read(`.mason/local/jobs/${file}`)).job.state),
      );
    };
    await vi.waitFor(async () => expect(await states()).toContain("running"), { timeout: 50_000, interval: 50 });
    child.kill("SIGINT");
    expect(await ended).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({ status: "failed", errors: [{ code: "run/cancelled" }] });
    expect(await states()).toContain("cancelled");
    expect(await states()).not.toContain("running");
  });
});

describe("mason run workflow", () => {
  const run = (file: string, ...more: readonly string[]) =>
    project.run("run", "workflow", "table", "validated_infer", "-f", file, ...more);

  it("keeps the table when the query succeeds", async () => {
    const { code, stdout, stderr } = await run("good.yaml");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ +10\.5$/m);
    expect(stderr).toContain("workflow.table:validated_infer/step_5: skipped");
    expect(await tables("lake")).toContain("kept");
  });

  it("drops the table when the query fails for good, and fails with the reason of the query", async () => {
    const { code, stdout, stderr } = await run("bad.yaml");
    expect(code).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toContain('Step "step_3" (table:query): ');
    expect(stderr).toContain('"nope"');
    expect(flat(stderr)).toContain('step_4 job:get skipped: step "step_3" failed step_5 table:delete succeeded');
    expect(await tables("lake")).not.toContain("dropped");
  });

  it("drops nothing when the infer step fails", async () => {
    await operator("table", "infer", "-p", "database_name:lake,table_name:orders,storage_path:raw/orders.csv");
    const { code, stdout } = await run("nothing.yaml", "--json");
    expect(code).toBe(1);
    const { status, errors, steps } = JSON.parse(stdout);
    expect(status).toBe("failed");
    expect(errors[0].detail).toContain('Step "step_1" (table:infer)');
    expect(steps.map((step: { status: string }) => step.status)).toEqual(["failed", ...Array(4).fill("skipped")]);
    expect(await tables("lake")).toContain("orders");
  });

  it("lets -p win over the file", async () => {
    const { code, stdout } = await run(
      "good.yaml",
      "--json",
      "-p",
      "step_3.query_string:select 42 as answer\\, 1 as one",
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout).data[0].rows).toEqual([{ answer: 42, one: 1 }]);
  });
});

describe("mason run deployment", () => {
  it("runs for an instant; a date is midnight in the deployment's zone", async () => {
    const { code, stdout } = await project.run("run", "deployment", "once", "--at", "2026-03-31", "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout).data).toEqual([{ at: "2026-03-30T22:00:00.000Z", day: "2026-03-31" }]);
  });

  it("runs for each fire time to the first failure and says what is left, also onto the path it wrote before", async () => {
    const { code, stdout, stderr } = await project.run(
      ...["run", "deployment", "daily", "--from", "2026-03-28", "--to", "2026-04-02"],
    );
    expect(code).toBe(1);
    expect(stdout.split("\n").slice(1, 5)).toEqual([
      expect.stringMatching(/^2026-03-28T01:00:00.000Z +succeeded/),
      expect.stringMatching(/^2026-03-29T01:00:00.000Z +succeeded/),
      expect.stringMatching(/^2026-03-30T00:00:00.000Z +succeeded/),
      expect.stringMatching(/^2026-03-31T00:00:00.000Z +failed/),
    ]);
    expect(stderr).toContain("no data");
    expect(flat(stderr)).toContain("Not run: 2026-03-31T00:00:00Z, 2026-04-01T00:00:00Z.");
    expect(stderr).toContain("mason run deployment daily --from 2026-03-31T00:00:00Z --to 2026-04-01T22:00:00Z");
  });

  it.each([
    [["daly"], 'Did you mean "daily"?'],
    [
      ["once", "--from", "2026-01-01", "--to", "2026-01-02"],
      'Give it a "schedule", or run it for one instant with --at.',
    ],
    [["daily", "--from", "2026-01-01"], "both --from and --to"],
    [["daily", "--from", "2026-01-02", "--to", "2026-01-01"], "Give a later --to."],
    [["daily", "--at", "yesterday"], '"yesterday" after --at is not a date.'],
  ])("refuses %j", async (args, message) => {
    const { code, stderr } = await project.run("run", "deployment", ...args);
    expect(code).toBe(1);
    expect(flat(stderr)).toContain(message);
  });
});
