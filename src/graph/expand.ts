/**
 * Expands the target of a deployment into a flat list of steps. A step that is a workflow becomes the steps of that workflow, named
 * `step_2/step_1`. Inner steps without dependencies inherit the dependencies and the `when` of the outer step; a step that depends
 * on the outer step depends on the group of all its inner steps.
 */
import { operatorAddress, workflowAddress } from "../address.ts";
import { type Diagnostic, error } from "../diagnostic/diagnostic.ts";
import { didYouMean } from "../diagnostic/did-you-mean.ts";
import type { Json } from "../json.ts";
import { fillReferences, hasReference } from "../model/references.ts";
import type { When } from "../model/when.ts";
import { findOperator, findWorkflow, operatorNames, type Project, resourcesOf } from "../project/project.ts";
import {
  type GivenParameters,
  type OperatorResource,
  placeIn,
  type StepDeclaration,
  type StepSettings,
  type WorkflowResource,
} from "../project/resource.ts";

/** A call of an operator, ready to be checked. */
export interface FlatStep extends GivenParameters {
  /** `step_1`, or `step_2/step_1` for one inside a step that is a workflow. */
  readonly id: string;
  readonly operator: OperatorResource;
  /** Ids of steps, or of groups. */
  readonly dependencies: readonly string[];
  readonly when: When;
  /** The gates of the workflow steps that contain this step, outermost first: it starts only when they open. */
  readonly gates?: readonly Gate[];
  readonly retry?: string;
  readonly retryMax: number;
  readonly timeout?: string;
  readonly configId?: string;
  /** The step module that decides on its edges, from the project's root. */
  readonly module?: string;
  /** The workflow that declares the step. */
  readonly workflow?: WorkflowResource;
  readonly index: number;
}

/** The dependencies and the condition that a step waits for. */
export interface Gate {
  /** Ids of steps, or of groups. */
  readonly dependencies: readonly string[];
  readonly when: When;
}

/** A step's problem; `step` is its id. */
export interface StepProblem {
  readonly step: string;
  readonly diagnostic: Diagnostic;
}

