/** The declared tables of a project as the steps of a config see them. */
import type { Config } from "../engine/config.ts";
import { type DeclaredTables, indexDeclared } from "../operator/declared/declared-tables.ts";
import { type Project, resourcesOf } from "../project/project.ts";
import type { TableResource } from "../project/resource.ts";
import type { EngineSource } from "../provider/engine-source.ts";
import { chooseConfig } from "../validate/engines.ts";
import { clientKey } from "./effects.ts";

/** Tables by the client of their data and by the client of their catalogue, so that two configs with one root see the same. `filesBefore` looks into the state. */
export function declaredTables(
  project: Project,
  engines: EngineSource,
  filesBefore: (configId: string, database: string, table: string) => Promise<number>,
): (config: Config) => DeclaredTables {
  const [inStorage, inMetastore] = [new Map<string, TableResource[]>(), new Map<string, TableResource[]>()];
  let isFilled = false;
  const fill = () => {
    isFilled = true;
    for (const table of resourcesOf(project, "table")) {
      const chosen = chooseConfig(project, table.configId);
      if ("problem" in chosen) continue;
      add(inStorage, clientKey(engines, chosen.config, "storage"), table);
      add(inMetastore, clientKey(engines, chosen.config, "metastore"), table);
    }
  };
  const known = new Map<string, DeclaredTables>();
  return (config) => {
    if (!isFilled) fill();
    const [storage, metastore] = [clientKey(engines, config, "storage"), clientKey(engines, config, "metastore")];
    const key = JSON.stringify([storage, metastore, config.id]);
    const before: DeclaredTables["filesBefore"] = (database, table) => filesBefore(config.id, database, table);
    const found =
      known.get(key) ?? indexDeclared(inStorage.get(storage) ?? [], inMetastore.get(metastore) ?? [], before);
    known.set(key, found);
    return found;
  };
}

/** Tables of a config without the engine belong to no client. */
function add(tables: Map<string, TableResource[]>, client: string, table: TableResource): void {
  if (client === "") return;
  const same = tables.get(client);
  if (same === undefined) tables.set(client, [table]);
  else same.push(table);
}
