/** The schema of operators. */
import { parameterTypes } from "../../operator/definition.ts";
import { described, description, name, resourceSchema, text } from "./common.ts";

const parameter = {
  anyOf: [
    name,
    {
      type: "object",
      additionalProperties: false,
      required: ["name"],
      properties: {
        name: described(name, "The name of the parameter."),
        type: described({ enum: [...parameterTypes] }, "The type of its values; default string."),
        default: described({}, "The value of the parameter when none is given."),
        description,
        values: described({ type: "array", items: text }, "The only values that are allowed."),
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
    properties: {
      table: described(text, "A table, DATABASE.TABLE; `${name}` stands for a parameter."),
      path: described(text, "A path of the storage; `${name}` stands for a parameter."),
    },
  },
};

/** An operator document. */
export const operator = resourceSchema("operator", "Parameterised data work.", ["namespace", "command"], {
  namespace: described(name, "The first part of the operator's name, NAMESPACE:COMMAND."),
  command: described(name, "The second part of the operator's name, NAMESPACE:COMMAND."),
  description,
  parameters: {
    type: "object",
    description: "The parameters that the operator takes.",
    additionalProperties: false,
    properties: {
      required: described(
        { type: "array", items: parameter },
        "Parameters that must be given: names, or typed parameters.",
      ),
      optional: described(
        { type: "array", items: parameter },
        "Parameters that may be given: names, or typed parameters.",
      ),
    },
  },
  supported_configurations: {
    type: "array",
    description: "Sets of engine and provider; a config must fit one of them. Absent: any config.",
    items: {
      type: "object",
      additionalProperties: false,
      properties: {
        metastore: described(text, "The provider of the metastore engine."),
        storage: described(text, "The provider of the storage engine."),
        execution: described(text, "The provider of the execution engine."),
        scheduler: described(text, "The provider of the scheduler engine."),
      },
    },
  },
  needs: {
    description: "The verbs of engines that the operator calls, like metastore.getTable.",
    type: "array",
    items: { type: "string", pattern: "^(metastore|storage|execution|scheduler)\\.[A-Za-z]+$" },
  },
  reads: described(touches, "Tables and paths that the operator reads."),
  writes: described(touches, "Tables and paths that the operator writes."),
  outputs: {
    type: "array",
    description: "Values that the operator returns and later steps may pull.",
    items: {
      anyOf: [
        name,
        {
          type: "object",
          additionalProperties: false,
          required: ["name"],
          properties: {
            name: described(name, "The name of the output."),
            type: described({ enum: [...parameterTypes] }, "The type of its values; default string."),
          },
        },
      ],
    },
  },
  repeatable: described({ type: "boolean" }, "Running it again with the same inputs does no harm."),
  sql: described(text, "The query; `$name` is the value of a parameter, quoted for its type."),
  module: {
    type: "string",
    description: "The module that does the work, next to this file; default operator.ts or operator.js.",
  },
  override: { type: "boolean", description: "Replaces a built-in operator with the same name." },
});
