/** `mason apply` and `mason destroy`: plan, show, ask, apply, and return the exit code. */
import { setTimeout } from "node:timers/promises";
import type { ApplyResult } from "../../apply/apply-stages.ts";
import type { CommandWorld } from "../../command/command-world.ts";
import type { PlannedProject } from "../../command/plan.ts";
import { Diagnosed, type Diagnostic, fail } from "../../diagnostic/diagnostic.ts";
import { isEmpty } from "../../plan/plan.ts";
import { parseDuration } from "../../schedule/duration.ts";
import type { planOptions } from "../input/flags.ts";
import { type ApprovalFlags, approve } from "../output/approve.ts";
import { printPlan } from "../output/print-plan.ts";
import { createProgress } from "../output/progress.ts";
import type { Progress } from "../output/shown.ts";
import { noteChange } from "../output/streams.ts";
import type { Terminal } from "../output/terminal.ts";

/** A request to apply. */
export interface ApplyRequest {
  readonly destroy: boolean;
  /** The choice of what to plan. */
  readonly choice: ReturnType<typeof planOptions>;
  readonly parallelism: number | undefined;
  readonly leaseTimeoutMs: number;
  readonly resume: boolean;
  /** A reviewed plan, instead of a new one. */
  readonly planFile?: string;
  readonly replanIfEquivalent: boolean;
  readonly resolutions: ReadonlyMap<string, "redo" | "done">;
  readonly logLevel: string;
  readonly approval: ApprovalFlags;
  /** The command line that does the same without asking. */
  readonly command: string;
}

/** A function that makes a world whose events go to `emit`. */
export type MakeWorld = (emit: CommandWorld["emit"]) => CommandWorld;

/** The part of a request that comes from flags, the same for apply and destroy. */
export function applyOptions(
  flags: ApprovalFlags & {
    readonly parallelism?: number | undefined;
    readonly "lease-timeout": string;
    readonly "log-level": string;
  },
): Pick<ApplyRequest, "parallelism" | "leaseTimeoutMs" | "logLevel" | "approval"> {
  const text = flags["lease-timeout"];
  const timeout = /^0\w*$/.test(text) ? 0 : parseDuration(text);
  if (timeout === null)
    fail({
      code: "command/usage",
      summary: "Wrong use of the command",
      detail: `"--lease-timeout ${text}" is not a duration. Write one like "30s" or "10m".`,
    });
  return { parallelism: flags.parallelism, leaseTimeoutMs: timeout, logLevel: flags["log-level"], approval: flags };
}

/** The meaning of `--redo` and `--done`, by address. */
export const resolutionsOf = (flags: {
  readonly redo?: string[] | undefined;
  readonly done?: string[] | undefined;
}): ApplyRequest["resolutions"] =>
  new Map([
    ...(flags.redo ?? []).map((address) => [address, "redo"] as const),
    ...(flags.done ?? []).map((address) => [address, "done"] as const),
  ]);

/** Refuses flags that would be ignored: a plan file fixes the choice, and an unfinished apply is finished as a whole. */
function refuseContradictions({ planFile, choice, resume, replanIfEquivalent, resolutions }: ApplyRequest): void {
  const flags = [
    ...(choice.run.length > 0 ? ["--run"] : []),
    ...(choice.target.length > 0 ? ["--target"] : []),
    ...(choice.exclude.length > 0 ? ["--exclude"] : []),
    ...(choice.allowDestroy.length > 0 ? ["--allow-destroy"] : []),
    ...(choice.refreshOnly ? ["--refresh-only"] : []),
  ];
  const usage = (detail: string) => fail({ code: "command/usage", summary: "Wrong use of the command", detail });
  if (planFile !== undefined && flags.length > 0)
    usage(
      `The plan file "${planFile}" fixes what is applied, so ${flags.join(" and ")} can't be given with it. Plan again with ${flags.join(" and ")}, or leave it out.`,
    );
  if (resume && replanIfEquivalent)
    usage(
      `An interrupted apply is finished as it was planned, so --replan-if-equivalent can't be given with --resume. Leave one of them out.`,
    );
  if (!resume && resolutions.size > 0)
    usage(
      `--redo and --done decide on steps that were interrupted, so they need --resume: mason apply --resume ${[...resolutions].map(([address, said]) => `--${said} ${address}`).join(" ")}`,
    );
  const narrowing = flags.filter((flag) => ["--target", "--exclude", "--refresh-only"].includes(flag));
  if (resume && narrowing.length > 0)
    usage(
      `An unfinished apply is finished as a whole, so ${narrowing.join(" and ")} can't be given with --resume. Finish it first: mason apply --resume`,
    );
}

