/**
 * Decodes one document into one resource. ajv has checked the document against the JSON Schema of its kind; this file gives every
 * field its default and its type. It knows no other resource.
 */
import {
  type Address,
  addressKind,
  configAddress,
  databaseAddress,
  deploymentAddress,
  type ResourceKind,
  tableAddress,
  workflowAddress,
} from "../address.ts";
import type { ClientDeclaration } from "../engine/config.ts";
import { engineRoles } from "../engine/roles.ts";
import type { Json, JsonObject } from "../json.ts";
import { parseDataType, unknown } from "../model/data-type.ts";
import { mismatchSetting, type ReadSettings, readCsvSettings, readFileSettings } from "../model/read-settings.ts";
import type { Column } from "../model/schema.ts";
import type { FileFormat } from "../model/table.ts";
import type { When } from "../model/when.ts";
import { besides, decodeOperator, type Surroundings } from "./decode-operator.ts";
import { list, object, optional, str } from "./decode-values.ts";
import type {
  ConfigResource,
  DatabaseResource,
  DeploymentResource,
  GivenParameters,
  Lifecycle,
  Origin,
  Resource,
  StepDeclaration,
  StepSettings,
  TableResource,
  WorkflowResource,
} from "./resource.ts";

/** Decodes a document that its schema accepts. */
export function decode(kind: ResourceKind, document: JsonObject, origin: Origin, around: Surroundings): Resource {
  const resource = decodeKind(kind, document, origin, around);
  const movedFrom = str(document.moved_from);
  if (movedFrom === undefined) return resource;
  return { ...resource, movedFrom: movedAddress(resource, movedFrom) };
}

/** The previous address as written, or completed where the kind was left out; a text that is no address stays for the rule to report. */
function movedAddress(resource: Resource, text: string): Address {
  const whole = `${resource.kind}.${text}`;
  const isShort =
    addressKind(text) === null &&
    addressKind(whole) !== null &&
    // A table stays in its database, so anything else before its name is no database.
    (resource.kind !== "table" || text.startsWith(`${resource.database}.`));
  return isShort ? whole : text;
}

function decodeKind(kind: ResourceKind, document: JsonObject, origin: Origin, around: Surroundings): Resource {
  switch (kind) {
    case "config":
      return decodeConfig(document, origin);
    case "operator":
      return decodeOperator(document, origin, around);
    case "workflow":
      return decodeWorkflow(document, origin, around);
    case "deployment":
      return decodeDeployment(document, origin);
    case "database":
      return decodeDatabase(document, origin);
    case "table":
      return decodeTable(document, origin);
  }
}

/** Parameters as given. A key without a value counts as not given, but its name is kept, since it may be no name at all. */
export function decodeParameters(value: Json | undefined): GivenParameters {
  const entries = Object.entries(object(value));
  const parameters = Object.fromEntries(entries.filter((entry): entry is [string, Json] => entry[1] != null));
  const valueless = entries.flatMap(([name, item]) => (item == null ? [name] : []));
  return { parameters, ...(valueless.length === 0 ? {} : { valueless }) };
}

function decodeConfig(document: JsonObject, origin: Origin): ConfigResource {
  const id = String(document.id);
  const clients: Record<string, ClientDeclaration> = {};
  for (const [name, client] of Object.entries(object(document.clients))) {
    const body = object(client);
    clients[name] = { name, provider: str(body.provider) ?? name, configuration: object(body.configuration) };
  }
  const engines = Object.fromEntries(
    engineRoles.flatMap((role) => {
      const client = str(document[`${role}_engine`]);
      return client === undefined || client === "" ? [] : [[role, client]];
    }),
  );
  // A client without settings need not be declared.
  for (const client of Object.values(engines))
    clients[client] ??= { name: client, provider: client, configuration: {} };
  return {
    kind: "config",
    address: configAddress(id),
    origin,
    description: str(document.description) ?? "",
    id,
    engines,
    clients,
  };
}

function decodeWorkflow(document: JsonObject, origin: Origin, around: Surroundings): WorkflowResource {
  const namespace = String(document.namespace);
  const command = String(document.command);
  return {
    kind: "workflow",
    address: workflowAddress(namespace, command),
    origin,
    description: str(document.description) ?? "",
    namespace,
    command,
    name: str(document.name) ?? `${namespace}_${command}`,
    dag: list<JsonObject>(document.dag).map(decodeStep),
    supportedSchedulers: list<string>(document.supported_schedulers),
    ...optional("module", besides(origin, str(document.module), "workflow", around)),
  };
}

/** Decodes a step. It names its call in one field (`operator: table:infer`) or in three (`type`, `namespace`, `command`). */
export function decodeStep(step: JsonObject): StepDeclaration {
  const short = str(step.operator) ?? str(step.workflow);
  const [namespace = "", command = ""] = short?.split(":") ?? [str(step.namespace) ?? "", str(step.command) ?? ""];
  return {
    id: String(step.id),
    type: step.workflow !== undefined || step.type === "workflow" ? "workflow" : "operator",
    namespace,
    command,
    callField: step.operator !== undefined ? "operator" : step.workflow !== undefined ? "workflow" : "command",
    dependencies: list<string>(step.dependencies),
    when: (str(step.when) ?? "succeeded") as When,
    ...optional("retry", str(step.retry)),
    retryMax: typeof step.retry_max === "number" ? step.retry_max : 7,
    ...optional("timeout", str(step.timeout)),
    ...decodeParameters(step.parameters),
  };
}

