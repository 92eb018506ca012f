import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { copyOfExample, type Example } from "./example.ts";

let example: Example;
beforeEach(async () => {
  example = await copyOfExample("workflows");
});
afterEach(() => example.close());

const run = (workflow: string, parameters = workflow) =>
  example.run("run", "workflow", "table", workflow, "-f", `parameters/${parameters}.yaml`);
const tables = async () => (await example.run("run", "operator", "table", "list", "-p", "database_name:lake")).stdout;

describe("the workflow table:infer", () => {
  it("creates a table with the parameters of its file", async () => {
    expect(await run("infer")).toMatchObject({ code: 0 });
    expect(await tables()).toContain("orders");
  });
});

describe("the workflow table:export", () => {
  it("writes the result of the query", async () => {
    expect(await example.run("apply", "--auto-approve")).toMatchObject({ code: 0 });
    expect(await run("export")).toMatchObject({ code: 0 });
    expect((await example.files()).get("data/out/by_customer.jsonl")).toBe(
      '{"customer":"Ada Bakery","amount":19.75}\n{"customer":"Bo Bikes","amount":95.00}\n{"customer":"Cato Books","amount":31.90}\n',
    );
  });
});

describe("the workflow table:validated_infer", () => {
  it("keeps the table when the query succeeded", async () => {
    const { stderr, code } = await run("validated_infer");
    expect(stderr).toMatch(/step_5: skipped/);
    expect(code).toBe(0);
    expect(await tables()).toContain("orders");
  });

  it("drops the table when the query failed, and fails with its reason", async () => {
    const { stderr, code } = await run("validated_infer", "validated_infer_fails");
    expect(stderr).toMatch(/Step "step_3" \(table:query\): There are more than three orders\./);
    expect(stderr).toMatch(/step_5.*Table "lake\.orders" was dropped/);
    expect(code).toBe(1);
    expect(await tables()).not.toContain("orders");
  });

  it("drops nothing when the table could not be inferred", async () => {
    expect(await run("infer")).toMatchObject({ code: 0 });
    const { stderr, code } = await example.run(
      "run",
      "workflow",
      "table",
      "validated_infer",
      "-f",
      "parameters/validated_infer.yaml",
      "-p",
      "step_1.storage_path:raw/nothing",
    );
    expect(stderr).toMatch(/step_5: skipped/);
    expect(code).toBe(1);
    expect(await tables()).toContain("orders");
  });
});
