/** What `apply` and `destroy` share: plan, show, ask, apply, and the exit code. */
import type { Applied } from "../apply/apply.ts";
import { isEmpty } from "../plan/plan.ts";
import type { CommandWorld } from "../run/command-world.ts";
import { type ApprovalFlags, approve } from "./approve.ts";
import { createProgress } from "./progress.ts";
import type { Terminal } from "./terminal.ts";

/** What is to be applied. */
export interface ApplyRequest {
  readonly destroy: boolean;
  readonly run: readonly string[];
  readonly parallelism: number | undefined;
  readonly logLevel: string;
  readonly approval: ApprovalFlags;
  /** The command that goes on without a question. */
  readonly command: string;
}

/** Makes a world whose events go to `emit`. */
export type MakeWorld = (emit: CommandWorld["emit"]) => CommandWorld;

/** Plans and applies; 0, 1, 2 (some changes made, some failed) or 130. */
export async function applyCommand(terminal: Terminal, makeWorld: MakeWorld, request: ApplyRequest): Promise<number> {
  const { planProject } = await import("../run/plan-project.ts");
  const progress = await createProgress(terminal, request.logLevel);
  const world = makeWorld(progress.emit);
  const planned = await planProject(world, { destroy: request.destroy, run: request.run });
  terminal.problems(planned.diagnostics, planned.loaded.project.textOf);
  if (planned.value === undefined) return 1;
  const { plan } = planned.value;
  const { planText } = await import("../view/plan-text.ts");
  const { planJson } = await import("../view/plan-json.ts");
  terminal.print(planText(plan, terminal));
  terminal.printJson({ type: "plan", plan: planJson(plan, planned.diagnostics) });
  if (isEmpty(plan)) return 0;
  if (!(await approve(terminal, plan.changes, request.approval, request.command))) {
    terminal.note("Nothing was done.");
    return 1;
  }
  if (world.signal.aborted) return 130;
  const { applyPlan } = await import("../run/apply-plan.ts");
  let applied: Applied;
  try {
    applied = await applyPlan(world, planned.value, request.parallelism);
  } finally {
    await progress.end();
  }
  return report(terminal, applied, world.signal.aborted);
}

async function report(terminal: Terminal, applied: Applied, interrupted: boolean): Promise<number> {
  const { applySummary } = await import("../view/apply-text.ts");
  const { results } = applied;
  terminal.problems(
    results.flatMap((result) => result.problem ?? []),
    () => null,
  );
  terminal.print(`\n${applySummary(results)}`);
  const count = (status: string) => results.filter((result) => result.status === status).length;
  terminal.printJson({
    type: "summary",
    done: count("done"),
    failed: count("failed"),
    skipped: count("skipped"),
    cancelled: count("cancelled"),
    serial: applied.state.serial,
  });
  if (interrupted) return 130;
  if (count("failed") === 0) return 0;
  // A failed run has changed the state, also when nothing else was done.
  return count("done") > 0 || results.some((result) => result.run !== undefined) ? 2 : 1;
}
