/** The JSON Schema of a lockfile, as `mason schema state` prints it. Within one format, fields are only added. */
import type { JsonObject } from "../json.ts";

/** Format 1. */
export const lockfileSchema: JsonObject = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  $id: "https://mason.dev/schemas/state.json",
  title: "Mason state",
  description:
    "What was last applied: mason.lock, and what mason state pull prints. Fields are only added within one format.",
  type: "object",
  required: ["format", "mason", "lineage", "serial", "last_plan", "resources"],
  properties: {
    format: {
      const: 1,
    },
    mason: {
      type: "string",
      description: "The version that wrote it; part of no digest.",
    },
    lineage: {
      type: "string",
      description: "Names this state; objects that Mason makes carry it as their owner.",
    },
    serial: {
      type: "integer",
      minimum: 0,
      description: "Rises with every apply that changed anything.",
    },
    last_plan: {
      type: ["string", "null"],
      description: "The id of the plan that was applied last.",
    },
    resources: {
      type: "object",
      description: "By address, like table.sales.orders.",
      additionalProperties: {
        $ref: "#/$defs/entry",
      },
    },
  },
  $defs: {
    client: {
      type: "object",
      required: ["provider", "identity", "settings"],
      properties: {
        provider: {
          type: "string",
        },
        identity: {
          type: "object",
          description: "Account, endpoint, region or root; never a secret.",
        },
        settings: {
          type: "object",
          description: "As written: {{NAME}} is not filled in.",
        },
      },
    },
    entry: {
      type: "object",
      required: ["status", "digest", "declared", "depends_on"],
      properties: {
        status: {
          enum: ["applied", "failed"],
          description: "failed: its last run or change did not succeed.",
        },
        run: {
          type: "string",
          description: "The run that did not succeed.",
        },
        interrupted: {
          type: "boolean",
          description: "True if that run was interrupted.",
        },
        client: {
          $ref: "#/$defs/client",
          description: "The client that holds the object; absent for definitions.",
        },
        storage: {
          $ref: "#/$defs/client",
          description: "The storage of a table's data.",
        },
        digest: {
          type: "string",
          pattern: "^[0-9a-f]{64}$",
        },
        declared: {
          type: "object",
          description: "What was declared when it was applied.",
        },
        object: {
          type: "object",
          description: "The object as last seen.",
        },
        inputs: {
          type: "object",
          description: 'Fingerprints of the inputs at the start of the last run, by names like "table sales.orders".',
          additionalProperties: {
            type: "object",
            required: ["digest", "files", "bytes"],
            properties: {
              digest: {
                type: "string",
              },
              files: {
                type: "integer",
                minimum: 0,
              },
              bytes: {
                type: "integer",
                minimum: 0,
              },
            },
          },
        },
        lifecycle: {
          type: "object",
          properties: {
            prevent_destroy: {
              type: "boolean",
            },
            delete_data: {
              type: "boolean",
            },
          },
        },
        depends_on: {
          type: "array",
          items: {
            type: "string",
          },
          description: "Direct edges only.",
        },
      },
    },
  },
};
