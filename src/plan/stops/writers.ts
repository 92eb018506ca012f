/** Who writes the tables and paths that a plan's deployments read, asked once for each input and collected once for the plan. */
import type { Address } from "../../address.ts";
import type { Bundle } from "../../bundle/bundle.ts";
import { type NamedPlace, type PathPlace, type Place, placeKey, withoutRole } from "../../bundle/effects.ts";
import { once } from "../../bundle/once.ts";
import type { ResolvedDeployment } from "../../bundle/resolve-deployments.ts";
import { directoriesAbove } from "../../model/path.ts";
import { type Project, resourcesOf } from "../../project/project.ts";

/** What the deployments of a plan write. */
export interface Writers {
  /** True if a deployment makes the table. */
  makes(table: Place): boolean;
  /** The first deployment that writes at a path or below it, in any role of the client. */
  writerBelow(place: Pick<PathPlace, "client" | "path">): Address | undefined;
  /** The names of declared and made tables, for advice. */
  tables(): readonly string[];
  /** True if a deployment may make tables that nobody can name before the run. */
  mayMakeOthers(): boolean;
}

/** Collects what deployments write, when it is first asked for. */
export function writersOf(project: Project, deployments: ReadonlyMap<Address, ResolvedDeployment>): Writers {
  const all = [...deployments.values()];
  const made = once(() => all.flatMap(({ writes }) => writes.filter(isTable)));
  const keys = once(() => new Set(made().map(placeKey)));
  const below = once(() => firstWriters(deployments));
  const tables = once(() => [
    ...resourcesOf(project, "table").map(({ database, name }) => `${database}.${name}`),
    ...made().map(({ database, table }) => `${database}.${table}`),
  ]);
  const others = once(() => all.some(({ bundle, writes }) => makesUnnamed(bundle, writes)));
  return {
    makes: (table) => keys().has(placeKey(table)),
    writerBelow: (place) => below().get(pathKey(place, place.path)),
    tables,
    mayMakeOthers: others,
  };
}

const isTable = (place: NamedPlace): place is Extract<NamedPlace, { kind: "table" }> => place.kind === "table";

/** The first deployment that writes at each path or below it. */
function firstWriters(deployments: ReadonlyMap<Address, ResolvedDeployment>): ReadonlyMap<string, Address> {
  const found = new Map<string, Address>();
  for (const [address, { writes, openWrites }] of deployments)
    for (const place of [...writes, ...openWrites]) {
      if (place.kind !== "path") continue;
      for (const path of [place.path, ...directoriesAbove(place.path)]) {
        const key = pathKey(place, path);
        if (!found.has(key)) found.set(key, address);
      }
    }
  return found;
}

const pathKey = ({ client }: Pick<PathPlace, "client">, path: string) => `${withoutRole(client)} ${path}`;

/** True if a step makes tables without a name: a module that declares none, or a table with a hole in its name. */
const makesUnnamed = ({ steps }: Bundle, writes: readonly NamedPlace[]): boolean =>
  steps.some(({ id, operator }) => {
    const declares = operator.writes.some((touch) => "table" in touch);
    if (operator.work.kind === "module" && !declares) return true;
    return declares && !writes.some((place) => place.kind === "table" && place.steps.includes(id));
  });
