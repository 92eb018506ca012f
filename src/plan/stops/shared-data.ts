/** Stops the deletion of files that another table keeps, or that a deployment reads or writes. */
import { type Address, kindOf } from "../../address.ts";
import { directoryOf, inputName } from "../../bundle/effects.ts";
import type { ResolvedDeployment } from "../../bundle/resolve-deployments.ts";
import { inRoot, type Root, rootOf } from "../../bundle/spot.ts";
import { type Diagnostic, error } from "../../diagnostic/diagnostic.ts";
import type { ClientRecord } from "../../model/client-record.ts";
import { directoriesAbove, normalPath } from "../../model/path.ts";
import { type Project, resourcesOf } from "../../project/project.ts";
import type { EngineSource } from "../../provider/engine-source.ts";
import { objectsMadeBy } from "../../state/made-objects.ts";
import { outputsOf } from "../../state/outputs.ts";
import type { State } from "../../state/state.ts";
import { chooseConfig } from "../../validate/engines.ts";
import type { Stage } from "../stage.ts";

/**
 * The files of a declared table, of a table that a deployment made, or of a deployment's reads and writes. The state keeps the storage only
 * of tables whose files go with them; otherwise the metastore stands for it.
 */
interface Files {
  readonly address: Address;
  readonly roots: readonly Root[];
  readonly location: string;
}

const rootsOf = (...records: readonly (ClientRecord | undefined)[]) =>
  records.flatMap((record) => (record === undefined ? [] : [rootOf(record)]));

/** The input for the check. */
export interface SharedInput {
  readonly project: Project;
  readonly state: State;
  readonly engines: EngineSource;
  readonly deployments: ReadonlyMap<Address, Pick<ResolvedDeployment, "reads" | "writes">>;
}

/** An error for each table whose deleted files another table keeps or a deployment needs. */
export function sharedData(stages: readonly Stage[], input: SharedInput): readonly Diagnostic[] {
  const { project, state, engines } = input;
  const deleted = stages.flatMap(({ address, client, storage, work }): readonly Files[] =>
    work.kind === "drop_table" && work.deleteData && work.location !== undefined
      ? [{ address, roots: rootsOf(client, storage), location: normalPath(work.location) ?? work.location }]
      : [],
  );
  if (deleted.length === 0) return [];
  const leaving = stages.flatMap(({ address, work }) => (work.kind === "drop_made" ? [address] : []));
  const going = new Set([...deleted.map((files) => files.address), ...leaving]);
  const all = [...declaredFiles(project, engines), ...stateFiles(state), ...madeFiles(state), ...touchedFiles(input)];
  const kept = all.filter((files) => !going.has(files.address));
  // Tables by client and path: those at the path, and those at it or below it.
  const [at, within] = [new Map<string, Address>(), new Map<string, Address>()];
  for (const { address, roots, location } of kept) {
    for (const root of roots) {
      at.set(`${root.system} ${inRoot(root, location)}`, address);
      for (const path of withParents(inRoot(root, location))) within.set(`${root.system} ${path}`, address);
    }
  }
  return deleted.flatMap((files) => {
    const { roots, location } = files;
    const others = roots.flatMap((root) => [
      within.get(`${root.system} ${inRoot(root, location)}`),
      ...withParents(inRoot(root, location)).map((path) => at.get(`${root.system} ${path}`)),
    ]);
    const other = others.find((address) => address !== undefined);
    return other === undefined ? [] : [problem(files, other)];
  });
}

/** A path and all directories above it. */
const withParents = (path: string): readonly string[] => [path, ...directoriesAbove(path)];

const declaredFiles = (project: Project, engines: EngineSource): readonly Files[] =>
  resourcesOf(project, "table").flatMap(({ address, configId, location }) => {
    const chosen = chooseConfig(project, configId);
    if ("problem" in chosen) return [];
    const records = (["metastore", "storage"] as const).map((role) => engines.recordOf(chosen.config, role)?.record);
    return [{ address, roots: rootsOf(...records), location: normalPath(location) ?? location }];
  });

const stateFiles = (state: State): readonly Files[] =>
  [...state.resources].flatMap(([address, { client, storage, declared }]) =>
    kindOf(address) === "table" && typeof declared.location === "string"
      ? [{ address, roots: rootsOf(client, storage), location: normalPath(declared.location) ?? declared.location }]
      : [],
  );

/** Files of the tables that the last runs of deployments left. */
const madeFiles = (state: State): readonly Files[] =>
  [...state.resources].flatMap(([address, entry]) =>
    kindOf(address) !== "deployment"
      ? []
      : objectsMadeBy(entry).flatMap(({ client, database, table }) => {
          const location = outputsOf(entry)[inputName({ kind: "table", database, table: table ?? "" })]?.location;
          if (typeof location !== "string") return [];
          return [{ address, roots: rootsOf(client), location: normalPath(location) ?? location }];
        }),
  );

/** The reads and writes of deployments. */
const touchedFiles = ({ deployments }: SharedInput): readonly Files[] =>
  [...deployments].flatMap(([address, { reads, writes }]) =>
    [...reads, ...writes].flatMap((place): readonly Files[] =>
      place.kind === "path" && place.root !== undefined
        ? [{ address, roots: [place.root], location: directoryOf(place) }]
        : [],
    ),
  );

const problem = ({ address, location }: Files, other: Address): Diagnostic =>
  error({
    code: "safety/shared-data",
    summary: "Data of another resource",
    detail: `"${address}" has "lifecycle.delete_data", but its files at "${location}" also belong to "${other}", which ${kindOf(other) === "deployment" ? "needs them" : "keeps them"}. Set "delete_data" of "${address}" to false and apply before you remove it, or give one of the two its own place.`,
    address,
  });
