/** A project on this machine's files, planned and applied in this process. */
import { expect } from "vitest";
import { applyPlan } from "../../src/command/apply.ts";
import { type PlannedProject, planProject } from "../../src/command/plan.ts";
import type { PlanOptions } from "../../src/command/plan-options.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { localConfig } from "../reliability/support/small.ts";
import { type TestProject, testProject } from "./world.ts";

/** The project, and what is done with it; both fail when anything is wrong. */
export interface LocalProject extends TestProject {
  plan(options?: Partial<PlanOptions>): Promise<PlannedProject>;
  /** Gives the plan that was applied. */
  apply(options?: Partial<PlanOptions>): Promise<Plan>;
}

/** A project of these documents, and files by path besides. */
export async function localProject(
  documents: string,
  files: Readonly<Record<string, string>> = {},
): Promise<LocalProject> {
  const made = await testProject({
    "mason.yaml": "default_config: 1\n",
    "config.yaml": localConfig,
    "all.yaml": documents,
    ...files,
  });
  const plan: LocalProject["plan"] = async (options = {}) => {
    const wanted: PlanOptions = { destroy: false, run: [], unfinished: "refuse", ...options };
    const { value, diagnostics } = await planProject(made.world, wanted);
    if (value === undefined) throw new Error(JSON.stringify(diagnostics));
    return value;
  };
  const apply: LocalProject["apply"] = async (options) => {
    const planned = await plan(options);
    const { results } = await applyPlan(made.world, planned, { leaseTimeoutMs: 0 });
    expect(results.filter((result) => result.status !== "done")).toEqual([]);
    return planned.plan;
  };
  return { ...made, plan, apply };
}
