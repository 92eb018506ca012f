/** What a plan can know is in the plan, as text, markdown and JSON. */
import { afterEach, expect, test } from "vitest";
import { localConfig, type MasonProject, masonProject } from "./mason.ts";

const open: MasonProject[] = [];
afterEach(async () => {
  for (const made of open.splice(0)) await made.close();
});

const query = (name: string) => `{ parameters: { query_string: select 1 as a, output_path: out/${name} } }`;
const files = {
  "mason.yaml": "default_config: 6\n",
  "config.yaml": localConfig,
  "all.yaml": `type: workflow
namespace: w
command: c
dag:
  - { id: a, operator: table:query }
  - { id: b, operator: table:query, dependencies: [a], when: failed }
  - { id: c, operator: table:query, dependencies: [b], when: always }
---
type: deployment
name: w
workflow: w:c
schedule: "0 2 * * *"
steps: { a: ${query("a")}, b: ${query("b")}, c: ${query("c")} }
`,
};

test("the condition of a step, and both values of a schedule that changed", async () => {
  const made = await masonProject(files);
  open.push(made);
  const text = (await made.run("plan")).stdout;
  expect(text).toMatch(/b table:query +when failed: /);
  expect(text).toMatch(/c table:query +when always: /);
  expect(text).not.toContain("when succeeded");
  expect((await made.run("plan", "--markdown")).stdout).toContain("when failed: ");
  const json = JSON.parse((await made.run("plan", "--json")).stdout) as {
    readonly changes: readonly { readonly address: string; readonly steps: readonly { readonly when?: string }[] }[];
  };
  const steps = json.changes.find((change) => change.address === "deployment.w")?.steps ?? [];
  expect(steps.map((step) => step.when)).toEqual([undefined, "failed", "always"]);

  expect((await made.run("apply", "--auto-approve")).code).toBe(0);
  await made.write("all.yaml", files["all.yaml"].replace("0 2 * * *", "30 2 * * *"));
  expect((await made.run("plan")).stdout).toContain('"0 2 * * *" -> "30 2 * * *"');
  await made.run("apply", "--auto-approve");
  expect((await made.run("plan")).stdout).toContain("No changes.");
});
