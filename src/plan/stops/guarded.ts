/** What the guard on effects keeps: declared tables, tables that runs made, and outputs of deployments with `prevent_destroy`. */
import { type Address, kindOf, tableAddress } from "../../address.ts";
import { type PathPlace, type Place, roleKey, tablePlaces } from "../../bundle/effects.ts";
import { rootOf } from "../../bundle/spot.ts";
import { type Project, resourcesOf } from "../../project/project.ts";
import type { EngineSource } from "../../provider/engine-source.ts";
import { pathsWrittenBy, storagesOf, tablesMadeBy } from "../../state/made-objects.ts";
import { outputsOf, pathNamed } from "../../state/outputs.ts";
import type { State } from "../../state/state.ts";
import { chooseConfig } from "../../validate/engines.ts";
import { movesOf } from "../moves.ts";

/** The input for the guard. */
export interface GuardInput {
  readonly project: Project;
  /** Absent where nothing was applied yet. */
  readonly state: State | null;
  readonly engines: EngineSource;
  /** Addresses and globs of `--allow-destroy`. */
  readonly allowed: readonly string[];
  /** Paths that kept runs of a deployment wrote: the state has none of those by hand. */
  readonly pathsOfRuns?: (deployment: Address) => Iterable<string>;
  /** Called for each address whose loss they allow. */
  readonly onAllowed?: (address: Address) => void;
}

/** A table that a run must not lose without being told to. */
export interface Guarded {
  readonly address: Address;
  readonly table: Place;
  readonly data?: Place;
  readonly preventDestroy: boolean;
  readonly isDeclared?: true;
}

/** The declared tables. */
export function declaredTables({ project, state, engines }: GuardInput): readonly Guarded[] {
  return resourcesOf(project, "table").flatMap((table) => {
    const chosen = chooseConfig(project, table.configId);
    if ("problem" in chosen) return [];
    const applied = state?.resources.get(table.address)?.lifecycle?.prevent_destroy === true;
    const preventDestroy = table.lifecycle.preventDestroy || applied;
    const places = tablePlaces(table, chosen.config, engines);
    return [{ address: table.address, ...places, preventDestroy, isDeclared: true }];
  });
}

/** Tables of the state that the project does not declare: applied ones, and those that runs of deployments made. */
export function tablesOfRuns(input: GuardInput): readonly Guarded[] {
  const { project } = input;
  return entriesOf(input).flatMap(({ address, recorded, entry, preventDestroy }): readonly Guarded[] => {
    const made = tablesMadeBy(recorded, entry).map(({ client, database, table }) => ({ client, database, table }));
    const { client, declared } = entry;
    const isApplied = kindOf(address) === "table" && client !== undefined && !project.resources.has(address);
    const applied = isApplied ? [{ client, database: String(declared.database), table: String(declared.name) }] : [];
    return [...made, ...applied].flatMap(({ client: own, database, table }) => {
      if (project.resources.has(tableAddress(database, table))) return [];
      const place = { kind: "table", client: roleKey("metastore", own), configId: "", database, table } as const;
      return [{ address, table: place, preventDestroy }];
    });
  });
}

/** Files of a deployment with `prevent_destroy`. */
export interface Output {
  readonly address: Address;
  readonly data: PathPlace;
}

/** The files that deployments with `prevent_destroy` left, also at paths that only a run knew. Only their own runs write there. */
export function protectedOutputs(input: GuardInput): readonly Output[] {
  return entriesOf(input).flatMap(({ address, entry, preventDestroy }): readonly Output[] => {
    if (kindOf(address) !== "deployment" || !preventDestroy) return [];
    const left = Object.keys(outputsOf(entry)).flatMap((name) => pathNamed(name) ?? []);
    const paths = [...new Set([...left, ...pathsWrittenBy(entry), ...(input.pathsOfRuns?.(address) ?? [])])];
    return storagesOf(entry).flatMap((record) => {
      const client = { client: roleKey("storage", record), configId: "", root: rootOf(record) };
      return paths.map((path) => ({ address, data: { kind: "path", ...client, path } }) as const);
    });
  });
}

/** The entries of the state, by the addresses that the project gives them now. */
function entriesOf({ project, state }: GuardInput) {
  if (state === null) return [];
  const renamed = new Map([...movesOf(project, state).moves].map(([now, before]) => [before, now]));
  return [...state.resources].map(([recorded, entry]) => {
    const address = renamed.get(recorded) ?? recorded;
    const declared = project.resources.get(address);
    const preventDestroy =
      entry.lifecycle?.prevent_destroy === true ||
      (declared?.kind === "deployment" && declared.lifecycle.preventDestroy);
    return { address, recorded, entry, preventDestroy };
  });
}
