/**
 * Checks a body (of a deployment, or made by a command) step by step: calls, DAG, configs, parameters, references. The result holds
 * the steps and the problems of each step, so that `strict: false` can drop invalid steps.
 */
import { type Diagnostic, error, type Place, type Problem } from "../diagnostic/diagnostic.ts";
import { didYouMean } from "../diagnostic/did-you-mean.ts";
import { type Body, type Expansion, expand, type FlatStep, onlyStep, type StepProblem } from "../graph/expand.ts";
import { closure } from "../graph/order.ts";
import { checkParameters } from "../operator/check-parameters.ts";
import { findOperator, findWorkflow, operatorNames, type Project, resourcesOf } from "../project/project.ts";
import type { StepSettings } from "../project/resource.ts";
import type { Registry } from "../provider/registry.ts";
import { parseDuration } from "../schedule/duration.ts";
import { referenceProblems } from "./body-references.ts";
import { checkDag } from "./dag.ts";
import { checkEngines, chooseConfig } from "./engines.ts";
import { foreignPaths } from "./paths.ts";

/** A body with the places of its parts. */
export interface PlacedBody extends Body {
  readonly configId?: string;
  /** The place of `path` in the body's document; undefined for a body from the command line. */
  readonly placeOf: (path: readonly (string | number)[], at?: "key" | "value") => Place | undefined;
}

export interface CheckedBody extends Expansion {
  /** Problems that belong to no step, such as an unknown target. */
  readonly general: readonly Diagnostic[];
}

/** Checks a body against the project. `steps` holds every step that could be expanded, including those with problems. */
export function checkBody(project: Project, registry: Registry, body: PlacedBody): CheckedBody {
  const general = checkTarget(project, body);
  const expansion = expand(project, body);
  const problems: StepProblem[] = [
    ...expansion.problems,
    ...nestedDagProblems(expansion),
    ...unknownSteps(project, body, expansion),
  ];
  const graph = new Map(expansion.steps.map((step) => [step.id, directSteps(step, expansion)]));
  const ancestors = lazyAncestors(graph);
  for (const step of expansion.steps) {
    problems.push(...checkConfig(project, registry, body, step), ...checkStepParameters(body, step));
    problems.push(...checkReferences(project, body, step, expansion, ancestors), ...checkPaths(project, body, step));
    if (
      step.timeout !== undefined &&
      parseDuration(step.timeout) === null &&
      body.steps[step.id]?.timeout !== undefined
    ) {
      problems.push(
        stepProblem(body, step, ["timeout"], {
          code: "step/bad-timeout",
          summary: "Invalid duration",
          detail: `"${step.timeout}" is not a duration. Write one like "90s", "30m", "2h" or "1h30m".`,
        }),
      );
    }
  }
  return { ...expansion, problems, general };
}

/** The steps that a step waits for, with groups resolved. */
export function directSteps(
  step: Pick<FlatStep, "dependencies">,
  expansion: Pick<Expansion, "groups">,
): readonly string[] {
  return step.dependencies.flatMap((dependency) => expansion.groups.get(dependency) ?? [dependency]);
}

/** Callers ask step by step, so only the last answer is kept: all answers of a long chain would fill the memory. */
function lazyAncestors(graph: ReadonlyMap<string, readonly string[]>): (step: string) => ReadonlySet<string> {
  let last = { step: "", found: new Set<string>() as ReadonlySet<string> };
  return (step) => {
    if (last.step !== step) last = { step, found: closure(graph.get(step) ?? [], graph) };
    return last.found;
  };
}

function checkTarget(project: Project, body: PlacedBody): readonly Diagnostic[] {
  const { type, namespace, command } = body.target;
  const name = `${namespace}:${command}`;
  const found =
    type === "operator" ? findOperator(project, namespace, command) : findWorkflow(project, namespace, command);
  if (found !== null) return [];
  const known =
    type === "operator"
      ? operatorNames(project)
      : resourcesOf(project, "workflow").map((other) => `${other.namespace}:${other.command}`);
  const problem: Problem = {
    absent: `${type}.${name}`,
    code: `deployment/unknown-${type}`,
    summary: type === "operator" ? "Unknown operator" : "Unknown workflow",
    detail: `There is no ${type} "${name}". Declare it, or name another ${type}.${didYouMean(name, known)}`,
  };
  return [error(withPlace(problem, body.placeOf([type])))];
}

const withPlace = (problem: Problem, place: Place | undefined): Problem =>
  place === undefined ? problem : { ...problem, place };

/** The rule on workflows reports DAG problems; here they only mark the steps that can't run. */
function nestedDagProblems(expansion: Expansion): readonly StepProblem[] {
  const seen = new Set<string>();
  return expansion.steps.flatMap((step) => {
    const workflow = step.workflow;
    if (workflow === undefined || seen.has(`${workflow.address}`)) return [];
    seen.add(workflow.address);
    const prefix = step.id.slice(0, step.id.lastIndexOf("/") + 1);
    return checkDag(workflow).map((problem) => ({ ...problem, step: prefix + problem.step }));
  });
}

