/**
 * What the last run of a deployment left, as the state keeps it: its tables as the catalogue had them, and its paths with files. A plan
 * looks whether it is still so: what is gone or was changed by hand is made again by a run. Paths are only watched for being there,
 * since other deployments may write to them too.
 */
import type { Address } from "../address.ts";
import { isObject, type JsonObject } from "../json.ts";
import type { Table } from "../model/table.ts";
import type { Project } from "../project/project.ts";
import type { DeploymentResource } from "../project/resource.ts";
import type { WantedOutput } from "../state/outputs-there.ts";
import type { Facts } from "../state/refresh.ts";
import type { Entry, State } from "../state/state.ts";
import { fieldChanges, withoutIgnored } from "./compare.ts";
import { tableContent } from "./declared.ts";
import type { DeploymentParts } from "./deployment-parts.ts";
import { type Drift, droppedText, ignoring, offered, outsideDrift, planned, type Subject } from "./drift.ts";
import type { EngineSource } from "./engine-source.ts";
import { inputName, type Place, placeLabel } from "./places.ts";
import type { FieldChange } from "./plan.ts";
import { madeBy } from "./plan-removed.ts";
import { madeFact } from "./wanted-facts.ts";

/** What of a deployment's attributes in `ignore_changes` stands for what its runs left. */
export const outputsAttribute = "outputs";

/** By the name of the place (`table sales.loaded`, `path out/loaded`): the table's content, nothing for a path. */
export type Outputs = Readonly<Record<string, JsonObject>>;

/** What the state says that the last run left. */
function outputsOf(entry: Entry): Outputs {
  const outputs = entry.object?.outputs;
  return isObject(outputs) ? (outputs as Outputs) : {};
}

/** The tables and paths that a run left, as the state keeps them. */
export const outputsJson = (tables: readonly Table[], paths: readonly string[]): Outputs =>
  Object.fromEntries([
    ...tables.map((table) => [
      inputName({ kind: "table", database: table.database, table: table.name }),
      tableContent(table),
    ]),
    ...paths.map((path) => [inputName({ kind: "path", path }), {}]),
  ]);

/** Whether anybody looks at what the last run left: a run that failed or was cut off may never have made it. */
const isWatched = ({ lifecycle }: DeploymentResource, entry: Entry | undefined): entry is Entry =>
  entry?.status === "applied" && !lifecycle.ignoreChanges.includes(outputsAttribute);

/** The name of a path in the facts. */
const pathFact = (deployment: Address, place: Place): string => `${deployment} wrote ${placeLabel(place)}`;

/** Paths that are to be looked at: of deployments whose last run left files there, and whose next run would write there. */
export function wantedOutputs(
  project: Project,
  state: State,
  engines: EngineSource,
  deployments: ReadonlyMap<Address, Pick<DeploymentParts, "configs" | "writes">>,
): readonly WantedOutput[] {
  return [...deployments].flatMap(([address, { configs, writes }]) => {
    const [resource, entry] = [project.resources.get(address), state.resources.get(address)];
    if (resource?.kind !== "deployment" || !isWatched(resource, entry)) return [];
    const left = outputsOf(entry);
    return writes.flatMap((place): readonly WantedOutput[] => {
      const config = configs.get(place.configId);
      const found = config === undefined ? null : engines.recordOf(config, "storage");
      if (place.kind !== "path" || left[inputName(place)] === undefined || found === null) return [];
      const storage = () => engines.ofClient(found.record, "storage");
      return [{ name: pathFact(address, place), client: place.client, path: place.path, storage }];
    });
  });
}

/** What became of the outputs of a deployment: `sales.loaded`, `out/loaded`. */
export interface OutputDrift {
  /** Tables that are not in the catalogue any more. */
  readonly dropped: readonly string[];
  /** Paths without files. */
  readonly deleted: readonly string[];
  /** By table: what is otherwise in the catalogue than the last run left it. */
  readonly changed: ReadonlyMap<string, readonly FieldChange[]>;
}

/** Compares what the last run left with what is there, for what the next run would make again. */
export function outputDrift(
  { tables, outputs }: Pick<Facts, "tables" | "outputs">,
  resource: DeploymentResource,
  entry: Entry | undefined,
  writes: readonly Place[],
): OutputDrift {
  const { address } = resource;
  const [dropped, changed] = [[] as string[], new Map<string, readonly FieldChange[]>()];
  if (!isWatched(resource, entry)) return { dropped, deleted: [], changed };
  const left = outputsOf(entry);
  const written = new Set(writes.map(inputName));
  for (const made of madeBy(entry)) {
    const { database, table } = made;
    if (table === undefined) continue;
    const spot = { kind: "table", database, table } as const;
    const [name, found] = [placeLabel(spot), tables.get(madeFact(address, made))];
    if (found === undefined || !written.has(inputName(spot))) continue;
    const before = left[inputName(spot)];
    if (found === null) dropped.push(name);
    else if (before !== undefined) {
      const fields = contentChanges(before, tableContent(found));
      if (fields.length > 0) changed.set(name, fields);
    }
  }
  const deleted = writes.filter((place) => outputs.get(pathFact(address, place)) === false).map(placeLabel);
  return { dropped, deleted: [...new Set(deleted)], changed };
}

/** What a run would put back; the order of columns counts only when nothing else differs. */
function contentChanges(before: JsonObject, now: JsonObject): readonly FieldChange[] {
  const fields = fieldChanges(now, before);
  const others = withoutIgnored(fields, ["column_order"]);
  return (others.length > 0 ? others : fields).map((field) => ({ ...field, drift: true as const }));
}

/** The drift as it is told, with its repairs. */
export function outputDrifts(subject: Subject, { dropped, deleted, changed }: OutputDrift): readonly Drift[] {
  const repairs = [
    planned("revert"),
    offered("adopt", "take the step that makes it out of the YAML"),
    ignoring([outputsAttribute]),
  ];
  const missing = [
    ...(dropped.length === 0 ? [] : [`${droppedText}: ${dropped.join(", ")}`]),
    ...(deleted.length === 0 ? [] : [`deleted outside of Mason: ${deleted.join(", ")}`]),
  ];
  return [
    ...missing.map((text): Drift => ({ ...subject, code: "missing", text, repairs })),
    ...[...changed].flatMap(([table, fields]) =>
      outsideDrift(subject, fields).map((drift): Drift => ({ ...drift, text: `${table}: ${drift.text}`, repairs })),
    ),
  ];
}
