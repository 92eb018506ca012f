/** Writing a plan to a file, and planning again from one: applied is only what was reviewed. */
import { resolve } from "node:path";
import { type Checked, type Diagnostic, error, hasErrors } from "../diagnostic/diagnostic.ts";
import { readTextIfThere, writeFileWhole } from "../io/disk.ts";
import { readHistory } from "../io/history.ts";
import { isEquivalent, movedSince, type PlanFile, parsePlanFile, printPlanFile } from "../plan/plan-file.ts";
import type { CommandWorld } from "./command-world.ts";
import { optionsFrom, type PlannedProject, planProject } from "./plan-project.ts";

/** Writes a plan; the path is relative to the current directory. */
export function writePlanFile(world: CommandWorld, { plan, bound }: PlannedProject, path: string): void {
  const file: PlanFile = {
    plan_id: plan.id,
    bound,
    shown: {
      mason: world.version,
      created: world.clock.now().toISOString(),
      changes: plan.changes,
      unchanged: plan.unchanged,
      leftOut: plan.leftOut,
      destroy: plan.destroy,
    },
  };
  writeFileWhole(resolve(world.directory, path), printPlanFile(file));
}

/** Reads a plan file; the path is relative to the current directory. */
export function readPlanFile(world: CommandWorld, path: string): Checked<PlanFile> {
  const text = readTextIfThere(resolve(world.directory, path));
  if (text !== null) return parsePlanFile(text, path);
  return {
    diagnostics: [
      error({
        code: "plan-file/absent",
        summary: "No such plan file",
        detail: `There is no file "${path}". Make it: mason plan --out ${path}`,
      }),
    ],
  };
}

/** Plans again as the file was planned, and gives the plan only when it is the same. */
export async function planFromFile(
  world: CommandWorld,
  path: string,
  options: { readonly replanIfEquivalent: boolean },
): Promise<Checked<PlannedProject> & { readonly textOf: (file: string) => string | null }> {
  const none = () => null;
  const read = readPlanFile(world, path);
  if (read.value === undefined) return { diagnostics: read.diagnostics, textOf: none };
  const file = read.value;
  const { environment, lineage, options: planned } = file.bound;
  const again = await planProject(
    { ...world, environment: world.environment ?? environment },
    { ...optionsFrom(planned), unfinished: "refuse", newLineage: lineage },
  );
  const { textOf } = again.loaded.project;
  if (again.value === undefined)
    return { diagnostics: [...again.diagnostics, ...(await stillMoved(file, again.diagnostics))], textOf };
  const { bound, backend } = again.value;
  const applied =
    again.value.state.lastPlan === file.plan_id ||
    (await readHistory(backend.storage, backend.prefix, 100)).some((item) => item.plan_id === file.plan_id);
  const moved = movedSince(file, bound, applied);
  if (moved.length === 0) return { value: again.value, diagnostics: again.diagnostics, textOf };
  const onlySerial = moved.every(
    (diagnostic) => diagnostic.code === "plan-file/serial-moved" || diagnostic.code === "plan-file/fact-changed",
  );
  if (
    options.replanIfEquivalent &&
    onlySerial &&
    moved.some((diagnostic) => diagnostic.code === "plan-file/serial-moved") &&
    isEquivalent(file, bound)
  ) {
    return { value: again.value, diagnostics: again.diagnostics, textOf };
  }
  return { diagnostics: [...again.diagnostics, ...moved], textOf };
}

/** When the project can't even be planned any more, the file is of no use either; that is told by what stops the plan. */
async function stillMoved(file: PlanFile, diagnostics: readonly Diagnostic[]): Promise<readonly Diagnostic[]> {
  if (!hasErrors(diagnostics)) return [];
  return [
    error({
      code: "plan-file/project-broken",
      summary: "Project can't be planned any more",
      detail: `Plan ${file.plan_id.slice(0, 8)} can't be checked, since the project has errors now. Restore what was reviewed, or plan again.`,
    }),
  ];
}
