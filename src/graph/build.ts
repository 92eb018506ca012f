/** The dependencies between a project's resources, from definitions, configs, databases and references. */
import { type Address, configAddress, databaseAddress, operatorAddress, workflowAddress } from "../address.ts";
import type { Json } from "../json.ts";
import { referencesIn, splitResourcePath } from "../model/references.ts";
import { findWorkflow, type Project } from "../project/project.ts";
import type { DeploymentResource, Resource, StepSettings, WorkflowResource } from "../project/resource.ts";

/** The dependencies by project: validation and the plan ask for the same ones. A project never changes. */
const known = new WeakMap<Project, Map<Resource, readonly Address[]>>();

/** Addresses of the declared resources on which a resource depends directly. */
export function declaredDependencies(project: Project, resource: Resource): readonly Address[] {
  const own = known.get(project) ?? new Map<Resource, readonly Address[]>();
  known.set(project, own);
  const found = own.get(resource) ?? findDependencies(project, resource);
  own.set(resource, found);
  return found;
}

function findDependencies(project: Project, resource: Resource): readonly Address[] {
  const found = new Set<Address>();
  const add = (address: Address) => {
    if (address !== resource.address && project.resources.has(address)) found.add(address);
  };
  switch (resource.kind) {
    case "config":
    case "operator":
      break;
    case "workflow":
      for (const step of resource.dag) add(callAddress(step.type, step.namespace, step.command));
      break;
    case "database":
      add(configAddress(resource.configId ?? project.settings.defaultConfig ?? ""));
      break;
    case "table":
      add(configAddress(resource.configId ?? project.settings.defaultConfig ?? ""));
      add(databaseAddress(resource.database));
      break;
    case "deployment":
      addDeployment(project, resource, add);
  }
  return [...found].sort();
}

const callAddress = (type: "operator" | "workflow", namespace: string, command: string): Address =>
  type === "operator" ? operatorAddress(namespace, command) : workflowAddress(namespace, command);

function addDeployment(project: Project, deployment: DeploymentResource, add: (address: Address) => void): void {
  const { type, namespace, command } = deployment.target;
  add(configAddress(deployment.configId ?? project.settings.defaultConfig ?? ""));
  add(callAddress(type, namespace, command));
  const workflow = type === "workflow" ? findWorkflow(project, namespace, command) : null;
  if (workflow !== null) addCalls(project, workflow, new Set(), add);
  addReferences(project, deployment.parameters, add);
  addSteps(project, deployment.steps, add);
}

function addSteps(
  project: Project,
  steps: Readonly<Record<string, StepSettings>>,
  add: (address: Address) => void,
): void {
  for (const step of Object.values(steps)) {
    if (step.configId !== undefined) add(configAddress(step.configId));
    addReferences(project, step.parameters, add);
    addSteps(project, step.steps, add);
  }
}

/** Adds the operators of a workflow and of the workflows that it calls. */
function addCalls(
  project: Project,
  workflow: WorkflowResource,
  seen: Set<Address>,
  add: (address: Address) => void,
): void {
  if (seen.has(workflow.address)) return;
  seen.add(workflow.address);
  for (const step of workflow.dag) {
    add(callAddress(step.type, step.namespace, step.command));
    addReferences(project, step.parameters, add);
    const inner = step.type === "workflow" ? findWorkflow(project, step.namespace, step.command) : null;
    if (inner !== null) addCalls(project, inner, seen, add);
  }
}

function addReferences(
  project: Project,
  parameters: Readonly<Record<string, Json>>,
  add: (address: Address) => void,
): void {
  for (const [name, value] of Object.entries(parameters)) {
    for (const reference of referencesIn(value, name)) {
      if (reference.kind !== "resource") continue;
      const split = splitResourcePath(reference.path, (address) => project.resources.has(address));
      if (split !== null) add(split.address);
    }
  }
}
