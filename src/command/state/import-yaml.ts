/** The YAML of an imported object: a new document, or a declaration edited to match the object. */
import { join } from "node:path";
import { type Address, kindOf, nameOf } from "../../address.ts";
import { fail } from "../../diagnostic/diagnostic.ts";
import { fileExists, writeFileWhole } from "../../io/disk.ts";
import { rewriteFile } from "../../io/rewrite-file.ts";
import { type Json, type JsonObject, sameJson } from "../../json.ts";
import { formatDataType } from "../../model/data-type.ts";
import type { Schedule } from "../../model/schedule.ts";
import type { Column } from "../../model/schema.ts";
import type { Database, Table } from "../../model/table.ts";
import type { Project } from "../../project/project.ts";
import type { DatabaseResource, DeploymentResource, TableResource } from "../../project/resource.ts";
import { editDocument } from "../../project/yaml/edit-yaml.ts";

/** Attributes as YAML writes them; one at its default is `undefined`. */
export type Attributes = Readonly<Record<string, Json | undefined>>;

/** The attributes that declare this table. */
export const tableAttributes = (table: Pick<Table, "format" | "location" | "columns" | "partitions">): Attributes => ({
  format: table.format,
  location: table.location,
  columns: table.columns.map(columnAttributes),
  partitions: table.partitions.length === 0 ? undefined : table.partitions.map(columnAttributes),
});

const columnAttributes = ({ name, type, nullable, comment }: Column): JsonObject => ({
  name,
  type: formatDataType(type),
  ...(nullable ? {} : { nullable: false }),
  ...(comment === undefined ? {} : { comment }),
});

/** The attributes that declare this database. */
export const databaseAttributes = ({ location, comment }: Pick<Database, "location" | "comment">): Attributes => ({
  location,
  comment,
});

/** The attributes of a deployment that declare this schedule. */
export const scheduleAttributes = ({
  cron,
  timezone,
  start,
  catchup,
  maxActiveRuns,
  paused,
}: Schedule): Attributes => ({
  schedule: cron,
  timezone: timezone === "UTC" ? undefined : timezone,
  start,
  catchup: catchup === "skip" ? undefined : catchup,
  max_active_runs: maxActiveRuns === 1 ? undefined : maxActiveRuns,
  paused: paused ? true : undefined,
});

/** A resource whose declaration can be edited to match its object. */
export type Declared = DatabaseResource | TableResource | DeploymentResource;

function declaredAttributes(resource: Declared): Attributes {
  switch (resource.kind) {
    case "database":
      return databaseAttributes(resource);
    case "table":
      return tableAttributes(resource);
    case "deployment":
      return scheduleAttributes({
        ...resource,
        ...(resource.schedule === undefined ? {} : { cron: resource.schedule }),
      });
  }
}

/** The text of a new document, for a table or a database: a registration does not tell what a deployment runs. */
export function newYaml(address: Address, configId: string, attributes: Attributes): string {
  const [database = "", ...rest] = nameOf(address).split(".");
  const quoted = (value: Json) => JSON.stringify(value);
  const name =
    kindOf(address) === "table"
      ? [`database: ${quoted(database)}`, `name: ${quoted(rest.join("."))}`]
      : [`name: ${quoted(nameOf(address))}`];
  const start = [`type: ${kindOf(address)}`, ...name, `config_id: ${quoted(configId)}`];
  return [...start, ...attributeLines(attributes), ""].join("\n");
}

const attributeLines = (attributes: Attributes): readonly string[] =>
  Object.entries(attributes).flatMap(([key, value]): readonly string[] => {
    if (value === undefined) return [];
    if (!Array.isArray(value)) return [`${key}: ${JSON.stringify(value)}`];
    return [`${key}:`, ...value.map((item) => `  - ${flowMap(item as JsonObject)}`)];
  });

const flowMap = (item: JsonObject): string =>
  `{ ${Object.entries(item)
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}`)
    .join(", ")} }`;

/** Writes a new file and returns its path from the project's root. */
export function writeNewYaml(project: Project, address: Address, yaml: string): string {
  const file = `${kindOf(address)}s/${nameOf(address).replaceAll("/", "_")}.yaml`;
  const path = join(project.root, file);
  if (fileExists(path))
    return fail({
      code: "import/file-exists",
      summary: "File exists",
      detail: `"${file}" already exists and would be overwritten. Move it, or declare the resource in it by hand.`,
    });
  writeFileWhole(path, yaml);
  return file;
}

/** Edits a declaration to match its object; returns the file if it had to be changed. */
export function editYaml(project: Project, resource: Declared, wanted: Attributes): string | undefined {
  const declared = declaredAttributes(resource);
  const edits = Object.fromEntries(
    Object.entries(wanted)
      .filter(([key, value]) => !sameJson(value, declared[key]))
      .map(([key, after]) => [key, { before: declared[key], after }]),
  );
  const keys = Object.keys(edits);
  if (keys.length === 0) return undefined;
  const { origin } = resource;
  const text = origin === undefined ? null : project.textOf(origin.file);
  const edited =
    origin === undefined || text === null ? null : editDocument({ file: origin.file, text }, origin.document, edits);
  if (origin === undefined || edited === null)
    return fail({
      code: "import/edit-by-hand",
      summary: "Declaration can't be edited",
      detail: `Mason can't safely change the ${keys.join(", ")} of "${resource.address}" in its YAML. Change it by hand to:\n\n${attributeLines(Object.fromEntries(keys.map((key) => [key, wanted[key]]))).join("\n")}`,
    });
  rewriteFile(join(project.root, origin.file), edited);
  return origin.file;
}
