/** Stops an output that would replace a directory with tables or databases of others in it. */

import { stepsOfMason } from "../../bundle/bundle.ts";
import { directoryOf, type NamedPlace, recordKey, withoutRole } from "../../bundle/effects.ts";
import type { ResolvedDeployment } from "../../bundle/resolve-deployments.ts";
import { inRoot, rootOf, spotOf } from "../../bundle/spot.ts";
import type { Diagnostic } from "../../diagnostic/diagnostic.ts";
import { error } from "../../diagnostic/diagnostic.ts";
import { directoriesAbove, normalPath } from "../../model/path.ts";
import type { Project } from "../../project/project.ts";
import { problemAt } from "../../project/yaml/problem-at.ts";
import type { EngineSource } from "../../provider/engine-source.ts";
import { chooseConfig } from "../../validate/engines.ts";

/** The input for the check. */
export interface AboveInput {
  readonly project: Project;
  readonly engines: EngineSource;
  readonly deployments: ReadonlyMap<string, Pick<ResolvedDeployment, "bundle" | "writes">>;
}

/**
 * An error for each output of a built-in or SQL operator that lies above the files of a declared table, or above a database of a file
 * catalogue, declared or made by a run. Such an output replaces its whole directory; a module of the project may write beside other files.
 */
export function outputsAbove(input: AboveInput): readonly Diagnostic[] {
  const { project, deployments } = input;
  const written = [...deployments].flatMap(([address, { bundle, writes }]) => {
    const whole = stepsOfMason(bundle);
    const isWhole = (place: NamedPlace) => place.kind === "path" && place.steps.some((step) => whole.has(step));
    return writes.filter(isWhole).map((place) => ({ address, place }));
  });
  if (written.length === 0) return [];
  const held = whatIsHeld(input);
  return written.flatMap(({ address, place }) => {
    if (place.kind !== "path") return [];
    const path = directoryOf(place);
    const { system, directory } = spotOf(place);
    const holds = held.get(`${system} ${directory}`) ?? held.get(`${withoutRole(place.client)} ${path}`);
    const resource = project.resources.get(address);
    if (holds === undefined) return [];
    const problem = {
      code: "deployment/output-above",
      summary: "Output holds a table",
      detail: `"${address}" replaces all of "${path}", which also holds what belongs to "${holds}". Choose another output_path.`,
    };
    return [resource?.kind === "deployment" ? problemAt(resource, ["name"], problem) : error({ ...problem, address })];
  });
}

/** Declared tables and databases with files below a directory, by client and directory. */
function whatIsHeld({ project, engines, deployments }: AboveInput): ReadonlyMap<string, string> {
  const held = new Map<string, string>();
  // Databases of tables that runs make, in file catalogues.
  for (const [address, { writes }] of deployments)
    for (const place of writes)
      if (place.kind === "table") held.set(`${withoutRole(place.client)} ${place.database}`, address);
  for (const resource of project.resources.values()) {
    if (resource.kind !== "table" && resource.kind !== "database") continue;
    const chosen = chooseConfig(project, resource.configId);
    const record = "problem" in chosen ? undefined : engines.recordOf(chosen.config, "storage")?.record;
    if ("problem" in chosen || record === undefined) continue;
    const client = recordKey(record);
    const metastore = engines.recordOf(chosen.config, "metastore")?.record;
    // A file catalogue lies in the directory of its database.
    const own = metastore !== undefined && recordKey(metastore) === client;
    const name = resource.kind === "table" ? resource.database : resource.name;
    const location = resource.kind === "table" ? normalPath(resource.location) : null;
    const root = rootOf(record);
    const catalogue = own ? [inRoot(root, name)] : [];
    const paths = [
      ...catalogue,
      ...[...catalogue, ...(location === null ? [] : [inRoot(root, location)])].flatMap(directoriesAbove),
    ];
    // No output can be at the root of its client, but at the root of another one.
    for (const path of paths) if (path !== "") held.set(`${root.system} ${path}`, resource.address);
  }
  return held;
}
