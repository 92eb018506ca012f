/** The stop before files are deleted that are also those of a table that keeps them, or that a deployment reads or writes. */
import { type Address, kindOf } from "../../address.ts";
import { inputName, recordKey, withoutRole } from "../../bundle/effects.ts";
import type { ResolvedDeployment } from "../../bundle/resolve-deployments.ts";
import { type Diagnostic, error } from "../../diagnostic/diagnostic.ts";
import type { ClientRecord } from "../../model/client-record.ts";
import { directoriesAbove, globRoot, normalPath } from "../../model/path.ts";
import { type Project, resourcesOf } from "../../project/project.ts";
import type { EngineSource } from "../../provider/engine-source.ts";
import { objectsMadeBy } from "../../state/made-objects.ts";
import type { State } from "../../state/state.ts";
import { chooseConfig } from "../../validate/engines.ts";
import { outputsOf } from "../drift/outputs.ts";
import type { Stage } from "../stage.ts";

/**
 * Where the files of a table lie, also of one that a deployment made, or what a deployment reads and writes. A state keeps the storage of
 * those only whose files go with them; the metastore stands for it then.
 */
interface Files {
  readonly address: Address;
  readonly clients: readonly string[];
  readonly location: string;
}

const clientsOf = (...records: readonly (ClientRecord | undefined)[]) =>
  records.flatMap((record) => (record === undefined ? [] : [recordKey(record)]));

/** What is looked at for others that need the files. */
export interface SharedInput {
  readonly project: Project;
  readonly state: State;
  readonly engines: EngineSource;
  readonly deployments: ReadonlyMap<Address, Pick<ResolvedDeployment, "reads" | "writes">>;
}

/** An error for each table whose files would be deleted while another table in the same place keeps its own, or a deployment needs them. */
export function sharedData(stages: readonly Stage[], input: SharedInput): readonly Diagnostic[] {
  const { project, state, engines } = input;
  const deleted = stages.flatMap(({ address, client, storage, work }): readonly Files[] =>
    work.kind === "drop_table" && work.deleteData && work.location !== undefined
      ? [{ address, clients: clientsOf(client, storage), location: normalPath(work.location) ?? work.location }]
      : [],
  );
  if (deleted.length === 0) return [];
  const leaving = stages.flatMap(({ address, work }) => (work.kind === "drop_made" ? [address] : []));
  const going = new Set([...deleted.map((files) => files.address), ...leaving]);
  const all = [...declaredFiles(project, engines), ...stateFiles(state), ...madeFiles(state), ...touchedFiles(input)];
  const kept = all.filter((files) => !going.has(files.address));
  // By client and path: tables that lie there, and those that lie there or below.
  const [at, within] = [new Map<string, Address>(), new Map<string, Address>()];
  for (const { address, clients, location } of kept) {
    for (const client of clients) {
      at.set(`${client} ${location}`, address);
      for (const path of withParents(location)) within.set(`${client} ${path}`, address);
    }
  }
  return deleted.flatMap((files) => {
    const { clients, location } = files;
    const above = withParents(location);
    const others = clients.flatMap((client) => [
      within.get(`${client} ${location}`),
      ...above.map((path) => at.get(`${client} ${path}`)),
    ]);
    const other = others.find((address) => address !== undefined);
    return other === undefined ? [] : [problem(files, other)];
  });
}

/** A path and all that it lies below. */
const withParents = (path: string): readonly string[] => [path, ...directoriesAbove(path)];

const declaredFiles = (project: Project, engines: EngineSource): readonly Files[] =>
  resourcesOf(project, "table").flatMap(({ address, configId, location }) => {
    const chosen = chooseConfig(project, configId);
    if ("problem" in chosen) return [];
    const records = (["metastore", "storage"] as const).map((role) => engines.recordOf(chosen.config, role)?.record);
    return [{ address, clients: clientsOf(...records), location: normalPath(location) ?? location }];
  });

const stateFiles = (state: State): readonly Files[] =>
  [...state.resources].flatMap(([address, { client, storage, declared }]) =>
    kindOf(address) === "table" && typeof declared.location === "string"
      ? [{ address, clients: clientsOf(client, storage), location: normalPath(declared.location) ?? declared.location }]
      : [],
  );

/** Files of tables that the last runs of deployments left. */
const madeFiles = (state: State): readonly Files[] =>
  [...state.resources].flatMap(([address, entry]) =>
    kindOf(address) !== "deployment"
      ? []
      : objectsMadeBy(entry).flatMap(({ client, database, table }) => {
          const location = outputsOf(entry)[inputName({ kind: "table", database, table: table ?? "" })]?.location;
          if (typeof location !== "string") return [];
          return [{ address, clients: clientsOf(client), location: normalPath(location) ?? location }];
        }),
  );

/** What deployments read and write. */
const touchedFiles = ({ deployments }: SharedInput): readonly Files[] =>
  [...deployments].flatMap(([address, { reads, writes }]) =>
    [...reads, ...writes].flatMap((place): readonly Files[] =>
      place.kind === "path" ? [{ address, clients: [withoutRole(place.client)], location: globRoot(place.path) }] : [],
    ),
  );

const problem = ({ address, location }: Files, other: Address): Diagnostic =>
  error({
    code: "safety/shared-data",
    summary: "Data of another resource",
    detail: `"${address}" has "lifecycle.delete_data", and its files at "${location}" are also those of "${other}", which ${kindOf(other) === "deployment" ? "needs them" : "keeps its own"}. Set "delete_data" of "${address}" to false and apply before it goes, or give one of the two a place of its own.`,
    address,
  });