export interface Expansion {
  readonly steps: readonly FlatStep[];
  /** Steps by the id of the step that was expanded into them. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
  readonly problems: readonly StepProblem[];
}

/** What a deployment runs: its target, parameters and steps, without its schedule. */
export interface Body extends GivenParameters {
  readonly target: { readonly type: "operator" | "workflow"; readonly namespace: string; readonly command: string };
  readonly steps: Readonly<Record<string, StepSettings>>;
}

/** The id of the only step of a deployment that runs an operator. */
export const onlyStep = "run";

/** Flattens a body; calls to unknown targets become problems and are left out. */
export function expand(project: Project, body: Body): Expansion {
  const { namespace, command } = body.target;
  if (body.target.type === "operator") {
    const operator = findOperator(project, namespace, command);
    if (operator === null) return { steps: [], groups: new Map(), problems: [] };
    const step: FlatStep = {
      id: onlyStep,
      operator,
      dependencies: [],
      when: "succeeded",
      retryMax: 7,
      parameters: body.parameters,
      ...(body.valueless === undefined ? {} : { valueless: body.valueless }),
      index: 0,
    };
    return { steps: [step], groups: new Map(), problems: [] };
  }
  const workflow = findWorkflow(project, namespace, command);
  const expansion = { steps: [] as FlatStep[], groups: new Map<string, string[]>(), problems: [] as StepProblem[] };
  if (workflow !== null) expandWorkflow(project, workflow, "", body.steps, [], [workflow.address], expansion);
  return expansion;
}

interface Mutable {
  readonly steps: FlatStep[];
  readonly groups: Map<string, string[]>;
  readonly problems: StepProblem[];
}

function expandWorkflow(
  project: Project,
  workflow: WorkflowResource,
  prefix: string,
  settings: Readonly<Record<string, StepSettings>>,
  gates: readonly Gate[],
  trail: readonly string[],
  into: Mutable,
): void {
  const local = new Set(workflow.dag.map((step) => step.id));
  workflow.dag.forEach((step, index) => {
    const id = prefix + step.id;
    const own = settings[step.id];
    const root = step.dependencies.length === 0;
    const gate = root ? gates.at(-1) : undefined;
    const dependencies = gate?.dependencies ?? step.dependencies.map((dependency) => prefix + dependency);
    const when = gate?.when ?? step.when;
    const held = gate === undefined ? gates : gates.slice(0, -1);
    if (step.type === "workflow") {
      const inner = findWorkflow(project, step.namespace, step.command);
      const cycle = inner !== null && trail.includes(inner.address);
      if (inner === null || cycle) {
        into.problems.push({
          step: id,
          diagnostic:
            inner === null
              ? unknownWorkflow(project, workflow, step, index)
              : selfCall(workflow, index, [...trail, inner.address]),
        });
        return;
      }
      const before = into.steps.length;
      expandWorkflow(
        project,
        inner,
        `${id}/`,
        { ...nested(settings, step.id), ...own?.steps },
        dependencies.length === 0 ? gates : [...held, { dependencies, when }],
        [...trail, inner.address],
        into,
      );
      into.groups.set(
        id,
        into.steps.slice(before).map((flat) => flat.id),
      );
      return;
    }
    const operator = findOperator(project, step.namespace, step.command);
    if (operator === null) {
      into.problems.push({ step: id, diagnostic: unknownOperator(project, workflow, step, index) });
      return;
    }
    into.steps.push({
      id,
      operator,
      dependencies,
      when,
      // Steps with another `when` can only follow a step of the group that started.
      ...(when === "always" && held.length > 0 ? { gates: held } : {}),
      ...(step.retry === undefined ? {} : { retry: step.retry }),
      retryMax: step.retryMax,
      ...timeoutOf(own?.timeout ?? step.timeout),
      parameters: scoped({ ...step.parameters, ...own?.parameters }, prefix, local),
      ...valuelessOf(step, own),
      ...(own?.configId === undefined ? {} : { configId: own.configId }),
      ...(workflow.module === undefined ? {} : { module: workflow.module }),
      workflow,
      index,
    });
  });
}

const valuelessOf = (...given: readonly (GivenParameters | undefined)[]): Pick<GivenParameters, "valueless"> => {
  const valueless = [...new Set(given.flatMap((one) => one?.valueless ?? []))];
  return valueless.length === 0 ? {} : { valueless };
};

const timeoutOf = (timeout: string | undefined) => (timeout === undefined ? {} : { timeout });

/** Settings written as `step_2/step_1:` for the steps of step_2. */
function nested(settings: Readonly<Record<string, StepSettings>>, id: string): Readonly<Record<string, StepSettings>> {
  return Object.fromEntries(
    Object.entries(settings).flatMap(([key, value]) =>
      key.startsWith(`${id}/`) ? [[key.slice(id.length + 1), value]] : [],
    ),
  );
}

/** Inside a nested workflow `step_1` means its own step_1; unknown names refer to the outer workflow. */
function scoped(
  parameters: Readonly<Record<string, Json>>,
  prefix: string,
  local: ReadonlySet<string>,
): Readonly<Record<string, Json>> {
  if (prefix === "") return parameters;
  const rename = (step: string) => (local.has(step) || local.has(step.split("/")[0] ?? "") ? prefix + step : step);
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [
      name,
      hasAny(value)
        ? fillReferences(
            value,
            name,
            (reference) =>
              reference.kind === "pull"
                ? `<<PULLED FROM ${rename(reference.step)}>>`
                : reference.kind === "output"
                  ? `\${${rename(reference.step)}.${reference.name}}`
                  : undefined,
            { literals: false },
          )
        : value,
    ]),
  );
}

const hasAny = (value: Json): boolean => (typeof value === "object" ? true : hasReference(value));

function unknownOperator(
  project: Project,
  workflow: WorkflowResource,
  step: StepDeclaration,
  index: number,
): Diagnostic {
  const name = `${step.namespace}:${step.command}`;
  return error({
    absent: operatorAddress(step.namespace, step.command),
    code: "step/unknown-operator",
    summary: "Unknown operator",
    detail: `Step "${step.id}" calls operator "${name}", which is neither built in nor declared in this project. Declare it, or call another operator.${didYouMean(name, operatorNames(project))}`,
    ...placed(workflow, ["dag", index, step.callField]),
  });
}

function unknownWorkflow(
  project: Project,
  workflow: WorkflowResource,
  step: StepDeclaration,
  index: number,
): Diagnostic {
  const name = `${step.namespace}:${step.command}`;
  const known = resourcesOf(project, "workflow").map((other) => `${other.namespace}:${other.command}`);
  return error({
    absent: workflowAddress(step.namespace, step.command),
    code: "step/unknown-workflow",
    summary: "Unknown workflow",
    detail: `Step "${step.id}" calls workflow "${name}", which is not declared in this project. Declare it, or call another workflow.${didYouMean(name, known)}`,
    ...placed(workflow, ["dag", index, step.callField]),
  });
}

function selfCall(workflow: WorkflowResource, index: number, trail: readonly string[]): Diagnostic {
  return error({
    code: "workflow/calls-itself",
    summary: "Workflow calls itself",
    detail: `${trail.map((address) => `"${address}"`).join(" calls ")}, so the workflow would never end. Remove one of the calls.`,
    ...placed(workflow, ["dag", index]),
    address: workflowAddress(workflow.namespace, workflow.command),
  });
}

/** The place in a workflow. */
function placed(workflow: WorkflowResource, path: readonly (string | number)[]) {
  const place = placeIn(workflow, path);
  return place === undefined ? {} : { place };
}
