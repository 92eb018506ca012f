/** No two tables of one database, and no two databases, have names that differ only in case: every engine's SQL takes them for one. */
import type { Diagnostic } from "../../diagnostic/diagnostic.ts";
import { type Project, resourcesOf } from "../../project/project.ts";
import { placeIn, type Resource } from "../../project/resource.ts";
import { problemAt } from "../../project/yaml/problem-at.ts";
import { chooseConfig } from "../engines.ts";
import type { Rule } from "../rule.ts";

export const letterCase: Rule = ({ project }) => {
  const known = new Map<string | undefined, string>();
  const metastore = (configId: string | undefined): string => {
    const key = known.get(configId) ?? metastoreOf(project, configId);
    known.set(configId, key);
    return key;
  };
  return [
    ...alike(resourcesOf(project, "database"), (database) => ({
      metastore: metastore(database.configId),
      name: database.name,
    })),
    ...alike(resourcesOf(project, "table"), (table) => ({
      metastore: metastore(table.configId),
      name: `${table.database}.${table.name}`,
    })),
  ];
};

/** The system that holds the tables of a config, as a key. */
function metastoreOf(project: Project, configId: string | undefined): string {
  const chosen = chooseConfig(project, configId);
  if ("problem" in chosen) return "";
  return JSON.stringify(chosen.config.clients[chosen.config.engines.metastore ?? ""] ?? "");
}

/** An error for each resource whose key equals that of an earlier one but for case. */
function alike<T extends Resource>(
  resources: readonly T[],
  keyOf: (resource: T) => { readonly metastore: string; readonly name: string },
) {
  const first = new Map<string, T>();
  return resources.flatMap((resource): readonly Diagnostic[] => {
    const { metastore, name } = keyOf(resource);
    // JSON holds no line break, so the last one ends the name.
    const key = `${name.toLowerCase()}\n${metastore}`;
    const other = first.get(key);
    if (other === undefined) first.set(key, resource);
    if (other === undefined) return [];
    const original = placeIn(other, ["name"]);
    return [
      problemAt(resource, ["name"], {
        code: "resource/same-but-for-case",
        summary: "Names differ only in case",
        detail: `"${resource.address}" and "${other.address}" differ only in case, and SQL treats them as one. Rename one of the two.`,
        ...(original === undefined ? {} : { related: [{ label: "First declared here", place: original }] }),
      }),
    ];
  });
}
