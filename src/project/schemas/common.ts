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
    prevent_destroy: {
      type: "boolean",
      description:
        "Refuses plans and runs that would delete or replace it. For a deployment, also what its runs left: only its own runs replace that.",
    },
    ignore_changes: {
      type: "array",
      items: text,
      description:
        "Attributes whose differences are ignored. For a table, files: its files are not compared with the catalogue. For a deployment, outputs: what its runs left is not checked.",
    },
    delete_data: { type: "boolean", description: "Deleting the table deletes its files too." },
  },
} as const;

export const onExisting = {
  enum: ["stop", "adopt"],
  description: "What to do when the object already exists.",
} as const;

export const parameters = { type: "object", description: "Values by parameter name." } as const;

const globs = { anyOf: [text, { type: "array", minItems: 1, items: text }] };

/** How delimited files are read. */
export const csvSettings = {
  type: "object",
  additionalProperties: false,
  description: "How delimited files are read; an absent setting is found in the files.",
  properties: {
    delimiter: { type: "string", description: "One character; comma, tab, pipe and semicolon are found." },
    header: { enum: ["auto", true, false], description: "Whether the first row names the columns; default auto." },
    quote: { type: "string", description: "The character that encloses values, or empty for none." },
    escape: { type: "string", description: "The character before a quote within quotes; default the quote itself." },
    null: { ...globs, description: "Texts that mean null; default the empty text." },
    encoding: { enum: ["utf-8", "utf-16", "latin-1"], description: "The encoding; default utf-8." },
    skip: { type: "integer", minimum: 0, description: "Lines to leave out before the header; 0 keeps them all." },
    decimal: { enum: [".", ","], description: "The decimal separator; default a point." },
    date_format: { type: "string", description: "The format of dates: %d.%m.%Y." },
    timestamp_format: { type: "string", description: "The format of timestamps: %d.%m.%Y %H:%M:%S." },
  },
} as const;

/** Which files are data. */
export const fileSettings = {
  type: "object",
  additionalProperties: false,
  description: "Which files below the location are data.",
  properties: {
    include: { ...globs, description: "Globs of the files to read; default all data files." },
    exclude: { ...globs, description: "Globs of the files to leave out." },
  },
} as const;

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
