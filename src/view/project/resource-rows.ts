/** Rows of `mason get`, one for each resource, for tables and JSON; and lists of rows as text. */
import type { JsonObject } from "../../json.ts";
import type {
  DatabaseResource,
  DeploymentResource,
  OperatorResource,
  TableResource,
  WorkflowResource,
} from "../../project/resource.ts";
import type { Manifest } from "../../provider/contract.ts";
import type { TextOptions } from "../plan/plan-text.ts";
import { rowsText } from "../run/data-text.ts";
import type { ConfigView } from "./config-json.ts";

/** The row of an operator or workflow. */
export function callableRow(resource: OperatorResource | WorkflowResource, applied: string): JsonObject {
  const { namespace, command } = resource.kind === "operator" ? resource.definition : resource;
  return { namespace, command, description: resource.description, applied };
}

/** The row of a config: the client of each role, and whether it is the current one. */
export const configRow = ({ config, current, applied }: ConfigView): JsonObject => ({
  current,
  id: config.id,
  execution: config.engines.execution ?? "",
  metastore: config.engines.metastore ?? "",
  storage: config.engines.storage ?? "",
  scheduler: config.engines.scheduler ?? "",
  applied,
});

/** The row of a deployment. */
export const deploymentRow = (deployment: DeploymentResource, applied: string): JsonObject => ({
  name: deployment.name,
  runs: `${deployment.target.type} ${deployment.target.namespace}:${deployment.target.command}`,
  config: deployment.configId ?? "default",
  schedule: deployment.schedule ?? "",
  timezone: deployment.timezone,
  applied,
});

/** The row of a declared table. */
export const tableRow = (table: TableResource, applied: string): JsonObject => ({
  database: table.database,
  name: table.name,
  config: table.configId ?? "default",
  format: table.format,
  location: table.location,
  columns: table.columns.length + table.partitions.length,
  applied,
});

/** The row of a declared database. */
export const databaseRow = (database: DatabaseResource, applied: string): JsonObject => ({
  name: database.name,
  config: database.configId ?? "default",
  location: database.location ?? "",
  applied,
});

/** The row of a provider, with its roles. */
export const providerRow = (manifest: Manifest): JsonObject => ({
  name: manifest.name,
  engines: Object.keys(manifest.engines).join(", "),
  description: manifest.description,
});

/** A list with its title. */
export interface ResourceList {
  /** `Operators`. */
  readonly title: string;
  readonly rows: readonly JsonObject[];
}

/** Lists as text; several lists get titles. */
export function listsText(lists: readonly ResourceList[], options: TextOptions): string {
  return lists
    .map(({ title, rows }) => {
      const body = rows.length === 0 ? `No ${title.toLowerCase()}.\n` : rowsText(rows.map(marked), options);
      return lists.length === 1 ? body : `${title}\n\n${body}`;
    })
    .join("\n");
}

/** A row for text, with `*` for true. */
const marked = (row: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, value === true ? "*" : value === false ? "" : value]),
  );
