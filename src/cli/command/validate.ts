/** `mason validate`: checks a project, or one operator or workflow with its parameters, and runs nothing. */
import type { CommandWorld } from "../../command/command-world.ts";
import { dryRun } from "../../command/dry-run.ts";
import { declaredEdges } from "../../command/graph.ts";
import { isUsable, type Loaded, loadProject } from "../../command/project/load-project.ts";
import { bundleModules } from "../../command/project/modules.ts";
import { isNoProject, noProject } from "../../command/project/no-project.ts";
import type { RunRequest } from "../../command/run.ts";
import { type Diagnostic, error, hasErrors, warning } from "../../diagnostic/diagnostic.ts";
import { diagnosticJson } from "../../diagnostic/frame.ts";
import { operatorName } from "../../operator/definition.ts";
import { findConfig, findWorkflow } from "../../project/project.ts";
import { parseCron } from "../../schedule/cron.ts";
import { badCron, unsupportedScheduler } from "../../validate/schedule-problems.ts";
import { keptSteps } from "../../validate/strict.ts";
import { stepsJson, validBodyText } from "../../view/run/body-text.ts";
import { type BodyFlags, type PreparedBody, prepareBody } from "../input/body-request.ts";
import type { Terminal } from "../output/terminal.ts";

/** Validates the project; returns 0 or 1. */
export async function validateProjectCommand(terminal: Terminal, world: CommandWorld): Promise<number> {
  const loaded = await loadProject(world);
  const { project } = loaded;
  const modules = isUsable(loaded) ? await bundleModules(project, loaded.masonDirectory) : { diagnostics: [] };
  const others = await otherEnvironments(world, loaded);
  const known = [
    ...loaded.diagnostics,
    ...modules.diagnostics,
    ...(isNoProject(loaded) ? [noProject(world, project)] : []),
    ...others.diagnostics,
  ];
  const diagnostics = hasErrors(known) ? known : [...known, ...(await declaredEdges(world, loaded)).diagnostics];
  const valid = !hasErrors(diagnostics);
  const count = project.resources.size;
  terminal.problems(diagnostics, project.textOf);
  const shown = { valid, resources: count, diagnostics: diagnostics.map(diagnosticJson) };
  if (others.unchecked.length > 0) terminal.note(uncheckedText(others.unchecked));
  if (terminal.json)
    terminal.printJson(others.unchecked.length === 0 ? shown : { ...shown, unchecked_environments: others.unchecked });
  else if (valid) terminal.print(`Valid project: ${count} ${count === 1 ? "resource" : "resources"}.`);
  return valid ? 0 : 1;
}

/** `Environment "prod" was not checked: a variable has no value there. ...` */
function uncheckedText(unchecked: readonly string[]): string {
  const named = unchecked.map((name) => `"${name}"`).join(", ");
  const [what, verb] = unchecked.length === 1 ? ["Environment", "was"] : ["Environments", "were"];
  return `${what} ${named} ${verb} not checked, because a variable has no value there. Check with --env NAME and --var NAME=VALUE.`;
}

/** What the other environments of a project add. */
interface OtherEnvironments {
  /** Errors that the project has there alone. */
  readonly diagnostics: readonly Diagnostic[];
  /** Those that lack the value of a variable: it may be given only where the environment is used. */
  readonly unchecked: readonly string[];
}

/** Checks the other environments. With an environment named, that one alone is asked for. */
async function otherEnvironments(world: CommandWorld, { project, diagnostics }: Loaded): Promise<OtherEnvironments> {
  const unchecked: string[] = [];
  if (world.environment !== null) return { diagnostics: [], unchecked };
  const keyOf = ({ code, detail, place }: Diagnostic) => JSON.stringify([code, detail, place]);
  const told = new Set(diagnostics.map(keyOf));
  const found: Diagnostic[] = [];
  for (const environment of project.settings.environments) {
    const other = await loadProject({ ...world, environment });
    if (other.diagnostics.some(({ code }) => code === "variable/no-value")) {
      unchecked.push(environment);
      continue;
    }
    for (const diagnostic of other.diagnostics) {
      if (diagnostic.severity !== "error" || told.has(keyOf(diagnostic))) continue;
      told.add(keyOf(diagnostic));
      found.push({ ...diagnostic, detail: `In environment "${environment}": ${diagnostic.detail}` });
    }
  }
  return { diagnostics: found, unchecked };
}

/** Validates one operator or workflow; returns 0 or 1. */
export async function validateBodyCommand(
  terminal: Terminal,
  world: CommandWorld,
  target: RunRequest["target"],
  flags: BodyFlags,
): Promise<number> {
  const prepared = await prepareBody(world, target, flags);
  const { ready, textOf } = prepared;
  const known = [...prepared.diagnostics, ...scheduleProblems(prepared)];
  const isReady = ready !== undefined && !hasErrors(known);
  const dry = isReady ? await dryRun(world, prepared.loaded, ready.request, ready.checked) : [];
  const diagnostics = [...known, ...dry];
  const valid = ready !== undefined && !hasErrors(diagnostics);
  const steps = ready === undefined ? [] : keptSteps(ready.checked.body);
  const name = operatorName(target);
  terminal.problems(diagnostics, textOf);
  terminal.printJson({
    valid,
    [target.type]: name,
    config_id: ready?.request.configId ?? null,
    steps: valid ? stepsJson(steps) : [],
    diagnostics: diagnostics.map(diagnosticJson),
  });
  if (valid) terminal.print(validBodyText({ type: target.type, name, steps }));
  return valid ? 0 : 1;
}

/** The problems that matter only for a deployment: those of the schedule and of the config's scheduler. */
function scheduleProblems({ loaded, ready }: PreparedBody): readonly Diagnostic[] {
  if (ready === undefined) return [];
  const { target, configId } = ready.request;
  const cron = ready.schedule === undefined ? null : parseCron(ready.schedule);
  const bad = cron === null || cron.ok ? [] : [error(badCron(ready.schedule ?? "", cron.message))];
  const workflow = target.type === "workflow" ? findWorkflow(loaded.project, target.namespace, target.command) : null;
  const config = configId === undefined ? null : findConfig(loaded.project, configId);
  const client = config?.engines.scheduler;
  const supported = workflow?.supportedSchedulers ?? [];
  const scheduler = config?.clients[client ?? ""]?.provider;
  if (scheduler === undefined || supported.length === 0 || supported.includes(scheduler)) return bad;
  return [
    ...bad,
    warning(
      unsupportedScheduler(
        { workflow: target, supported, configId: configId ?? "", scheduler },
        "You can run it by hand; to deploy it, choose another config.",
      ),
    ),
  ];
}
