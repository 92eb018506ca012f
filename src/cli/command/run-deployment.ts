/** `mason run deployment`: one run, or a run for each fire time between two dates, up to the first failure. */
import { deploymentAddress } from "../../address.ts";
import type { CommandWorld } from "../../command/command-world.ts";
import { isUsable, type Loaded, loadProject } from "../../command/project/load-project.ts";
import { findDeployment, runDeploymentByHand } from "../../command/run.ts";
import { type Diagnostic, error, fail, hasErrors } from "../../diagnostic/diagnostic.ts";
import type { DeploymentResource } from "../../project/resource.ts";
import type { BundleRun } from "../../step/run-bundle.ts";
import { envelopeOf, failureOf, notStarted, type RunEnvelope } from "../../view/run/run-result.ts";
import { fireTimes, instantOf } from "../input/fire-times.ts";
import { relevantProblems } from "../input/relevant-problems.ts";
import { reportRun, withEnvelope } from "../output/report-run.ts";
import { createRunProgress } from "../output/run-progress.ts";
import type { Terminal } from "../output/terminal.ts";
import type { MakeWorld } from "./apply.ts";
import { exitCode, isQuiet } from "./run.ts";

/** Values of the flags of `mason run deployment`. */
export interface DeploymentFlags {
  readonly at?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly "log-level": string;
  readonly "allow-destroy"?: string[] | undefined;
}

/** Runs a deployment by name; returns 0, 1, or 130 if it was interrupted. */
export function runDeploymentCommand(
  terminal: Terminal,
  makeWorld: MakeWorld,
  name: string,
  flags: DeploymentFlags,
): Promise<number> {
  return withEnvelope(terminal, async () => {
    const progress = createRunProgress(terminal, flags["log-level"]);
    const world = makeWorld(progress.emit);
    const loaded = await loadProject(world);
    requireInterval(flags);
    const found = isUsable(loaded) ? findDeployment(loaded, name) : { diagnostics: [] };
    const diagnostics = [...relevantProblems(loaded.diagnostics, deploymentAddress(name)), ...found.diagnostics];
    const quiet = isQuiet(flags["log-level"]);
    const told = found.value !== undefined && !isSingle(found.value);
    const options = { told, quiet, partial: flags.from !== undefined, textOf: loaded.project.textOf };
    if (found.value === undefined) {
      reportRun(terminal, notStarted(diagnostics), diagnostics, options);
      return 1;
    }
    const deployment = found.value;
    const allowDestroy = flags["allow-destroy"] ?? [];
    const work = {
      world,
      loaded,
      deployment,
      diagnostics,
      allowDestroy,
      note: quiet ? () => undefined : terminal.note,
    };
    const ended = await (flags.from === undefined
      ? runOnce(work, flags.at === undefined ? null : instantOf(flags.at, "--at", deployment))
      : runAll(work, instantOf(flags.from, "--from", deployment), instantOf(flags.to ?? "", "--to", deployment))
    ).finally(progress.end);
    reportRun(terminal, ended.envelope, [...diagnostics, ...ended.problems], options);
    return ended.code;
  });
}

interface Work {
  readonly world: CommandWorld;
  readonly loaded: Loaded;
  readonly deployment: DeploymentResource;
  readonly diagnostics: readonly Diagnostic[];
  readonly allowDestroy: readonly string[];
  readonly note: (text: string) => void;
}

interface Ended {
  readonly envelope: RunEnvelope;
  /** The problems that were not known before the run. */
  readonly problems: readonly Diagnostic[];
  readonly code: number;
}

async function runOnce(work: Work, at: Date | null): Promise<Ended> {
  const { world, loaded, deployment, diagnostics, allowDestroy } = work;
  const ran = await runDeploymentByHand(world, loaded, deployment, { at, allowDestroy });
  const before = [...diagnostics, ...ran.diagnostics];
  if (ran.value === undefined || hasErrors(ran.diagnostics))
    return { envelope: notStarted(before), problems: ran.diagnostics, code: 1 };
  const envelope = envelopeOf(ran.value, isSingle(deployment), before);
  return { envelope, problems: [...ran.diagnostics, ...envelope.errors], code: exitCode(ran.value.run.state) };
}

const isSingle = (deployment: DeploymentResource) => deployment.target.type === "operator";

async function runAll(work: Work, from: Date, to: Date): Promise<Ended> {
  const { world, loaded, deployment, diagnostics, allowDestroy, note } = work;
  const times = fireTimes(deployment, from, to);
  if (times.length === 0) note(`"${deployment.schedule}" does not fire between ${words(from)} and ${words(to)}.`);
  const runs: BundleRun[] = [];
  for (const at of times) {
    if (world.signal.aborted) break;
    note(`${deployment.address} for ${words(at)} (${runs.length + 1} of ${times.length})`);
    const ran = await runDeploymentByHand(world, loaded, deployment, { at, allowDestroy });
    if (ran.value === undefined)
      return { envelope: notStarted([...diagnostics, ...ran.diagnostics]), problems: ran.diagnostics, code: 1 };
    runs.push(ran.value);
    if (ran.value.run.state !== "succeeded") break;
  }
  return endOfAll(work, times, runs, to);
}

/** The result of all runs, one row each; a failure names the fire times that are left and the command that continues. */
function endOfAll(
  { deployment, diagnostics }: Work,
  times: readonly Date[],
  runs: readonly BundleRun[],
  to: Date,
): Ended {
  const bad = runs.find(({ run }) => run.state !== "succeeded");
  const succeeded = bad === undefined ? runs.length : runs.length - 1;
  const left = times.slice(succeeded);
  const problems = [
    ...(bad === undefined ? [] : [failureOf(bad.run, bad.steps, isSingle(deployment))]),
    ...(left.length === 0 ? [] : [leftError(deployment, left, to)]),
  ];
  const envelope: RunEnvelope = {
    status: problems.length === 0 ? "succeeded" : "failed",
    data: runs.map(({ run }) => ({ at: run.at, status: run.state, run_id: run.id })),
    info: [],
    warnings: diagnostics.filter((one) => one.severity === "warning").map((one) => one.detail),
    errors: problems,
    steps: bad?.steps ?? [],
    ...(bad === undefined ? {} : { runId: bad.run.id }),
  };
  const code = problems.length === 0 ? 0 : bad?.run.state === "failed" ? 1 : 130;
  return { envelope, problems, code };
}

const mostNamed = 10;

function leftError(deployment: DeploymentResource, left: readonly Date[], to: Date): Diagnostic {
  const named = left.slice(0, mostNamed).map(words).join(", ");
  const more = left.length > mostNamed ? ` and ${left.length - mostNamed} more` : "";
  const [first] = left;
  return error({
    code: "run/left",
    summary: "Fire times left",
    detail: `Not run: ${named}${more}. To continue, run:\n  mason run deployment ${deployment.name} --from ${words(first ?? to)} --to ${words(to)}`,
    address: deployment.address,
  });
}

const words = (instant: Date): string => instant.toISOString().replace(".000Z", "Z");

/** `--from` and `--to` belong together, and exclude `--at`. */
export function requireInterval(flags: DeploymentFlags): void {
  if ((flags.from === undefined) === (flags.to === undefined) && (flags.at === undefined || flags.from === undefined))
    return;
  fail({
    code: "command/usage",
    summary: "Wrong use of the command",
    detail: "Give --at for one instant, or both --from and --to for all fire times between them.",
  });
}
