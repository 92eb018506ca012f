/** The stop before an output replaces a directory that holds more than it: tables and databases of others lie below. */
import { stepsOfMason } from "../../bundle/bundle.ts";
import { type NamedPlace, recordKey, withoutRole } from "../../bundle/effects.ts";
import type { ResolvedDeployment } from "../../bundle/resolve-deployments.ts";
import type { Diagnostic } from "../../diagnostic/diagnostic.ts";
import { directoriesAbove, globRoot, normalPath } from "../../model/path.ts";
import type { Project } from "../../project/project.ts";
import { problemAt } from "../../project/yaml/problem-at.ts";
import type { EngineSource } from "../../provider/engine-source.ts";
import { chooseConfig } from "../../validate/engines.ts";

/** What is looked at. */
export interface AboveInput {
  readonly project: Project;
  readonly engines: EngineSource;
  readonly deployments: ReadonlyMap<string, Pick<ResolvedDeployment, "bundle" | "writes">>;
}

/**
 * An error for each output of a built-in or SQL operator, which is published as a whole, above the files of a declared table, or where a
 * catalogue of files keeps a database, a declared one or that of a table that a run makes. Modules of a project may write among what is there.
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
    const path = globRoot(place.path);
    const holds = held.get(`${withoutRole(place.client)} ${path}`);
    const resource = project.resources.get(address);
    if (holds === undefined || resource === undefined) return [];
    return [
      problemAt(resource, ["name"], {
        code: "deployment/output-above",
        summary: "Output holds a table",
        detail: `"${address}" writes "${path}" as a whole, and what belongs to "${holds}" lies in it, which it would replace. Choose another output_path.`,
      }),
    ];
  });
}

/** By client and directory: a declared table or database with files in it that are not the whole of it. */
function whatIsHeld({ project, engines, deployments }: AboveInput): ReadonlyMap<string, string> {
  const held = new Map<string, string>();
  // The databases of tables that runs make, where the catalogue is one of files.
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
    // A catalogue of files lies in the directory of its database.
    const own = metastore !== undefined && recordKey(metastore) === client;
    const name = resource.kind === "table" ? resource.database : resource.name;
    const location = resource.kind === "table" ? normalPath(resource.location) : null;
    const paths = [...(location === null ? [] : directoriesAbove(location)), ...(own ? [name] : [])];
    // No output can be at the root.
    for (const path of paths) if (path !== "") held.set(`${client} ${path}`, resource.address);
  }
  return held;
}
