/** The schema of mason.yaml, which has no `type`. */
import type { JsonObject } from "../../json.ts";
import { configId, described, description, name, text } from "./common.ts";

const variables = {
  type: "object",
  description:
    "Values that `${var.NAME}` stands for, in any resource. In SQL it is text within quotes, as in '${var.NAME}', and a part of the statement elsewhere.",
  additionalProperties: {
    type: "object",
    additionalProperties: false,
    properties: {
      type: described(
        { enum: ["string", "integer", "number", "boolean", "list", "map"] },
        "The type of its values; default string.",
      ),
      default: described({}, "The value when neither the environment nor --var gives one."),
      description,
      sensitive: described(
        { type: "boolean" },
        "The value is never shown, and only secret settings of clients take it.",
      ),
    },
  },
};

const state = {
  type: "object",
  description: "The place of the state; default the file mason.lock.",
  required: ["backend"],
  properties: {
    backend: described(text, "local, or a provider with a storage, such as s3; its settings go beside it."),
    path: described(text, "The lockfile of the backend local; default mason.lock."),
  },
};

const shared = { default_config: described(configId, "The config of resources that name none."), state };

/** The document of mason.yaml. */
export const project: JsonObject = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  $id: "https://mason.dev/schemas/project.json",
  title: "Mason project",
  description: "mason.yaml: the settings of a project.",
  type: "object",
  additionalProperties: false,
  properties: {
    name: described(name, "The name of the project."),
    requires: { type: "string", description: "The versions of Mason that may be used: >=0.1." },
    ...shared,
    variables,
    environments: {
      type: "object",
      description: "Settings by environment, which --env or MASON_ENV chooses; each has its own state.",
      additionalProperties: {
        type: "object",
        additionalProperties: false,
        properties: { ...shared, variables: described({ type: "object" }, "Values of variables in this environment.") },
      },
    },
    limits: {
      type: "object",
      description: "How much runs at once.",
      additionalProperties: false,
      properties: {
        parallelism: described({ type: "integer", minimum: 1 }, "Resources that are applied at once; default 10."),
        clients: described(
          { type: "object", additionalProperties: { type: "integer", minimum: 1 } },
          "Resources that are applied at once with one client, by its name; * stands for every client.",
        ),
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
        properties: {
          from: described(text, "The address of the resource, like table.sales.orders."),
          destroy: described(
            { type: "boolean" },
            "False: Mason forgets the resource and keeps the object; default true.",
          ),
        },
      },
    },
    retention: { type: "string", description: "How long runs and their logs are kept; default 90d." },
    providers: { type: "object", description: "Reserved for providers of third parties; refused by this version." },
  },
};
