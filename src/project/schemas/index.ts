/** The JSON Schema of each kind of document: what ajv checks, `mason schema` prints and editors complete from. */
import type { ResourceKind } from "../../address.ts";
import type { JsonObject } from "../../json.ts";
import {
  configId,
  csvSettings,
  described,
  description,
  fileSettings,
  lifecycle,
  name,
  onExisting,
  resourceSchema,
  text,
} from "./common.ts";
import { project } from "./mason-yaml.ts";
import { operator } from "./operator.ts";
import { deployment, workflow } from "./workflow.ts";

const config = resourceSchema("config", "Binds a client system to each engine role.", ["id"], {
  id: configId,
  description,
  metastore_engine: described(
    text,
    "The client that is the metastore engine: a name under `clients`, or of a provider.",
  ),
  storage_engine: described(text, "The client that is the storage engine: a name under `clients`, or of a provider."),
  execution_engine: described(
    text,
    "The client that is the execution engine: a name under `clients`, or of a provider.",
  ),
  scheduler_engine: described(
    text,
    "The client that is the scheduler engine: a name under `clients`, or of a provider.",
  ),
  clients: {
    type: "object",
    description: "Client systems by name. The name is a provider's, or `provider` names one.",
    additionalProperties: {
      type: "object",
      additionalProperties: false,
      properties: {
        provider: described(text, "The provider of the client; default the client's name."),
        configuration: described(
          { type: "object" },
          "Settings of the client. A value may be `{{NAME}}`, which is read from the environment; secret settings accept nothing else.",
        ),
      },
    },
  },
});

const database = resourceSchema("database", "A database of a metastore.", ["name"], {
  name: described(name, "The name of the database."),
  description,
  config_id: configId,
  location: described(text, "The directory of its tables, from the root of the storage."),
  comment: described(text, "A comment that the metastore keeps."),
  on_existing: onExisting,
  lifecycle,
});

const column = {
  type: "object",
  additionalProperties: false,
  required: ["name", "type"],
  properties: {
    name: described({ type: "string", minLength: 1 }, "The name of the column."),
    type: described(text, "The data type, like bigint, decimal(18,2) or array<string>."),
    nullable: described({ type: "boolean" }, "False: every row has a value; default true."),
    comment: described(text, "A comment that the metastore keeps."),
  },
};

const table = resourceSchema("table", "A table of a metastore.", ["database", "name", "columns"], {
  database: described(name, "The database of the table."),
  name: described(name, "The name of the table."),
  description,
  config_id: configId,
  format: described({ enum: ["csv", "json", "jsonl", "parquet"] }, "The format of its files; default parquet."),
  location: described(text, "The directory or file of its data, from the root of the storage; default DATABASE/NAME."),
  columns: described({ type: "array", minItems: 1, items: column }, "The columns in their order, without partitions."),
  partitions: described({ type: "array", items: column }, "The columns whose values are in the names of directories."),
  csv: csvSettings,
  files: fileSettings,
  on_mismatch: described(
    { enum: ["fail", "null", "skip_row", null] },
    "What becomes of a value that does not fit its column, when its files are read and when a step writes into it: the step fails (fail, the default), the value becomes null (null; where nullable is false, the step fails), or its row is left out (skip_row). A query holds only the columns that it reads to their types: a value in another column neither fails nor skips its row. The run's record has the counts and up to 100 of the values.",
  ),
  on_existing: onExisting,
  lifecycle,
});

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
