/** Chooses the tables whose files a plan looks at: declared, applied, in the catalogue, and with comparable files. */
import type { Project } from "../project/project.ts";
import type { EngineSource } from "../provider/engine-source.ts";
import type { State } from "../state/state.ts";
import { chooseConfig } from "../validate/engines.ts";
import { hasFileFacts, type WantedFiles } from "./catalog-and-files.ts";
import type { Facts } from "./refresh.ts";

/** What of a table's attributes in `ignore_changes` stands for its files. */
export const filesAttribute = "files";

/** The tables, each once. */
export function wantedFiles(
  project: Project,
  state: State,
  engines: EngineSource,
  facts: Pick<Facts, "tables">,
): readonly WantedFiles[] {
  return [...facts.tables].flatMap(([address, table]): readonly WantedFiles[] => {
    const resource = project.resources.get(address);
    if (table === null || resource?.kind !== "table" || !state.resources.has(address) || !hasFileFacts(table))
      return [];
    if (resource.lifecycle.ignoreChanges.includes(filesAttribute)) return [];
    const chosen = chooseConfig(project, resource.configId);
    if ("problem" in chosen) return [];
    const { config } = chosen;
    const [storage, metastore] = [engines.recordOf(config, "storage"), engines.recordOf(config, "metastore")];
    if (storage === null || metastore === null) return [];
    return [
      {
        address,
        storage: () => engines.ofClient(storage.record, "storage"),
        metastore: () => engines.ofClient(metastore.record, "metastore"),
        // The plan puts back what was changed by hand in the catalogue.
        table: resource.lifecycle.ignoreChanges.some((path) => path.startsWith("columns"))
          ? table
          : { ...table, columns: resource.columns },
      },
    ];
  });
}