function unknownSteps(project: Project, body: PlacedBody, expansion: Expansion): readonly StepProblem[] {
  if (body.target.type === "operator") return [];
  const ids = new Set([
    ...expansion.steps.map((step) => step.id),
    ...expansion.groups.keys(),
    ...expansion.problems.map((problem) => problem.step),
  ]);
  const workflow = findWorkflow(project, body.target.namespace, body.target.command);
  if (workflow === null) return [];
  return stepKeys(body.steps, "", []).flatMap(({ id, path }) =>
    ids.has(id)
      ? []
      : [
          {
            step: id,
            diagnostic: error(
              withPlace(
                {
                  code: "deployment/unknown-step",
                  summary: "Unknown step",
                  detail: `Workflow "${workflow.namespace}:${workflow.command}" has no step "${id}". Remove or rename it.${didYouMean(id, ids)}`,
                },
                body.placeOf(path, "key"),
              ),
            ),
          },
        ],
  );
}

function stepKeys(
  steps: Readonly<Record<string, StepSettings>>,
  prefix: string,
  path: readonly string[],
): readonly { readonly id: string; readonly path: readonly string[] }[] {
  return Object.entries(steps).flatMap(([key, settings]) => {
    const here = [...path, "steps", key];
    return [{ id: prefix + key, path: here }, ...stepKeys(settings.steps, `${prefix}${key}/`, here)];
  });
}

/** The path of a step's settings in the document: `steps`, then one key for each level, or one key with slashes. */
export function settingsPath(body: Body, stepId: string): readonly string[] | null {
  if (stepId === onlyStep && body.target.type === "operator") return [];
  let level: Readonly<Record<string, StepSettings>> | undefined = body.steps;
  const path: string[] = [];
  let rest = stepId;
  while (level !== undefined) {
    if (level[rest] !== undefined) return [...path, "steps", rest];
    const slash = rest.indexOf("/");
    if (slash < 0) return null;
    path.push("steps", rest.slice(0, slash));
    level = level[rest.slice(0, slash)]?.steps;
    rest = rest.slice(slash + 1);
  }
  return null;
}

function stepProblem(
  body: PlacedBody,
  step: FlatStep,
  path: readonly (string | number)[],
  problem: Problem,
  at: "key" | "value" = "value",
): StepProblem {
  const settings = settingsPath(body, step.id);
  const place =
    settings === null ? (body.placeOf(["steps"], "key") ?? undefined) : body.placeOf([...settings, ...path], at);
  return { step: step.id, diagnostic: error(withPlace(problem, place)) };
}

const named = (step: FlatStep) => (step.id === onlyStep ? "" : `Step "${step.id}": `);

function checkConfig(project: Project, registry: Registry, body: PlacedBody, step: FlatStep): readonly StepProblem[] {
  const chosen = chooseConfig(project, step.configId ?? body.configId);
  const problems =
    "problem" in chosen ? [chosen.problem] : checkEngines(step.operator.definition, chosen.config, registry);
  return problems.map((problem) => {
    const path = step.configId === undefined ? null : settingsPath(body, step.id);
    const place = path === null ? body.placeOf(["config_id"]) : body.placeOf([...path, "config_id"]);
    return { step: step.id, diagnostic: error(withPlace({ ...problem, detail: named(step) + problem.detail }, place)) };
  });
}

function checkStepParameters(body: PlacedBody, step: FlatStep): readonly StepProblem[] {
  return checkParameters(step.operator.definition, step.parameters, step.valueless).map(
    ({ parameter, at, missing: _missing, ...problem }) => {
      const path = parameter === undefined ? ["parameters"] : ["parameters", parameter];
      return stepProblem(body, step, path, { ...problem, detail: named(step) + problem.detail }, at);
    },
  );
}

function checkPaths(project: Project, body: PlacedBody, step: FlatStep): readonly StepProblem[] {
  const chosen = chooseConfig(project, step.configId ?? body.configId);
  if ("problem" in chosen) return [];
  return foreignPaths(step, chosen.config).map(({ parameter, problem }) =>
    stepProblem(body, step, ["parameters", parameter], { ...problem, detail: named(step) + problem.detail }),
  );
}

function checkReferences(
  project: Project,
  body: PlacedBody,
  step: FlatStep,
  expansion: Expansion,
  ancestors: (step: string) => ReadonlySet<string>,
): readonly StepProblem[] {
  return referenceProblems(project, step, expansion, ancestors).map(({ parameter, problem }) =>
    stepProblem(body, step, ["parameters", parameter], { ...problem, detail: named(step) + problem.detail }),
  );
}
