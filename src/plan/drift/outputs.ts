/**
 * Outputs of a deployment's last run, as the state keeps them: tables with their catalogue entry, and paths with files. A plan compares
 * them with the real ones; a run makes again what is missing or was changed by hand. A path is only checked for existence, since other
 * deployments may write there too.
 */
import { type Address, tableAddress } from "../../address.ts";
import { type NamedPlace, placeKey, roleKey, withoutKind } from "../../bundle/effects.ts";
import type { ResolvedDeployment } from "../../bundle/resolve-deployments.ts";
import type { Problem } from "../../diagnostic/diagnostic.ts";
import type { WantedOutput } from "../../facts/outputs-present.ts";
import type { Facts } from "../../facts/refresh.ts";
import { isObject, type JsonObject } from "../../json.ts";
import type { Project } from "../../project/project.ts";
import type { DeploymentResource } from "../../project/resource.ts";
import type { EngineSource } from "../../provider/engine-source.ts";
import { tableContent } from "../../state/declared.ts";
import { tablesMadeBy } from "../../state/made-objects.ts";
import type { Entry, State } from "../../state/state.ts";
import { fieldChanges, withoutIgnored } from "../compare.ts";
import type { FieldChange } from "../field-change.ts";
import { movesOf } from "../moves.ts";
import { belongsToOthers } from "../stops/ownership.ts";
import { type Drift, ignoring, offered, outsideDrift, planned, type Subject } from "./drift.ts";

/** The name in `ignore_changes` that stands for a deployment's outputs. */
export const outputsAttribute = "outputs";

/** Outputs by name of the place (`table sales.loaded`, `path out/loaded`): the content of a table, an empty object for a path. */
export type Outputs = Readonly<Record<string, JsonObject>>;

/** The outputs of the last run by the state. */
export function outputsOf(entry: Entry): Outputs {
  const outputs = entry.object?.outputs;
  return isObject(outputs) ? (outputs as Outputs) : {};
}

const isWatched = ({ lifecycle }: DeploymentResource, { status }: Entry): boolean =>
  status === "applied" && !lifecycle.ignoreChanges.includes(outputsAttribute);

/** The name of a path in the facts. */
const pathFact = (deployment: Address, { name }: NamedPlace): string => `${deployment} wrote ${withoutKind(name)}`;

/** The paths to look at: the last run of a deployment left files there, and the next run would write there. */
export function wantedOutputs(
  project: Project,
  state: State,
  engines: EngineSource,
  deployments: ReadonlyMap<Address, Pick<ResolvedDeployment, "configs" | "writes">>,
): readonly WantedOutput[] {
  const { moves } = movesOf(project, state);
  return [...deployments].flatMap(([address, { configs, writes }]) => {
    const [resource, entry] = [project.resources.get(address), state.resources.get(moves.get(address) ?? address)];
    if (resource?.kind !== "deployment" || entry === undefined || !isWatched(resource, entry)) return [];
    const left = outputsOf(entry);
    return writes.flatMap((place): readonly WantedOutput[] => {
      const config = configs.get(place.configId);
      const found = config === undefined ? null : engines.recordOf(config, "storage");
      if (place.kind !== "path" || left[place.name] === undefined || found === null) return [];
      const storage = () => engines.ofClient(found.record, "storage");
      return [{ name: pathFact(address, place), client: place.client, path: place.path, storage }];
    });
  });
}

/** The drift of a deployment's outputs, by label: `sales.loaded`, `out/loaded`. */
export interface OutputDrift {
  /** True if outputs are watched. A failed or interrupted run may never have made them. */
  readonly isCompared: boolean;
  /** Tables that are no longer in the catalogue. */
  readonly dropped: readonly string[];
  /** Paths without files. */
  readonly deleted: readonly string[];
  /** Attributes that differ from what the last run left, by table. */
  readonly changed: ReadonlyMap<string, readonly FieldChange[]>;
  /** Tables whose name another project uses now, with the problem. */
  readonly foreign: ReadonlyMap<string, Problem>;
  /** The outputs of the last run as they are now. */
  readonly now: Outputs;
}

