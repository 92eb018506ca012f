/** The order of an apply in `plan --json`: stages, edges and statements, against what the project says. */
import { expect, it } from "vitest";
import { localConfig, masonProject } from "./mason.ts";

it("plan --json has stages, edges and statements", async () => {
  const project = await masonProject({
    "mason.yaml": "name: x\ndefault_config: 6\n",
    "config.yaml": localConfig,
    "raw/a.csv": "id,name\n1,Ada\n",
    "workflow.yaml": `type: workflow
namespace: load
command: all
description: Loads
dag:
  - { id: infer, operator: table:infer }
  - { id: sum, operator: table:query, dependencies: [infer] }
  - { id: undo, operator: table:delete, dependencies: [sum], when: failed }
`,
    "deployments.yaml": `type: deployment
name: load
workflow: load:all
steps:
  infer: { parameters: { database_name: lake, table_name: a, storage_path: raw } }
  sum: { parameters: { query_string: select count(*) as n from lake.a, output_path: out/n } }
  undo: { parameters: { database_name: lake, table_name: a } }
---
type: deployment
name: after
operator: table:query
parameters: { query_string: "select max(id) as last from lake.a", output_path: out/last }
`,
  });
  try {
    const { stdout, code } = await project.run("plan", "--json");
    expect(code).toBe(0);
    const plan = JSON.parse(stdout);
    const work = new Map(plan.stages.map((stage: { address: string; work: string }) => [stage.address, stage.work]));
    expect([work.get("deployment.load"), work.get("deployment.after"), work.get("config.6")]).toEqual([
      "run",
      "run",
      "record",
    ]);
    const after = plan.stages.find(({ address }: { address: string }) => address === "deployment.after");
    expect(after.dependencies).toEqual(["config.6", "deployment.load"]);
    const addresses: string[] = [...work.keys()] as string[];
    expect(addresses.indexOf("deployment.load")).toBeLessThan(addresses.indexOf("deployment.after"));
    for (const edge of [
      { from: "deployment.load", to: "deployment.after", when: "succeeded" },
      { from: "deployment.load/infer", to: "deployment.load/sum", when: "succeeded" },
      { from: "deployment.load/sum", to: "deployment.load/undo", when: "failed" },
    ])
      expect(plan.edges).toContainEqual(edge);
    const steps = plan.changes.find(({ address }: { address: string }) => address === "deployment.after").steps;
    expect(steps[0].statements).toEqual(["select max(id) as last from lake.a"]);
    expect((await project.run("apply", "--auto-approve")).code).toBe(0);
    const nothing = JSON.parse((await project.run("plan", "--json")).stdout);
    expect([nothing.stages, nothing.edges]).toEqual([[], []]);
  } finally {
    await project.close();
  }
});
