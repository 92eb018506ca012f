/**
 * What the last run of a deployment left, as the state keeps it: its tables as the catalogue had them, and its paths with files. A plan
 * looks whether it is still so: what is gone or was changed by hand is made again by a run. Paths are only watched for being there,
 * since other deployments may write to them too.
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

/** What of a deployment's attributes in `ignore_changes` stands for what its runs left. */
export const outputsAttribute = "outputs";

/** By the name of the place (`table sales.loaded`, `path out/loaded`): the table's content, nothing for a path. */
export type Outputs = Readonly<Record<string, JsonObject>>;

/** What the state says that the last run left. */
export function outputsOf(entry: Entry): Outputs {
  const outputs = entry.object?.outputs;
  return isObject(outputs) ? (outputs as Outputs) : {};
}

const isWatched = ({ lifecycle }: DeploymentResource, { status }: Entry): boolean =>
  status === "applied" && !lifecycle.ignoreChanges.includes(outputsAttribute);

/** The name of a path in the facts. */
const pathFact = (deployment: Address, { name }: NamedPlace): string => `${deployment} wrote ${withoutKind(name)}`;

/** Paths that are to be looked at: of deployments whose last run left files there, and whose next run would write there. */
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

/** What became of the outputs of a deployment: `sales.loaded`, `out/loaded`. */
export interface OutputDrift {
  /** Whether anybody looks at what the last run left: a run that failed or was cut off may never have made it. */
  readonly isCompared: boolean;
  /** Tables that are not in the catalogue any more. */
  readonly dropped: readonly string[];
  /** Paths without files. */
  readonly deleted: readonly string[];
  /** By table: what is otherwise in the catalogue than the last run left it. */
  readonly changed: ReadonlyMap<string, readonly FieldChange[]>;
  /** By table: another project made what has its name now. */
  readonly foreign: ReadonlyMap<string, Problem>;
  /** What the last run left, as it is there now. */
  readonly now: Outputs;
}

/** Of a deployment that the state does not know. */
export const noOutputDrift: OutputDrift = {
  isCompared: false,
  dropped: [],
  deleted: [],
  changed: new Map(),
  foreign: new Map(),
  now: {},
};

/** What is not marked as ours any more was made again by somebody else; a run marks it. */
const ownerLost: FieldChange = { path: "owner", after: "this deployment", drift: true };

/**
 * Compares what the last run left with what is there, for what the next run would make again. `known` is what the state has, under the
 * address that it has there.
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

/** What a run would put back; the order of columns counts only when nothing else differs. */
function contentChanges(before: JsonObject, now: JsonObject): FieldChange[] {
  const fields = fieldChanges(now, before);
  const others = withoutIgnored(fields, ["column_order"]);
  return (others.length > 0 ? others : fields).map((field) => ({ ...field, drift: true as const }));
}

/** What is known of the drift: a run by hand may have done it as well as somebody else. */
const since = "since its last run";

/** The drift as it is told, with its repairs. What belongs to another project now is not put right by a run. */
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
      const text = `${table} belongs to another project now`;
      return { ...subject, code: "changed_outside", text, repairs: [adopt, ignoring([outputsAttribute])] };
    }),
  ];
}
