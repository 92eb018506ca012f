/** Declarations as the JSON that the state keeps and the diff compares. They include descriptions; the digests that decide on runs leave them out. */
import { declaredWork, type Modules } from "../bundle/operator-digest.ts";
import type { Json, JsonObject } from "../json.ts";
import { formatDataType } from "../model/data-type.ts";
import type { ReadSettings } from "../model/read-settings.ts";
import type { Column, Schema } from "../model/schema.ts";
import type { OperatorDefinition, ParameterSpec } from "../operator/definition.ts";
import type {
  ConfigResource,
  DatabaseResource,
  DeploymentResource,
  Lifecycle,
  OperatorResource,
  StepSettings,
  TableResource,
  WorkflowResource,
} from "../project/resource.ts";

/** Without keys whose value is undefined, empty text or an empty list. */
function compact(values: Readonly<Record<string, Json | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(values).filter(
      ([, value]) => value !== undefined && value !== "" && !(Array.isArray(value) && value.length === 0),
    ),
  );
}

/** A config: roles and clients as written. */
export function declaredConfig(config: ConfigResource): JsonObject {
  const clients = Object.values(config.clients).map((client) => [
    client.name,
    { provider: client.provider, configuration: client.configuration },
  ]);
  return compact({
    description: config.description,
    engines: { ...config.engines },
    clients: Object.fromEntries(clients),
  });
}

/** An operator: its parameters, what it touches and its work. */
export function declaredOperator(operator: OperatorResource, modules: Modules): JsonObject {
  return compact({ description: operator.description, ...operatorContent(operator.definition, modules) });
}

function operatorContent(definition: OperatorDefinition, modules: Modules): Record<string, Json | undefined> {
  return {
    required: definition.parameters.required.map(declaredParameter),
    optional: definition.parameters.optional.map(declaredParameter),
    supported_configurations: definition.supportedConfigurations.map((set) => ({ ...set })),
    needs: [...definition.needs],
    reads: definition.reads.map((touch) => ({ ...touch })),
    writes: definition.writes.map((touch) => ({ ...touch })),
    outputs: definition.outputs.map((output) => ({ ...output })),
    repeatable: definition.repeatable || undefined,
    work: declaredWork(definition, modules),
  };
}

const declaredParameter = ({ description: _, ...rest }: ParameterSpec): Json =>
  ({ ...rest, ...(rest.values === undefined ? {} : { values: [...rest.values] }) }) as JsonObject;

/** A workflow: its DAG. */
export function declaredWorkflow(workflow: WorkflowResource, modules: Modules): JsonObject {
  return compact({
    description: workflow.description,
    name: workflow.name,
    dag: workflow.dag.map((step) =>
      compact({
        id: step.id,
        [step.type]: `${step.namespace}:${step.command}`,
        dependencies: [...step.dependencies],
        when: step.when === "succeeded" ? undefined : step.when,
        retry: step.retry,
        retry_max: step.retry === undefined ? undefined : step.retryMax,
        timeout: step.timeout,
        parameters: Object.keys(step.parameters).length === 0 ? undefined : step.parameters,
      }),
    ),
    supported_schedulers: [...workflow.supportedSchedulers],
    module: workflow.module === undefined ? undefined : (modules.get(workflow.module)?.digest ?? null),
  });
}

/** A database. */
export const declaredDatabase = (database: Pick<DatabaseResource, "name" | "location" | "comment">): JsonObject =>
  compact({ name: database.name, location: database.location, comment: database.comment });

/** Columns as text: `bigint`, `decimal(18,2) not null`. */
export const columnsText = (columns: Schema): JsonObject =>
  Object.fromEntries(columns.map((column) => [column.name, columnText(column)]));

function columnText(column: Column): string {
  const comment = column.comment === undefined || column.comment === "" ? "" : ` (${column.comment})`;
  return `${formatDataType(column.type)}${column.nullable ? "" : " not null"}${comment}`;
}

/** The compared part of a table, in one form for the declaration and for the real table. */
export function tableContent(
  table:
    | Pick<TableResource, "format" | "location" | "columns" | "partitions" | "settings">
    | {
        readonly format: string;
        readonly location: string;
        readonly columns: Schema;
        readonly partitions: Schema;
        readonly settings?: ReadSettings;
      },
): JsonObject {
  const { csv, files, onMismatch } = table.settings ?? {};
  return {
    format: table.format,
    location: table.location,
    columns: columnsText(table.columns),
    column_order: table.columns.map((column) => column.name),
    partitions: columnsText(table.partitions),
    ...(csv === undefined ? {} : { csv: csv as JsonObject }),
    ...(files === undefined ? {} : { files: files as JsonObject }),
    ...(onMismatch === undefined ? {} : { on_mismatch: onMismatch }),
  };
}

/** A deployment's schedule and labels, none of which changes what a run does. */
export function declaredSchedule(deployment: DeploymentResource): JsonObject {
  return compact({
    schedule: deployment.schedule,
    schedule_name: deployment.scheduleName,
    timezone: deployment.timezone,
    start: deployment.start,
    catchup: deployment.catchup,
    max_active_runs: deployment.maxActiveRuns,
    paused: deployment.paused || undefined,
    owner: deployment.owner,
    tags: [...deployment.tags],
    description: deployment.description,
  });
}

/** What a deployment runs, as it was written; the plan shows its changes. */
export function declaredBody(deployment: DeploymentResource): JsonObject {
  const { type, namespace, command } = deployment.target;
  return compact({
    [type]: `${namespace}:${command}`,
    config_id: deployment.configId,
    timeout: deployment.timeout,
    parameters: Object.keys(deployment.parameters).length === 0 ? undefined : deployment.parameters,
    steps: Object.keys(deployment.steps).length === 0 ? undefined : declaredSteps(deployment.steps),
  });
}

function declaredSteps(steps: Readonly<Record<string, StepSettings>>): JsonObject {
  return Object.fromEntries(
    Object.entries(steps).map(([id, step]) => [
      id,
      compact({
        config_id: step.configId,
        timeout: step.timeout,
        parameters: Object.keys(step.parameters).length === 0 ? undefined : step.parameters,
        steps: Object.keys(step.steps).length === 0 ? undefined : declaredSteps(step.steps),
      }),
    ]),
  );
}

/** The lifecycle settings that the state keeps; empty when all are at their defaults. */
export function lifecycleEntry(lifecycle: Lifecycle) {
  if (!lifecycle.preventDestroy && !lifecycle.deleteData) return {};
  return {
    lifecycle: {
      ...(lifecycle.preventDestroy ? { prevent_destroy: true } : {}),
      ...(lifecycle.deleteData ? { delete_data: true } : {}),
    },
  };
}
