/** The JSON Schema of each kind of document: what ajv checks, `mason schema` prints and editors complete from. */
import type { ResourceKind } from "../../address.ts";
import type { JsonObject } from "../../json.ts";
import { parameterTypes } from "../../operator/definition.ts";
import {
  call,
  configId,
  csvSettings,
  duration,
  fileSettings,
  lifecycle,
  name,
  onExisting,
  parameters,
  resourceSchema,
  text,
} from "./common.ts";

const config = resourceSchema("config", "Binds a client system to each engine role.", ["id"], {
  id: configId,
  description: text,
  metastore_engine: text,
  storage_engine: text,
  execution_engine: text,
  scheduler_engine: text,
  clients: {
    type: "object",
    description: "Client systems by name; a name is its provider's name, or names one with `provider`.",
    additionalProperties: {
      type: "object",
      additionalProperties: false,
      properties: { provider: text, configuration: { type: "object" } },
    },
  },
});

const parameter = {
  anyOf: [
    name,
    {
      type: "object",
      additionalProperties: false,
      required: ["name"],
      properties: {
        name,
        type: { enum: [...parameterTypes] },
        default: {},
        description: text,
        values: { type: "array", items: text },
      },
    },
  ],
};

const touches = {
  type: "array",
  items: {
    type: "object",
    additionalProperties: false,
    minProperties: 1,
    maxProperties: 1,
    properties: { table: text, path: text },
  },
};

const operator = resourceSchema("operator", "Parameterised data work.", ["namespace", "command"], {
  namespace: name,
  command: name,
  description: text,
  parameters: {
    type: "object",
    additionalProperties: false,
    properties: { required: { type: "array", items: parameter }, optional: { type: "array", items: parameter } },
  },
  supported_configurations: {
    type: "array",
    items: {
      type: "object",
      additionalProperties: false,
      properties: { metastore: text, storage: text, execution: text, scheduler: text },
    },
  },
  needs: { type: "array", items: { type: "string", pattern: "^(metastore|storage|execution|scheduler)\\.[A-Za-z]+$" } },
  reads: touches,
  writes: touches,
  outputs: {
    type: "array",
    items: {
      anyOf: [
        name,
        {
          type: "object",
          additionalProperties: false,
          required: ["name"],
          properties: { name, type: { enum: [...parameterTypes] } },
        },
      ],
    },
  },
  repeatable: { type: "boolean" },
  sql: text,
  module: {
    type: "string",
    description: "The module that does the work, next to this file; default operator.ts or operator.js.",
  },
  override: { type: "boolean", description: "Takes the place of a built-in operator of the same name." },
});

const step = {
  type: "object",
  additionalProperties: false,
  required: ["id"],
  properties: {
    id: name,
    type: { enum: ["operator", "workflow"] },
    namespace: name,
    command: name,
    operator: call,
    workflow: call,
    dependencies: { type: "array", items: text },
    when: { enum: ["succeeded", "failed", "always"] },
    retry: { type: "string", description: "exponential(SECONDS) or constant(SECONDS)." },
    retry_max: { type: "integer", minimum: 0, maximum: 1000, description: "Tries after the first." },
    timeout: duration,
    parameters,
  },
};

const workflow = resourceSchema("workflow", "A DAG of operators and workflows.", ["namespace", "command", "dag"], {
  namespace: name,
  command: name,
  name: text,
  description: text,
  dag: { type: "array", minItems: 1, items: step },
  supported_schedulers: { type: "array", items: text },
  module: {
    type: "string",
    description: "A module that exports step(current, next); default workflow.ts or workflow.js, if there is one.",
  },
});

const deploymentStep: JsonObject = {
  type: "object",
  additionalProperties: false,
  properties: {
    parameters,
    config_id: configId,
    timeout: duration,
    steps: { type: "object", description: "The steps of a step that is a workflow." },
  },
};

/** Settings that a parameters file of a workflow may hold beside its steps. */
export const deploymentSettings = {
  schedule: { type: "string", description: "Five-field cron, or @hourly, @daily, @weekly, @monthly, @yearly." },
  schedule_name: name,
  strict: { type: "boolean", description: "False: invalid steps are dropped and named." },
};

const deployment = resourceSchema(
  "deployment",
  "A workflow or operator with its config, parameters and schedule.",
  ["name"],
  {
    name,
    description: text,
    workflow: call,
    operator: call,
    config_id: configId,
    ...deploymentSettings,
    timezone: { type: "string", description: "IANA name; default UTC." },
    start: { type: "string", description: "Date or instant before which nothing fires." },
    catchup: { enum: ["skip", "latest", "all"] },
    max_active_runs: { type: "integer", minimum: 1 },
    timeout: duration,
    paused: { type: "boolean" },
    owner: text,
    tags: { type: "array", items: text },
    on_existing: onExisting,
    lifecycle,
    parameters,
    steps: { type: "object", additionalProperties: deploymentStep },
  },
);

const database = resourceSchema("database", "A database of a metastore.", ["name"], {
  name,
  description: text,
  config_id: configId,
  location: text,
  comment: text,
  on_existing: onExisting,
  lifecycle,
});

const column = {
  type: "object",
  additionalProperties: false,
  required: ["name", "type"],
  properties: { name: { type: "string", minLength: 1 }, type: text, nullable: { type: "boolean" }, comment: text },
};

const table = resourceSchema("table", "A table of a metastore.", ["database", "name", "columns"], {
  database: name,
  name,
  description: text,
  config_id: configId,
  format: { enum: ["csv", "json", "jsonl", "parquet"] },
  location: text,
  columns: { type: "array", minItems: 1, items: column },
  partitions: { type: "array", items: column },
  csv: csvSettings,
  files: fileSettings,
  on_existing: onExisting,
  lifecycle,
});

const variables = {
  type: "object",
  additionalProperties: {
    type: "object",
    additionalProperties: false,
    properties: {
      type: { enum: ["string", "integer", "number", "boolean", "list", "map"] },
      default: {},
      description: text,
      sensitive: { type: "boolean" },
    },
  },
};

const state = {
  type: "object",
  required: ["backend"],
  properties: { backend: { type: "string" }, path: text },
};

const shared = { default_config: configId, state };

/** `mason.yaml`; it has no `type`. */
const project: JsonObject = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  $id: "https://mason.dev/schemas/project.json",
  title: "Mason project",
  description: "mason.yaml: the settings of a project.",
  type: "object",
  additionalProperties: false,
  properties: {
    name,
    requires: { type: "string", description: "The versions of Mason that may be used: >=0.1." },
    ...shared,
    variables,
    environments: {
      type: "object",
      additionalProperties: {
        type: "object",
        additionalProperties: false,
        properties: { ...shared, variables: { type: "object" } },
      },
    },
    limits: {
      type: "object",
      additionalProperties: false,
      properties: {
        parallelism: { type: "integer", minimum: 1 },
        clients: { type: "object", additionalProperties: { type: "integer", minimum: 1 } },
      },
    },
    removed: {
      type: "array",
      description:
        "Resources that are no longer declared; with destroy: false Mason forgets them and leaves the object.",
      items: {
        type: "object",
        additionalProperties: false,
        required: ["from"],
        properties: { from: text, destroy: { type: "boolean" } },
      },
    },
    retention: { type: "string", description: "How long runs and their logs are kept; default 90d." },
    providers: { type: "object", description: "Reserved for providers of third parties." },
  },
};

/** Schemas by kind; `project` is that of mason.yaml. */
export const schemas: Readonly<Record<ResourceKind | "project", JsonObject>> = {
  project,
  config,
  operator,
  workflow,
  deployment,
  database,
  table,
};
