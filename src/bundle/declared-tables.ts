/** The declared tables of a project as the steps of a config see them. */
import type { Config } from "../engine/config.ts";
import { isWithin, normalPath } from "../model/path.ts";
import { type DeclaredTables, indexDeclared, locationOfDeclared } from "../operator/declared/declared-tables.ts";
import { type Project, resourcesOf } from "../project/project.ts";
import type { TableResource } from "../project/resource.ts";
import type { EngineSource } from "../provider/engine-source.ts";
import { chooseConfig } from "../validate/engines.ts";
import { clientKey } from "./effects.ts";
import { inRoot, type Root, rootOf } from "./spot.ts";

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
      const root = storageRoot(engines, chosen.config);
      if (root !== null) add(inStorage, root.system, { ...table, location: inRoot(root, locationOfDeclared(table)) });
      add(inMetastore, clientKey(engines, chosen.config, "metastore"), table);
    }
  };
  const known = new Map<string, DeclaredTables>();
  return (config) => {
    if (!isFilled) fill();
    const [root, metastore] = [storageRoot(engines, config), clientKey(engines, config, "metastore")];
    const storage = root?.system ?? "";
    const key = JSON.stringify([storage, root?.directory ?? "", metastore, config.id]);
    const before: DeclaredTables["filesBefore"] = (database, table) => filesBefore(config.id, database, table);
    const found =
      known.get(key) ??
      seenFrom(root, indexDeclared(inStorage.get(storage) ?? [], inMetastore.get(metastore) ?? [], before));
    known.set(key, found);
    return found;
  };
}

const storageRoot = (engines: EngineSource, config: Config): Root | null => {
  const found = engines.recordOf(config, "storage");
  return found === null ? null : rootOf(found.record);
};

/** Tables by paths of their system, asked by paths of a client. The location of a table above the client's root is its root. */
function seenFrom(root: Root | null, tables: DeclaredTables): DeclaredTables {
  if (root === null) return tables;
  const below = (location: string) =>
    isWithin(location, root.directory) ? location.slice(root.directory === "" ? 0 : root.directory.length + 1) : "";
  return {
    ...tables,
    around: (path) => tables.around(inRoot(root, normalPath(path) ?? path)),
    at: (path) => {
      const written = normalPath(path);
      if (written === null) return [];
      return tables.at(inRoot(root, written)).map((table) => ({ ...table, location: below(table.location) }));
    },
  };
}

/** Tables of a config without the engine belong to no client. */
function add(tables: Map<string, TableResource[]>, client: string, table: TableResource): void {
  if (client === "") return;
  const same = tables.get(client);
  if (same === undefined) tables.set(client, [table]);
  else same.push(table);
}
