/** The stop before files are deleted that are also those of a table that keeps them. */
import { type Address, kindOf } from "../address.ts";
import { type Diagnostic, error } from "../diagnostic/diagnostic.ts";
import { normalPath, parentPath } from "../model/path.ts";
import { type Project, resourcesOf } from "../project/project.ts";
import type { ClientRecord, State } from "../state/state.ts";
import { chooseConfig } from "../validate/engines.ts";
import type { EngineSource } from "./engine-source.ts";
import { recordKey } from "./places.ts";
import type { Stage } from "./stage.ts";

/** Where the files of a table lie. A state keeps the storage of those only whose files go with them; the metastore stands for it then. */
interface Files {
  readonly address: Address;
  readonly clients: readonly string[];
  readonly location: string;
}

const clientsOf = (...records: readonly (ClientRecord | undefined)[]) =>
  records.flatMap((record) => (record === undefined ? [] : [recordKey(record)]));

/** An error for each table whose files would be deleted while another table in the same place keeps its own. */
export function sharedData(
  stages: readonly Stage[],
  { project, state, engines }: { readonly project: Project; readonly state: State; readonly engines: EngineSource },
): readonly Diagnostic[] {
  const deleted = stages.flatMap(({ address, client, storage, work }): readonly Files[] =>
    work.kind === "drop_table" && work.deleteData && work.location !== undefined
      ? [{ address, clients: clientsOf(client, storage), location: normalPath(work.location) ?? work.location }]
      : [],
  );
  if (deleted.length === 0) return [];
  const going = new Set(deleted.map((files) => files.address));
  const kept = [...declaredFiles(project, engines), ...stateFiles(state)].filter((files) => !going.has(files.address));
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

/** A path and all that it lies below; `""` is the root. */
function withParents(path: string): readonly string[] {
  const paths = [path];
  for (let last = path; last !== ""; ) {
    last = parentPath(last);
    paths.push(last);
  }
  return paths;
}

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

const problem = ({ address, location }: Files, other: Address): Diagnostic =>
  error({
    code: "safety/shared-data",
    summary: "Data of another table",
    detail: `"${address}" has "lifecycle.delete_data", and its files at "${location}" are also those of "${other}", which keeps its own. Set "delete_data" of "${address}" to false and apply before it goes, or give one of the two a place of its own.`,
    address,
  });
