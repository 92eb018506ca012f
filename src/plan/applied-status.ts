/** Compares a declaration with what was last applied, by the state alone. No real object is read. */
import type { Modules } from "../bundle/operator-digest.ts";
import { digest, type JsonObject, sameJson } from "../json.ts";
import type { DeploymentResource, Resource } from "../project/resource.ts";
import {
  declaredBody,
  declaredConfig,
  declaredDatabase,
  declaredOperator,
  declaredSchedule,
  declaredWorkflow,
  tableContent,
} from "../state/declared.ts";
import type { Entry } from "../state/state.ts";

/** `yes`: applied as declared. `changed`: applied in another form. `no`: not applied yet. `failed`: its last run or change failed. */
export type AppliedStatus = "yes" | "changed" | "no" | "failed";

/** Compares a resource with its entry of the state. */
export function appliedStatus(resource: Resource, entry: Entry | undefined, modules: Modules): AppliedStatus {
  if (entry === undefined) return "no";
  if (!isSame(resource, entry, modules)) return "changed";
  return entry.status === "failed" ? "failed" : "yes";
}

function isSame(resource: Resource, entry: Entry, modules: Modules): boolean {
  switch (resource.kind) {
    case "config":
      return entry.digest === digest(declaredConfig(resource));
    case "operator":
      return entry.digest === digest(declaredOperator(resource, modules));
    case "workflow":
      return entry.digest === digest(declaredWorkflow(resource, modules));
    case "database":
      return sameJson(entry.declared, declaredDatabase(resource));
    case "table":
      return sameJson(entry.declared, { database: resource.database, name: resource.name, ...tableContent(resource) });
    case "deployment":
      return isSameDeployment(resource, entry.declared);
  }
}

/** An entry without its operators and clients, which have a status of their own. */
function isSameDeployment(resource: DeploymentResource, { operators: _, clients: __, ...declared }: JsonObject) {
  return sameJson(declared, { ...declaredBody(resource), ...declaredSchedule(resource) });
}
