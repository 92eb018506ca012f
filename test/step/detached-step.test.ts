/** A deployment on the scripted engine, whose jobs outlive the process that submits them. */
import { afterEach, expect, test } from "vitest";
import { spaceOf } from "../../providers/memory/client.ts";
import { applyPlan } from "../../src/command/apply.ts";
import { planProject } from "../../src/command/plan.ts";
import { createRunStore } from "../../src/io/run-store.ts";
import { ProviderError } from "../../src/provider/error.ts";
import { type TestProject, testProject } from "../support/world.ts";

const open: TestProject[] = [];
afterEach(async () => {
  for (const project of open.splice(0)) await project.close();
});

async function project(name: string) {
  const made = await testProject({
    "mason.yaml": "default_config: 1\n",
    "all.yaml": `type: config
id: 1
storage_engine: memory
metastore_engine: memory
execution_engine: memory
scheduler_engine: local
clients:
  memory: { configuration: { space: ${name} } }
  local: { configuration: { root: data } }
---
type: deployment
name: one
operator: table:query
parameters: { query_string: "select 1 as a", limit: 5 }
`,
  });
  open.push(made);
  const apply = async (unfinished: "refuse" | "resume") => {
    const { value, diagnostics } = await planProject(made.world, { destroy: false, run: [], unfinished });
    if (value === undefined) throw new Error(JSON.stringify(diagnostics));
    return (await applyPlan(made.world, value, { leaseTimeoutMs: 0 })).results.map(({ status }) => status);
  };
  return { ...made, apply, space: spaceOf(name) };
}

test("a run whose look at a job was lost goes on with the same job", async () => {
  const { apply, space, directory } = await project("detached-1");
  const lost = new ProviderError("unknown", "The process was stopped.");
  space.scripts.push({ looks: ["running", lost, "running", "succeeded"], renewsHandles: true, rows: [{ a: 1 }] });
  expect(await apply("refuse")).toContain("failed");
  const store = createRunStore(`${directory}/.mason`);
  const [run] = store.list({ address: "deployment.one" });
  const [step] = store.get(run?.id ?? "")?.steps ?? [];
  expect(step).toMatchObject({ state: "failed", jobs: [{ id: "job-1", handle: "job-1#1" }] });
  expect(await apply("resume")).toEqual(["done"]);
  expect(space.jobs.size).toBe(1);
});

test("a job that the engine accepts and that fails later fails its step", async () => {
  const { apply, space } = await project("detached-2");
  space.scripts.push({ looks: ["queued", "running", "failed"], error: "no such column" });
  expect(await apply("refuse")).toContain("failed");
  expect(await apply("refuse")).toEqual(["done"]);
  expect(space.jobs.size).toBe(2);
});
