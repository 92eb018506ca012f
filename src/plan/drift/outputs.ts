/**
 * Outputs of a deployment's last run, as the state keeps them: tables with their catalogue entry, and paths with files. A plan compares
 * them with the real ones; a run makes again what is missing or was changed by hand, and never deletes files that no run wrote.
 */
import { type Address, tableAddress } from "../../address.ts";
import { type Bundle, bundleDigest } from "../../bundle/bundle.ts";
import { type NamedPlace, placeKey, roleKey, withoutKind } from "../../bundle/effects.ts";
import type { ResolvedDeployment } from "../../bundle/resolve-deployments.ts";
import type { Problem } from "../../diagnostic/diagnostic.ts";
import type { Facts } from "../../facts/refresh.ts";
import { type FilesAt, hasData, type WrittenPath } from "../../facts/written-files.ts";
import type { JsonObject } from "../../json.ts";
import type { OutputLists } from "../../model/run.ts";
import type { Project } from "../../project/project.ts";
import type { DeploymentResource } from "../../project/resource.ts";
import type { EngineSource } from "../../provider/engine-source.ts";
import { tableContent } from "../../state/declared.ts";
import { tablesMadeBy } from "../../state/made-objects.ts";
import { type Outputs, outputsOf, writtenRecord } from "../../state/outputs.ts";
import type { Entry, State } from "../../state/state.ts";
import { fieldChanges, withoutIgnored } from "../compare.ts";
import type { FieldChange } from "../field-change.ts";
import { movesOf } from "../moves.ts";
import { belongsToOthers } from "../stops/ownership.ts";
import { type Drift, ignoring, offered, outsideDrift, planned, type Subject } from "./drift.ts";
import { type ForeignFiles, filesReplaced, foreignPaths, type Replaced, replacedPaths } from "./foreign-files.ts";
import { changedFiles, few } from "./written-path.ts";

/** The name in `ignore_changes` that stands for a deployment's outputs. */
export const outputsAttribute = "outputs";

/** False if the deployment ignores what becomes of its outputs. */
export const watchesOutputs = ({ lifecycle }: DeploymentResource): boolean =>
  !lifecycle.ignoreChanges.includes(outputsAttribute);

const isWatched = (resource: DeploymentResource, { status }: Entry): boolean =>
  status === "applied" && watchesOutputs(resource);

/** The name of a path in the facts. */
const pathFact = (deployment: Address, { name }: NamedPlace): string => `${deployment} wrote ${withoutKind(name)}`;

