import Ajv2020 from "ajv/dist/2020.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventSchema } from "../../src/view/apply/events-json.ts";
import { planSchema } from "../../src/view/plan/plan-schema.ts";
import { localConfig, type MasonProject, masonProject } from "./mason.ts";

const table = `type: table
database: sales
name: orders
config_id: 6
format: csv
location: raw/orders
columns: [{ name: id, type: bigint }]
`;
const deployment = (name: string, sql: string) => `type: deployment
name: ${name}
config_id: 6
operator: table:query
parameters: { query_string: "${sql}", output_path: out/${name} }
`;

const files = {
  "config.yaml": localConfig,
  "all.yaml": [
    "type: database\nname: sales\nconfig_id: 6\n",
    table,
    deployment("good", "select 1 as n"),
    deployment("bad", "select cast('x' || range as int) as n from range(3)"),
  ].join("---\n"),
  "raw/orders/a.csv": "id\n1\n",
};

const ajv = new Ajv2020.default({ allErrors: true });

describe("what apply prints", () => {
  let project: MasonProject;
  beforeAll(async () => {
    project = await masonProject(files);
  });
  afterAll(() => project.close());

  it("with --json is one event a line, from the plan to the summary", async () => {
    const { stdout, code } = await project.run("apply", "--auto-approve", "--json");
    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { readonly type: string });
    const validate = ajv.compile(eventSchema);
    for (const line of lines) {
      validate(line);
      expect(validate.errors).toBeNull();
    }
    expect(lines[0]?.type).toBe("plan");
    expect(lines.slice(1, -1).every((line) => /^(stage|step)_/.test(line.type))).toBe(true);
    expect(lines.at(-1)).toMatchObject({ type: "summary", failed: 1, skipped: 0, cancelled: 0 });
    expect(code).toBe(2);
  });

  it("as text is the plan, what was made and a last line; progress is on stderr", async () => {
    const { stdout, stderr, code } = await project.run("apply", "--auto-approve", "--run", "deployment.good");
    expect(stdout).toContain("> deployment.good");
    expect(stdout).toMatch(/Wrote 1 row/);
    expect(stdout).toMatch(/\nNot everything was applied: 1 done, 1 failed\.\n$/);
    expect(stderr).toContain("deployment.good: running");
    expect(stderr).toMatch(/deployment\.bad: failed: .*x0/);
    expect(code).toBe(2);
  });

  it("ends with a summary when there is nothing to do", async () => {
    const other = await masonProject({ "config.yaml": localConfig });
    try {
      await other.run("apply", "--auto-approve");
      const { stdout, code } = await other.run("apply", "--auto-approve", "--json");
      const lines = stdout.trimEnd().split("\n");
      expect(lines).toHaveLength(2);
      expect(JSON.parse(lines[1] ?? "")).toEqual({
        type: "summary",
        done: 0,
        failed: 0,
        skipped: 0,
        cancelled: 0,
        serial: 1,
      });
      expect(code).toBe(0);
    } finally {
      await other.close();
    }
  });
});

describe("what plan prints", () => {
  let project: MasonProject;
  beforeAll(async () => {
    project = await masonProject(files);
  });
  afterAll(() => project.close());

  it("with --json is as its schema says", async () => {
    const { stdout } = await project.run("plan", "--json");
    const validate = ajv.getSchema("https://mason.dev/schemas/plan.json") ?? ajv.compile(planSchema);
    validate(JSON.parse(stdout));
    expect(validate.errors).toBeNull();
  });

  it("with --markdown has its marker and its id", async () => {
    const { stdout, code } = await project.run("plan", "--markdown");
    expect(stdout.split("\n")[0]).toBe("<!-- mason-plan:default -->");
    expect(stdout).toMatch(/plan_id: <code>[0-9a-f]{64}<\/code>\n$/);
    expect(code).toBe(0);
  });

  it("is JSON or markdown, not both", async () => {
    const { stderr, code } = await project.run("plan", "--markdown", "--json");
    expect(stderr).toContain("command/usage");
    expect(code).toBe(1);
  });
});
