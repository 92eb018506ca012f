/** Parts shared by the schemas of several kinds, in JSON Schema draft 2020-12 without `$ref`: each schema stands alone. */
import type { JsonObject } from "../../json.ts";

export const name = { type: "string", pattern: "^[A-Za-z0-9_][A-Za-z0-9_.-]*$", maxLength: 255 } as const;
export const text = { type: "string" } as const;
export const duration = { type: "string", description: "A duration: 90s, 30m, 2h, 1h30m, 1d." } as const;

/** `namespace:command`. */
export const call = { type: "string", pattern: "^[A-Za-z0-9_][A-Za-z0-9_.-]*:[A-Za-z0-9_][A-Za-z0-9_.-]*$" } as const;

/** A part of a schema with what an editor says about it. */
export const described = (schema: JsonObject, description: string): JsonObject => ({ ...schema, description });

/** The description that every resource may have. */
export const description = described(text, "A few words for people; it changes nothing else.");

export const configId = { type: ["string", "integer"], description: "The id of a config." } as const;

export const lifecycle = {
  type: "object",
  additionalProperties: false,
  description: "How the resource is changed and removed.",
  properties: {
    prevent_destroy: { type: "boolean", description: "Plans that would delete or replace it stop." },
    ignore_changes: {
      type: "array",
      items: text,
      description:
        "Attributes whose difference is left alone. Of a table, files: its files are not compared with the catalogue. Of a deployment, outputs: what its runs left is not looked at.",
    },
    delete_data: { type: "boolean", description: "Deleting the table deletes its files too." },
  },
} as const;

export const onExisting = {
  enum: ["stop", "adopt"],
  description: "What to do when the object is already there.",
} as const;

export const parameters = { type: "object", description: "Values by parameter name." } as const;

const movedFrom = {
  type: "string",
  description: "The address that it had before: it keeps its object and its history.",
} as const;

/** The schema of a resource: an object with a fixed `type` and only the named properties. */
export function resourceSchema(
  type: string,
  description: string,
  required: readonly string[],
  properties: JsonObject,
): JsonObject {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: `https://mason.dev/schemas/${type}.json`,
    title: `Mason ${type}`,
    description,
    type: "object",
    additionalProperties: false,
    required: ["type", ...required],
    properties: {
      type: { const: type, description: `A ${type}: ${description}` },
      moved_from: movedFrom,
      ...properties,
    },
  };
}