/** The paths to look at: where the last run of a deployment left files and the next one would write, and where a run would replace files. */
export function wantedOutputs(
  project: Project,
  state: State,
  engines: EngineSource,
  deployments: ReadonlyMap<Address, Pick<ResolvedDeployment, "bundle" | "configs" | "writes">>,
): readonly WrittenPath[] {
  const { moves } = movesOf(project, state);
  return [...deployments].flatMap(([address, { bundle, configs, writes }]) => {
    const [resource, entry] = [project.resources.get(address), state.resources.get(moves.get(address) ?? address)];
    if (resource?.kind !== "deployment" || !watchesOutputs(resource)) return [];
    const left = entry === undefined ? {} : outputsOf(entry);
    const replaced = new Set<NamedPlace>(replacedPaths({ bundle, writes, entry }));
    return writes.flatMap((place): readonly WrittenPath[] => {
      const config = configs.get(place.configId);
      const found = config === undefined ? null : engines.recordOf(config, "storage");
      if (place.kind !== "path" || found === null || !(replaced.has(place) || left[place.name] !== undefined))
        return [];
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
  /** How files differ from what the last run left, by path. */
  readonly altered: ReadonlyMap<string, string>;
  /** Files that a run would delete and that no run wrote. */
  readonly replaced: Replaced;
  /** Attributes that differ from what the last run left, by table. */
  readonly changed: ReadonlyMap<string, readonly FieldChange[]>;
  /** Tables whose name another project uses now, with the problem. */
  readonly foreign: ReadonlyMap<string, Problem>;
  /** The outputs of the last run as they are now. */
  readonly now: Outputs;
}

/** The drift of a table without our mark: somebody else made it again, and a run marks it. */
const ownerLost: FieldChange = { path: "owner", after: "this deployment", drift: true };

/** A deployment whose outputs are compared. */
export interface OutputOwner {
  readonly resource: DeploymentResource;
  /** Its entry of the state, with its address there. */
  readonly known: { readonly address: Address; readonly entry: Entry };
  readonly writes: readonly NamedPlace[];
  readonly bundle: Bundle;
  readonly state: State;
  readonly lists: Pick<OutputLists, "get">;
  /** True if a run was interrupted: what it published is in no list. */
  readonly isCutOff: boolean;
}

/** The drift of a deployment that the state does not know, besides what it replaces. */
const noOutputDrift: Omit<OutputDrift, "replaced"> = {
  isCompared: false,
  dropped: [],
  deleted: [],
  altered: new Map(),
  changed: new Map(),
  foreign: new Map(),
  now: {},
};

/** Compares the outputs of the last run with the real ones, as far as the next run would make them again. */
export function outputDrift(
  { tables, outputs }: Pick<Facts, "tables" | "outputs">,
  { known, ...owner }: Omit<OutputOwner, "known"> & { readonly known: OutputOwner["known"] | undefined },
): OutputDrift {
  const { resource, isCutOff } = owner;
  const filesOf = (place: NamedPlace) => outputs.get(pathFact(resource.address, place));
  const replaced = isCutOff ? noFilesReplaced : filesReplaced({ ...owner, entry: known?.entry }, filesOf);
  if (known === undefined) return { ...noOutputDrift, replaced };
  const left = outputsOf(known.entry);
  const now: Record<string, JsonObject> = { ...left };
  const tableDrift = tablesDrift(tables, { ...owner, known }, now);
  return { ...tableDrift, ...pathsDrift(filesOf, { ...owner, known }, now), replaced, now };
}

const noFilesReplaced: Replaced = { foreign: new Map(), unknown: [] };

/** The drift of paths. It puts their present fingerprints into `now`. */
function pathsDrift(
  filesOf: (place: NamedPlace) => FilesAt | null | undefined,
  { known, resource, writes, bundle, lists }: OutputOwner,
  now: Record<string, JsonObject>,
): Pick<OutputDrift, "isCompared" | "deleted" | "altered"> {
  const [left, isCompared] = [outputsOf(known.entry), isWatched(resource, known.entry)];
  const deleted: string[] = [];
  const altered = new Map<string, string>();
  const digest = bundleDigest(bundle);
  for (const place of writes) {
    if (left[place.name] === undefined) continue;
    const [there, label] = [filesOf(place), withoutKind(place.name)];
    const found = there !== undefined && there !== null && !hasData(there) ? null : there;
    if (found === null) {
      if (isCompared) deleted.push(label);
      delete now[place.name];
    }
    const before = writtenRecord(left[place.name]);
    if (before === null || found === undefined || found === null) continue;
    const changed = changedFiles(before, found, (of) => lists.get(placeKey(place), of), digest);
    if (found.fingerprint !== null) now[place.name] = { ...found.fingerprint };
    if (changed !== null && isCompared) altered.set(label, changed);
  }
  return { isCompared, deleted, altered };
}

/** The drift of tables. It puts their present content into `now`. */
function tablesDrift(
  tables: Facts["tables"],
  { known, resource, writes, state: { lineage } }: OutputOwner,
  now: Record<string, JsonObject>,
): Pick<OutputDrift, "dropped" | "changed" | "foreign"> {
  const dropped: string[] = [];
  const changed = new Map<string, readonly FieldChange[]>();
  const foreign = new Map<string, Problem>();
  const [left, isCompared] = [outputsOf(known.entry), isWatched(resource, known.entry)];
  const made = tablesMadeBy(known.address, known.entry);
  const written = new Map(made.length === 0 ? [] : writes.map((place) => [placeKey(place), place]));
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
  return { dropped, changed, foreign };
}

/** The changes that a run would revert. The order of columns counts only if nothing else differs. */
function contentChanges(before: JsonObject, now: JsonObject): FieldChange[] {
  const fields = fieldChanges(now, before);
  const others = withoutIgnored(fields, ["column_order"]);
  return (others.length > 0 ? others : fields).map((field) => ({ ...field, drift: true as const }));
}

/** How the drift came about: a run by hand may have caused it too. */
const since = "since its last run";

function foreignFilesDrift(subject: Subject, foreign: ForeignFiles): readonly Drift[] {
  if (foreign.size === 0) return [];
  const text = `files that Mason has no record of writing: ${few(foreignPaths(foreign))}`;
  const repairs = [
    offered("revert", `--allow-destroy ${subject.address}, when it runs`),
    offered("adopt", `mason state import ${subject.address}`),
    ignoring([outputsAttribute]),
  ];
  return [{ ...subject, code: "foreign_files", text, repairs }];
}

/** The drift for display, with its repairs. A run does not repair what now belongs to another project. */
export function outputDrifts(subject: Subject, drift: OutputDrift): readonly Drift[] {
  const adopt = offered("adopt", "remove the step that makes it from the YAML");
  const repairs = [planned("revert"), adopt, ignoring([outputsAttribute])];
  const missing = [
    ...(drift.dropped.length === 0 ? [] : [`dropped ${since}: ${drift.dropped.join(", ")}`]),
    ...(drift.deleted.length === 0 ? [] : [`deleted ${since}: ${drift.deleted.join(", ")}`]),
  ];
  const altered = [...drift.altered].map(([label, how]) => `changed ${since}: ${label} (${how})`);
  return [
    ...missing.map((text): Drift => ({ ...subject, code: "missing", text, repairs })),
    ...altered.map((text): Drift => {
      const keep = offered("adopt", `mason state import ${subject.address}`);
      return {
        ...subject,
        code: "changed_outside",
        text,
        repairs: [planned("revert"), keep, ignoring([outputsAttribute])],
      };
    }),
    ...foreignFilesDrift(subject, drift.replaced.foreign),
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
