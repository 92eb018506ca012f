/** One resource as JSON: the shapes of `mason get KIND NAME`. They never contain secrets. Fields are only ever added. */
import type { Json, JsonObject } from "../../json.ts";
import { formatDataType } from "../../model/data-type.ts";
import type { Schema } from "../../model/schema.ts";
import { allParameters, type OperatorDefinition, type ParameterSpec } from "../../operator/definition.ts";
import type {
  DatabaseResource,
  DeploymentResource,
  StepDeclaration,
  TableResource,
  WorkflowResource,
} from "../../project/resource.ts";
import type { Manifest } from "../../provider/contract.ts";
import { declaredBody, declaredSchedule, lifecycleEntry } from "../../state/declared.ts";

/** An operator: its parameter names as declared, and the types below `parameter_types`. */
export const operatorJson = (operator: OperatorDefinition, applied: string): JsonObject => ({
  namespace: operator.namespace,
  command: operator.command,
  description: operator.description,
  parameters: {
    required: operator.parameters.required.map((spec) => spec.name),
    optional: operator.parameters.optional.map((spec) => spec.name),
  },
  supported_configurations: operator.supportedConfigurations.map((set) => ({ ...set })),
  parameter_types: Object.fromEntries(allParameters(operator).map((spec) => [spec.name, typeJson(spec)])),
  outputs: operator.outputs.map((output) => output.name),
  needs: [...operator.needs],
  applied,
});

const typeJson = ({ type, description, default: otherwise, values }: ParameterSpec): JsonObject => ({
  type,
  ...(description === undefined ? {} : { description }),
  ...(otherwise === undefined ? {} : { default: otherwise }),
  ...(values === undefined ? {} : { values: [...values] }),
});

/** A workflow with its steps. */
export const workflowJson = (workflow: WorkflowResource, applied: string): JsonObject => ({
  namespace: workflow.namespace,
  command: workflow.command,
  name: workflow.name,
  description: workflow.description,
  dag: { steps: workflow.dag.map(stepJson) },
  supported_schedulers: [...workflow.supportedSchedulers],
  applied,
});

const stepJson = (step: StepDeclaration): Json => ({
  id: step.id,
  ...(step.type === "workflow" ? { type: step.type } : {}),
  namespace: step.namespace,
  command: step.command,
  dependencies: [...step.dependencies],
  retry_method: step.retry ?? null,
  retry_max: step.retry === undefined ? null : step.retryMax,
  when: step.when,
  ...(step.timeout === undefined ? {} : { timeout: step.timeout }),
  ...(Object.keys(step.parameters).length === 0 ? {} : { parameters: step.parameters }),
});

/** A deployment: its target and its schedule. */
export const deploymentJson = (deployment: DeploymentResource, applied: string): JsonObject => ({
  name: deployment.name,
  ...declaredBody(deployment),
  ...declaredSchedule(deployment),
  strict: deployment.strict,
  ...lifecycleEntry(deployment.lifecycle),
  applied,
});

/** A declared table. `mason run operator table get` shows the real one. */
export const tableJson = (table: TableResource, applied: string): JsonObject => ({
  database: table.database,
  name: table.name,
  ...(table.configId === undefined ? {} : { config_id: table.configId }),
  format: table.format,
  location: table.location,
  columns: columnsJson(table.columns),
  partitions: columnsJson(table.partitions),
  ...lifecycleEntry(table.lifecycle),
  applied,
});

const columnsJson = (columns: Schema): Json =>
  columns.map(({ name, type, nullable }) => ({ name, type: formatDataType(type), nullable }));

/** A declared database. */
export const databaseJson = (database: DatabaseResource, applied: string): JsonObject => ({
  name: database.name,
  ...(database.configId === undefined ? {} : { config_id: database.configId }),
  ...(database.location === undefined ? {} : { location: database.location }),
  ...(database.comment === undefined ? {} : { comment: database.comment }),
  ...lifecycleEntry(database.lifecycle),
  applied,
});

/** A provider: its roles with their verbs, and the settings of its clients. */
export const providerJson = (manifest: Manifest): JsonObject => ({
  name: manifest.name,
  description: manifest.description,
  engines: Object.fromEntries(Object.entries(manifest.engines).map(([role, verbs]) => [role, [...(verbs ?? [])]])),
  settings: Object.fromEntries(Object.entries(manifest.settings).map(([name, setting]) => [name, { ...setting }])),
  ...(manifest.scheduler === undefined ? {} : { scheduler: { ...manifest.scheduler } }),
});