/** Plans and applies; returns 0, 1, 2 (some changes made, some failed) or 130. After waiting for another apply it plans again. */
export async function applyCommand(terminal: Terminal, makeWorld: MakeWorld, request: ApplyRequest): Promise<number> {
  refuseContradictions(request);
  const until = Date.now() + request.leaseTimeoutMs;
  for (;;) {
    const mayWait = request.planFile === undefined && Date.now() < until;
    const code = await planAndApply(terminal, makeWorld, request, mayWait);
    if (code !== null) return code;
    terminal.note("Another apply changed the state first: planning again.");
    await setTimeout(planAgainMs);
  }
}

const planAgainMs = 500;
const isOutdated = (diagnostics: readonly Diagnostic[]) =>
  diagnostics.some((diagnostic) => diagnostic.code === "apply/plan-outdated");

/** The exit code, or `null` if another apply changed the state first: then nothing was done, and the caller plans again. */
async function planAndApply(
  terminal: Terminal,
  makeWorld: MakeWorld,
  request: ApplyRequest,
  mayWait: boolean,
): Promise<number | null> {
  const progress = await createProgress(terminal, request.logLevel);
  const world = makeWorld(progress.emit);
  const planned = await planRequest(world, request);
  if (mayWait && !world.signal.aborted && isOutdated(planned.diagnostics)) return null;
  terminal.problems(planned.diagnostics, planned.textOf);
  if (planned.value === undefined) return 1;
  const { plan } = planned.value;
  if (request.resume && !hasUnfinished(planned.value))
    terminal.note(
      `There is no interrupted apply and no failed run, so this is an ordinary ${request.destroy ? "destroy" : "apply"}.`,
    );
  await printPlan(terminal, plan, planned.diagnostics, "event");
  // A resumed apply is recorded even if nothing is left to do.
  if (isEmpty(plan) && planned.value.unfinished === undefined) {
    const { summaryJson } = await import("../../view/apply/events-json.ts");
    terminal.printJson(summaryJson([], plan.serial));
    return 0;
  }
  // A plan file was reviewed before.
  const { approval, command } = request;
  let interrupted = false;
  const interrupt = () => {
    interrupted = true;
  };
  if (request.planFile === undefined && !(await approve(terminal, plan.changes, approval, command, interrupt))) {
    terminal.note("Nothing was changed.");
    return interrupted ? 130 : 1;
  }
  if (world.signal.aborted) return 130;
  const { applyPlan } = await import("../../command/apply.ts");
  progress.expect(plan.stages.length);
  let applied: ApplyResult;
  try {
    applied = await applyPlan(world, planned.value, request).finally(progress.end);
  } catch (thrown) {
    if (mayWait && thrown instanceof Diagnosed && isOutdated(thrown.diagnostics)) return null;
    const { NotRecorded } = await import("../../command/not-recorded.ts");
    if (!(thrown instanceof NotRecorded)) throw thrown;
    terminal.problems(thrown.diagnostics, () => null);
    return 2;
  }
  return report(terminal, applied, progress, world.signal.aborted);
}

const hasUnfinished = ({ unfinished, state }: PlannedProject): boolean =>
  unfinished !== undefined || [...state.resources.values()].some(({ status }) => status === "failed");

async function planRequest(world: CommandWorld, request: ApplyRequest) {
  if (request.planFile !== undefined) {
    const { planFromFile } = await import("../../command/plan-file.ts");
    return planFromFile(world, request.planFile, request);
  }
  const { planProject } = await import("../../command/plan.ts");
  const planned = await planProject(world, {
    destroy: request.destroy,
    ...request.choice,
    unfinished: request.resume ? "resume" : "refuse",
    resolutions: request.resolutions,
  });
  return { ...planned, textOf: planned.loaded.project.textOf };
}

async function report(
  terminal: Terminal,
  applied: ApplyResult,
  progress: Progress,
  interrupted: boolean,
): Promise<number> {
  const { applyReport } = await import("../../view/apply/apply-report.ts");
  const { summaryJson } = await import("../../view/apply/events-json.ts");
  const { results } = applied;
  terminal.problems(
    results.flatMap((result) => result.problem ?? []),
    () => null,
  );
  if (results.some((result) => result.status === "done" || result.run !== undefined)) noteChange();
  const { width, color } = terminal;
  terminal.print(applyReport(results, progress.steps, { width, color, listProblems: progress.live }));
  terminal.printJson(summaryJson(results, applied.state.serial));
  const count = (status: string) => results.filter((result) => result.status === status).length;
  if (interrupted) return 130;
  if (count("failed") === 0) return 0;
  // A failed run has changed the state even if nothing else was done.
  return count("done") > 0 || results.some((result) => result.run !== undefined) ? 2 : 1;
}
