/** Errors for deployments that --run names and this plan does not run: the request would be dropped silently. */
import { type Address, nameOf } from "../../address.ts";
import { type Diagnostic, error, hasErrors } from "../../diagnostic/diagnostic.ts";
import { chooseConfig } from "../../validate/engines.ts";
import type { PlanInput } from "../plan-input.ts";
import type { Planned } from "../planned.ts";

/** The errors. A resumed apply may name a deployment that it has already run, which is no error. */
export function runsNotStarted(input: PlanInput, planned: ReadonlyMap<Address, Planned>): readonly Diagnostic[] {
  if (input.destroy) return [];
  return input.runNow.flatMap((address) => {
    const part = planned.get(address);
    const isExpected = input.run.has(address) && part?.change.action !== "run" && !hasErrors(part?.diagnostics ?? []);
    if (!isExpected) return [];
    const detail = `"--run ${address}" names a deployment that this apply would not run: ${whyNot(input, address)}`;
    return [error({ code: "plan/run-not-started", summary: "Run can't be started", detail, address })];
  });
}

function whyNot({ project, engines }: PlanInput, address: Address): string {
  const resource = project.resources.get(address);
  const chosen = resource?.kind === "deployment" ? chooseConfig(project, resource.configId) : null;
  const scheduler = chosen === null || "problem" in chosen ? null : engines.recordOf(chosen.config, "scheduler");
  if (scheduler?.manifest.scheduler?.mode !== "registers")
    return `none of its steps is left to run. Look at what "mason validate" says about it, or leave out the --run.`;
  return `scheduler "${scheduler.manifest.name}" only registers it, and Mason can't start runs there yet. Leave out the --run, and start the run in that system; or run it on this machine: mason run deployment ${nameOf(address)}`;
}
