/** Finds the objects that declared resources claim. An entry of the state with the same object under another address is forgotten, never dropped. */
import { type Address, kindOf, nameOf } from "../address.ts";
import { recordKey } from "../bundle/effects.ts";
import type { ClientRecord } from "../model/client-record.ts";
import type { Project } from "../project/project.ts";
import type { EngineSource } from "../provider/engine-source.ts";
import type { Entry } from "../state/state.ts";
import { chooseConfig } from "../validate/engines.ts";

const keyOf = (kind: string, client: ClientRecord, name: string): string => `${kind} ${recordKey(client)} ${name}`;

/** The declared address of each object, by its key: databases, tables and registrations. */
export function claimedObjects(project: Project, engines: EngineSource): ReadonlyMap<string, Address> {
  const claimed = new Map<string, Address>();
  for (const resource of project.resources.values()) {
    if (resource.kind !== "database" && resource.kind !== "table" && resource.kind !== "deployment") continue;
    const chosen = chooseConfig(project, resource.configId);
    const role = resource.kind === "deployment" ? "scheduler" : "metastore";
    const record = "problem" in chosen ? null : engines.recordOf(chosen.config, role);
    if (record === null) continue;
    const name =
      resource.kind === "deployment"
        ? resource.scheduleName
        : resource.kind === "table"
          ? `${resource.database}.${resource.name}`
          : resource.name;
    claimed.set(keyOf(resource.kind, record.record, name), resource.address);
  }
  return claimed;
}

/** The key of an entry's object in `claimedObjects`; `null` if the entry has no object of its own. */
export function objectOf(address: Address, { client, declared, object }: Entry): string | null {
  const kind = kindOf(address);
  if (client === undefined || kind === null) return null;
  switch (kind) {
    case "database":
      return keyOf(kind, client, String(declared.name ?? nameOf(address)));
    case "table":
      return keyOf(kind, client, `${declared.database}.${declared.name}`);
    case "deployment":
      return object?.bundle === undefined
        ? null
        : keyOf(kind, client, String(declared.schedule_name ?? nameOf(address)));
    default:
      return null;
  }
}