/** The settings that a deployment or a parameters file gives to steps. */
export function decodeSteps(value: Json | undefined): Readonly<Record<string, StepSettings>> {
  return Object.fromEntries(
    Object.entries(object(value)).map(([id, settings]) => {
      const body = object(settings);
      const decoded: StepSettings = {
        ...decodeParameters(body.parameters),
        ...optional("configId", str(body.config_id)),
        ...optional("timeout", str(body.timeout)),
        steps: decodeSteps(body.steps),
      };
      return [id, decoded];
    }),
  );
}

function decodeDeployment(document: JsonObject, origin: Origin): DeploymentResource {
  const name = String(document.name);
  const type = document.workflow === undefined ? "operator" : "workflow";
  const [namespace = "", command = ""] = (str(document[type]) ?? "").split(":");
  return {
    kind: "deployment",
    address: deploymentAddress(name),
    origin,
    description: str(document.description) ?? "",
    name,
    target: { type, namespace, command },
    ...optional("configId", str(document.config_id)),
    ...optional("schedule", str(document.schedule)),
    scheduleName: str(document.schedule_name) ?? name,
    timezone: str(document.timezone) ?? "UTC",
    ...optional("start", str(document.start)),
    catchup: (str(document.catchup) ?? "skip") as "skip",
    maxActiveRuns: typeof document.max_active_runs === "number" ? document.max_active_runs : 1,
    ...optional("timeout", str(document.timeout)),
    paused: document.paused === true,
    ...optional("owner", str(document.owner)),
    tags: list<string>(document.tags),
    strict: document.strict !== false,
    onExisting: document.on_existing === "adopt" ? "adopt" : "stop",
    lifecycle: decodeLifecycle(document.lifecycle),
    ...decodeParameters(document.parameters),
    steps: decodeSteps(document.steps),
  };
}

function decodeLifecycle(value: Json | undefined): Lifecycle {
  const body = object(value);
  return {
    preventDestroy: body.prevent_destroy === true,
    ignoreChanges: list<string>(body.ignore_changes),
    deleteData: body.delete_data === true,
  };
}

function decodeDatabase(document: JsonObject, origin: Origin): DatabaseResource {
  const name = String(document.name);
  return {
    kind: "database",
    address: databaseAddress(name),
    origin,
    description: str(document.description) ?? "",
    name,
    ...optional("configId", str(document.config_id)),
    ...optional("location", str(document.location)),
    ...optional("comment", str(document.comment)),
    onExisting: document.on_existing === "adopt" ? "adopt" : "stop",
    lifecycle: decodeLifecycle(document.lifecycle),
  };
}

function decodeTable(document: JsonObject, origin: Origin): TableResource {
  const database = String(document.database);
  const name = String(document.name);
  return {
    kind: "table",
    address: tableAddress(database, name),
    origin,
    description: str(document.description) ?? "",
    database,
    name,
    ...optional("configId", str(document.config_id)),
    format: (str(document.format) ?? "parquet") as FileFormat,
    location: str(document.location) ?? `${database}/${name}`,
    columns: list<JsonObject>(document.columns).map(decodeColumn),
    partitions: list<JsonObject>(document.partitions).map(decodeColumn),
    ...unknownTypes(document),
    ...decodeSettings(document),
    onExisting: document.on_existing === "adopt" ? "adopt" : "stop",
    lifecycle: decodeLifecycle(document.lifecycle),
  };
}

function unknownTypes(document: JsonObject): Pick<TableResource, "unknownTypes"> {
  const found = ["columns", "partitions"].flatMap((name) =>
    list<JsonObject>(document[name]).flatMap(({ type }, index): [string, string][] =>
      parseDataType(String(type)) === null ? [[`${name}.${index}`, String(type)]] : [],
    ),
  );
  return found.length === 0 ? {} : { unknownTypes: new Map(found) };
}

function decodeSettings({ csv, files, on_mismatch }: JsonObject): Pick<TableResource, "settings" | "settingProblems"> {
  const [ofCsv, ofFiles] = [
    csv === undefined ? null : readCsvSettings(csv),
    files === undefined ? null : readFileSettings(files),
  ];
  const problems = [
    ...(ofCsv?.ok === false ? ofCsv.problems.map((problem) => ({ setting: "csv" as const, problem })) : []),
    ...(ofFiles?.ok === false ? ofFiles.problems.map((problem) => ({ setting: "files" as const, problem })) : []),
  ];
  const settings: ReadSettings = {
    ...(ofCsv?.ok === true && Object.keys(ofCsv.value).length > 0 ? { csv: ofCsv.value } : {}),
    ...(ofFiles?.ok === true && Object.keys(ofFiles.value).length > 0 ? { files: ofFiles.value } : {}),
    // YAML's null is the word without quotes.
    ...mismatchSetting(on_mismatch === null ? "null" : on_mismatch),
  };
  return {
    ...(Object.keys(settings).length === 0 ? {} : { settings }),
    ...(problems.length === 0 ? {} : { settingProblems: problems }),
  };
}

function decodeColumn(value: JsonObject): Column {
  return {
    name: String(value.name),
    type: parseDataType(String(value.type)) ?? unknown,
    nullable: value.nullable !== false,
    ...optional("comment", str(value.comment)),
  };
}
