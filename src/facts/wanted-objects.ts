/** Chooses the objects that a plan looks at: the declared ones, and those in the state. */
import { type Address, kindOf, nameOf, tableAddress } from "../address.ts";
import { clientKey, roleKey } from "../bundle/effects.ts";
import type { Project } from "../project/project.ts";
import type { TableResource } from "../project/resource.ts";
import type { EngineSource } from "../provider/engine-source.ts";
import { tablesMadeBy } from "../state/made-objects.ts";
import type { Entry, State } from "../state/state.ts";
import { chooseConfig } from "../validate/engines.ts";
import type { Wanted } from "./refresh.ts";

/** The databases and tables to read, each once. A destroy reads only what was applied, in the client that it was applied to. */
export function wantedFacts(
  project: Project,
  state: State,
  engines: EngineSource,
  destroy: boolean,
): readonly Wanted[] {
  const wanted = new Map<string, Wanted>();
  for (const resource of destroy ? [] : project.resources.values()) {
    if (resource.kind !== "database" && resource.kind !== "table") continue;
    const chosen = chooseConfig(project, resource.configId);
    const record = "problem" in chosen ? null : engines.recordOf(chosen.config, "metastore");
    if ("problem" in chosen || record === null) continue;
    const look = {
      client: clientKey(engines, chosen.config, "metastore"),
      metastore: () => engines.ofClient(record.record, "metastore"),
      database: resource.kind === "database" ? resource.name : resource.database,
    };
    const table = resource.kind === "table" ? { table: resource.name } : {};
    wanted.set(resource.address, { address: resource.address, ...look, ...table });
    const before =
      resource.kind === "table" ? nameBefore(project, resource, state.resources.get(resource.address)) : undefined;
    if (before !== undefined && !wanted.has(before))
      wanted.set(before, { address: before, ...look, table: nameOf(before).slice(look.database.length + 1) });
  }
  for (const [address, { client, declared }] of state.resources) {
    const kind = kindOf(address);
    if (client === undefined || wanted.has(address) || (kind !== "database" && kind !== "table")) continue;
    wanted.set(address, {
      address,
      client: roleKey("metastore", client),
      metastore: () => engines.ofClient(client, "metastore"),
      database: String((kind === "table" ? declared.database : declared.name) ?? nameOf(address)),
      ...(kind === "table" ? { table: String(declared.name) } : {}),
    });
  }
  return [...wanted.values(), ...wantedMade(state, engines)];
}

/** The address that a table was applied under, if `state mv` changed it since. The object still has the old name. */
export function nameBefore(
  project: Project,
  { database, name }: TableResource,
  entry: Entry | undefined,
): Address | undefined {
  if (entry === undefined || entry.declared.database !== database || entry.declared.name === name) return undefined;
  const before = tableAddress(database, String(entry.declared.name));
  return project.resources.has(before) ? undefined : before;
}

/** Tables that runs of deployments made. The plan misses one that was dropped by hand, and drops none that now belongs to others. */
function wantedMade(state: State, engines: EngineSource): readonly Wanted[] {
  return [...state.resources].flatMap(([address, entry]) =>
    kindOf(address) !== "deployment"
      ? []
      : tablesMadeBy(address, entry).map(({ fact, client, database, table }): Wanted => {
          const metastore = () => engines.ofClient(client, "metastore");
          return { address: fact, client: roleKey("metastore", client), metastore, database, table };
        }),
  );
}