/** The drift of a deployment that the state does not know. */
export const noOutputDrift: OutputDrift = {
  isCompared: false,
  dropped: [],
  deleted: [],
  changed: new Map(),
  foreign: new Map(),
  now: {},
};

/** The drift of a table without our mark: somebody else made it again, and a run marks it. */
const ownerLost: FieldChange = { path: "owner", after: "this deployment", drift: true };

/**
 * Compares the outputs of the last run with the real ones, as far as the next run would make them again. `known` is the entry of the
 * state, with its address there.
 */
export function outputDrift(
  { tables, outputs }: Pick<Facts, "tables" | "outputs">,
  resource: DeploymentResource,
  known: { readonly address: Address; readonly entry: Entry },
  writes: readonly NamedPlace[],
  lineage: State["lineage"],
): OutputDrift {
  const dropped: string[] = [];
  const changed = new Map<string, readonly FieldChange[]>();
  const foreign = new Map<string, Problem>();
  const [left, isCompared] = [outputsOf(known.entry), isWatched(resource, known.entry)];
  const made = tablesMadeBy(known.address, known.entry);
  const written = new Map(made.length === 0 ? [] : writes.map((place) => [placeKey(place), place]));
  const now: Record<string, JsonObject> = { ...left };
  for (const { fact, client, database, table } of made) {
    const place = written.get(placeKey({ kind: "table", client: roleKey("metastore", client), database, table }));
    const real = tables.get(fact);
    if (place === undefined || real === undefined) continue;
    const label = withoutKind(place.name);
    if (real === null) {
      if (isCompared && left[place.name] !== undefined) dropped.push(label);
      delete now[place.name];
      continue;
    }
    const problem = belongsToOthers(real, tableAddress(database, table), lineage);
    if (problem !== null) foreign.set(label, problem);
    const before = left[place.name];
    if (problem !== null || before === undefined || !isCompared) continue;
    now[place.name] = tableContent(real);
    const fields = contentChanges(before, tableContent(real));
    if (real.owner === undefined) fields.push(ownerLost);
    if (fields.length > 0) changed.set(label, fields);
  }
  const gone = writes.filter((place) => outputs.get(pathFact(resource.address, place)) === false);
  for (const { name } of gone) delete now[name];
  const deleted = gone.map(({ name }) => withoutKind(name));
  return { isCompared, dropped, deleted, changed, foreign, now };
}

/** The changes that a run would revert. The order of columns counts only if nothing else differs. */
function contentChanges(before: JsonObject, now: JsonObject): FieldChange[] {
  const fields = fieldChanges(now, before);
  const others = withoutIgnored(fields, ["column_order"]);
  return (others.length > 0 ? others : fields).map((field) => ({ ...field, drift: true as const }));
}

/** How the drift came about: a run by hand may have caused it too. */
const since = "since its last run";

/** The drift for display, with its repairs. A run does not repair what now belongs to another project. */
export function outputDrifts(subject: Subject, drift: OutputDrift): readonly Drift[] {
  const adopt = offered("adopt", "take the step that makes it out of the YAML");
  const repairs = [planned("revert"), adopt, ignoring([outputsAttribute])];
  const missing = [
    ...(drift.dropped.length === 0 ? [] : [`dropped ${since}: ${drift.dropped.join(", ")}`]),
    ...(drift.deleted.length === 0 ? [] : [`deleted ${since}: ${drift.deleted.join(", ")}`]),
  ];
  return [
    ...missing.map((text): Drift => ({ ...subject, code: "missing", text, repairs })),
    ...[...drift.changed].flatMap(([table, fields]) =>
      outsideDrift(subject, fields, planned("revert"), since).map((item): Drift => {
        return { ...item, text: `${table}: ${item.text}`, repairs };
      }),
    ),
    ...(drift.isCompared ? [...drift.foreign.keys()] : []).map((table): Drift => {
      const text = `${table} now belongs to another project`;
      return { ...subject, code: "changed_outside", text, repairs: [adopt, ignoring([outputsAttribute])] };
    }),
  ];
}
