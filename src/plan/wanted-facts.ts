/** Which objects a plan has to look at: those that are declared, and those that the state remembers. */
import { type Address, kindOf, nameOf } from "../address.ts";
import { canonical } from "../json.ts";
import type { Project } from "../project/project.ts";
import type { Wanted } from "../state/refresh.ts";
import type { State } from "../state/state.ts";
import { chooseConfig } from "../validate/engines.ts";
import type { EngineSource } from "./engine-source.ts";
import { clientKey } from "./places.ts";
import { type Made, madeBy } from "./plan-removed.ts";

/** Databases and tables whose facts are wanted, each once. To destroy, only what was applied counts, in the client that it was applied to. */
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
    wanted.set(resource.address, {
      address: resource.address,
      client: clientKey(engines, chosen.config, "metastore"),
      metastore: () => engines.ofClient(record.record, "metastore"),
      database: resource.kind === "database" ? resource.name : resource.database,
      ...(resource.kind === "table" ? { table: resource.name } : {}),
    });
  }
  for (const [address, { client, declared }] of state.resources) {
    const kind = kindOf(address);
    if (client === undefined || wanted.has(address) || (kind !== "database" && kind !== "table")) continue;
    wanted.set(address, {
      address,
      client: `metastore ${client.provider} ${canonical(client.identity)}`,
      metastore: () => engines.ofClient(client, "metastore"),
      database: String((kind === "table" ? declared.database : declared.name) ?? nameOf(address)),
      ...(kind === "table" ? { table: String(declared.name) } : {}),
    });
  }
  return [...wanted.values(), ...(destroy ? [] : wantedMade(project, state, engines))];
}

/** The name in the facts of a table that runs of a deployment made. */
export const madeFact = (deployment: Address, made: Made): string =>
  `${deployment} made ${made.database}.${made.table}`;

/** Tables that runs of declared deployments made: one that was dropped by hand is missed. */
function wantedMade(project: Project, state: State, engines: EngineSource): readonly Wanted[] {
  return [...state.resources].flatMap(([address, entry]) => {
    if (kindOf(address) !== "deployment" || !project.resources.has(address)) return [];
    return madeBy(entry).flatMap((made): Wanted[] => {
      const { client, database, table } = made;
      if (table === undefined) return [];
      const key = `metastore ${client.provider} ${canonical(client.identity)}`;
      return [
        {
          address: madeFact(address, made),
          client: key,
          metastore: () => engines.ofClient(client, "metastore"),
          database,
          table,
        },
      ];
    });
  });
}
