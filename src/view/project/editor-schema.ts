/**
 * The JSON Schemas for editors: those of all kinds, with the operators, workflows and configs of a project and the settings of the
 * providers. They serve completion and quick checks; `mason validate` decides.
 */
import { isObject, type Json, type JsonObject } from "../../json.ts";
import { allParameters, type OperatorDefinition, operatorName, type ParameterSpec } from "../../operator/definition.ts";
import { schemas } from "../../project/schemas/index.ts";
import type { Manifest, Setting } from "../../provider/contract.ts";

/** What a project and its providers offer to complete. */
export interface Known {
  readonly operators: readonly OperatorDefinition[];
  readonly workflows: readonly string[];
  readonly configs: readonly string[];
  readonly manifests: readonly Manifest[];
}

/** The schemas by kind, filled with what is known. */
export function editorSchemas(known: Known): Readonly<Record<string, JsonObject>> {
  return {
    ...schemas,
    config: withProperties(schemas.config, { clients: clients(schemas.config, known.manifests) }),
    deployment: {
      ...withProperties(schemas.deployment, {
        operator: { enum: known.operators.map(operatorName) },
        workflow: known.workflows.length === 0 ? { type: "string" } : { enum: [...known.workflows] },
        config_id: configIds(schemas.deployment, known),
      }),
      allOf: known.operators.map((operator) => withParameters(operator, true)),
    },
    workflow: withProperties(schemas.workflow, { dag: dag(schemas.workflow, known) }),
    database: withProperties(schemas.database, { config_id: configIds(schemas.database, known) }),
    table: withProperties(schemas.table, { config_id: configIds(schemas.table, known) }),
  };
}

/** One schema for every document with a `type`; `$defs.project` describes mason.yaml. A wrong `type` is one problem, not one a kind. */
export function allSchemas(known: Known): JsonObject {
  const all = editorSchemas(known);
  const kinds = Object.keys(all).filter((kind) => kind !== "project");
  const inside = ({ $schema, $id, ...rest }: JsonObject): JsonObject => rest;
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: "https://mason.dev/schemas/all.json",
    title: "Mason",
    description: "A document of a Mason project.",
    type: "object",
    required: ["type"],
    properties: { type: { enum: kinds, description: "The kind of the document." } },
    allOf: kinds.map((kind) => follows(has("type", kind), { $ref: `#/$defs/${kind}` })),
    $defs: Object.fromEntries(Object.entries(all).map(([kind, schema]) => [kind, inside(schema)])),
  };
}

const partOf = (schema: Json | undefined, name: string): JsonObject => {
  const part = isObject(schema) ? schema[name] : undefined;
  return isObject(part) ? part : {};
};

const withProperties = (schema: JsonObject, properties: JsonObject): JsonObject => ({
  ...schema,
  properties: { ...partOf(schema, "properties"), ...properties },
});

function configIds(schema: JsonObject, { configs }: Known): JsonObject {
  const own = partOf(schema.properties, "config_id");
  const numbers = configs.filter((id) => /^\d+$/.test(id)).map(Number);
  return configs.length === 0 ? own : { ...own, enum: [...configs, ...numbers] };
}

/** The schema "if the condition holds, so does the other schema". */
const follows = (condition: JsonObject, schema: JsonObject): JsonObject =>
  Object.fromEntries([
    ["if", condition],
    // biome-ignore lint/suspicious/noThenProperty: It is a keyword of JSON Schema.
    ["then", schema],
  ]);

const has = (property: string, value: string): JsonObject => ({
  required: [property],
  properties: { [property]: { const: value } },
});

/** The condition "this operator", and the parameters that follow from it. */
function withParameters(operator: OperatorDefinition, whole: boolean): JsonObject {
  const required = operator.parameters.required.map((spec) => spec.name);
  const isNeeded = whole && required.length > 0;
  return follows(has("operator", operatorName(operator)), {
    ...(isNeeded ? { required: ["parameters"] } : {}),
    properties: {
      parameters: {
        type: "object",
        additionalProperties: false,
        ...(isNeeded ? { required } : {}),
        properties: Object.fromEntries(allParameters(operator).map((spec) => [spec.name, parameterSchema(spec)])),
      },
    },
  });
}

const reference = { type: "string", pattern: "\\$\\{|<<PULLED FROM" } as const;

function parameterSchema(spec: ParameterSpec): JsonObject {
  const type = spec.least === undefined ? typeSchemas[spec.type] : { ...typeSchemas[spec.type], minimum: spec.least };
  const value = spec.values === undefined ? type : { enum: [...spec.values] };
  return {
    ...(spec.description === undefined ? {} : { description: spec.description }),
    ...(spec.default === undefined ? {} : { default: spec.default }),
    anyOf: [value, reference],
  };
}

const text = { type: "string" } as const;
const typeSchemas: Readonly<Record<ParameterSpec["type"], JsonObject>> = {
  string: { type: ["string", "number", "boolean"] },
  integer: { type: "integer" },
  number: { type: "number" },
  boolean: { type: "boolean" },
  date: text,
  timestamp: text,
  list: { type: "array" },
  map: { type: "object" },
  size: { anyOf: [{ type: "integer", minimum: 1 }, { const: "all" }] },
  table: text,
  column: text,
  path: text,
  sql: text,
};

function dag(workflow: JsonObject, { operators }: Known): JsonObject {
  const own = partOf(workflow.properties, "dag");
  const step = withProperties(partOf(own, "items"), { operator: { enum: operators.map(operatorName) } });
  return { ...own, items: { ...step, allOf: operators.map((operator) => withParameters(operator, false)) } };
}

/** Clients by name: a name is its provider's, or names one with `provider`. */
function clients(config: JsonObject, manifests: readonly Manifest[]): JsonObject {
  const own = partOf(config.properties, "clients");
  const client = withProperties(partOf(own, "additionalProperties"), {
    provider: { enum: manifests.map(({ name }) => name) },
  });
  const settings = (manifest: Manifest): JsonObject => ({ properties: { configuration: settingsSchema(manifest) } });
  const named: JsonObject = {
    ...client,
    allOf: manifests.map((manifest) => follows(has("provider", manifest.name), settings(manifest))),
  };
  return {
    ...own,
    properties: Object.fromEntries(
      manifests.map((manifest) => [
        manifest.name,
        { ...named, ...follows({ not: { required: ["provider"] } }, settings(manifest)) },
      ]),
    ),
    additionalProperties: named,
  };
}

const settingsSchema = ({ settings }: Manifest): JsonObject => ({
  type: "object",
  additionalProperties: false,
  properties: Object.fromEntries(Object.entries(settings).map(([name, setting]) => [name, settingSchema(setting)])),
});

const fromEnvironment = { type: "string", pattern: "^(\\{\\{.+\\}\\}|\\$\\{.+\\})$" } as const;

function settingSchema(setting: Setting): JsonObject {
  const type = setting.type === "integer" || setting.type === "boolean" ? setting.type : "string";
  return {
    description: setting.description,
    ...(setting.default === undefined ? {} : { default: setting.default }),
    ...(setting.secret === true ? fromEnvironment : { anyOf: [{ type }, fromEnvironment] }),
  };
}
