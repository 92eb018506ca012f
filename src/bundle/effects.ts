/**
 * Effects: the places that steps read and write. A place is a table or path with the client that holds it, so two configs with one root
 * mean one place. Operators declare their places; for SQL they are the tables that the text names.
 */
import type { Config } from "../engine/config.ts";
import type { EngineRole } from "../engine/roles.ts";
import { canonical, type Json, sameJson } from "../json.ts";
import type { ClientRecord } from "../model/client-record.ts";
import { globRoot, namedByPath, normalPath } from "../model/path.ts";
import { type FileSettings, readFileSettings } from "../model/read-settings.ts";
import { hasOnlyRunHoles } from "../model/references.ts";
import type { DeclaredPlace } from "../operator/definition.ts";
import type { EngineSource } from "../provider/engine-source.ts";
import { writesTables } from "../provider/known-tables.ts";
import type { BundleStep } from "./bundle.ts";
import { globOf, type Predicted } from "./predict-parameters.ts";
import { normalRoot, type Root, rootOf } from "./spot.ts";

/** A table or path in any client. */
export type TableOrPath =
  | { readonly kind: "table"; readonly database: string; readonly table: string }
  | { readonly kind: "path"; readonly path: string };

/**
 * A table or path in a client. `real` is the path with its links resolved, where it differs from the one that is written; `root` is where the
 * client's paths start in their system.
 */
export type Place = { readonly client: string; readonly configId: string } & (
  | Extract<TableOrPath, { kind: "table" }>
  | (Extract<TableOrPath, { kind: "path" }> & {
      readonly real?: string;
      /** Where links among the files that are read there lead; absent if there are none. */
      readonly links?: readonly string[];
      readonly root?: Root;
      /** How Mason's own reader chooses files there; absent where code or SQL of the project reads them. */
      readonly files?: FileSettings;
    })
);

/** A path in a client. */
export type PathPlace = Extract<Place, { kind: "path" }>;

/** The directory or file that a path place means, without a glob and with links resolved. */
export const directoryOf = ({ path, real }: PathPlace): string => globRoot(real ?? path);

/** A table that a step drops. `data` says whether its files go too; `null` if that is known only when it runs. */
export type Drop = Extract<Place, { kind: "table" }> & { readonly data: boolean | null };

/** The places that one step touches. A dropped table is written too. A read path with a hole is a glob. */
export interface StepEffects {
  readonly step: string;
  readonly reads: readonly Place[];
  readonly writes: readonly Place[];
  /** Written paths with holes, as they are written: `out/day=${run.date}`. */
  readonly openWrites: readonly Place[];
  readonly drops: readonly Drop[];
}

/** A place as people read it: `sales.orders`, or the path. */
export const placeLabel = (place: TableOrPath): string =>
  place.kind === "table" ? `${place.database}.${place.table}` : place.path === "" ? "." : place.path;

/** The name of an input or output in the state, like `table sales.orders`. */
export const inputName = (place: TableOrPath): string => `${place.kind} ${placeLabel(place)}`;

/** The unique key of a place. */
export const placeKey = (place: Pick<Place, "client"> & TableOrPath): string => `${place.client} ${inputName(place)}`;

/** A place with the steps that touch it, and its name in the state. */
export type NamedPlace = Place & { readonly name: string; readonly steps: readonly string[] };

/** Each place once, with a name. If two clients hold the same name, the config tells them apart. */
export function namedPlaces(
  touched: readonly { readonly step: string; readonly place: Place }[],
): readonly NamedPlace[] {
  const places = new Map<string, { readonly place: Place; readonly steps: Set<string> }>();
  const clients = new Map<string, Set<string>>();
  for (const { step, place } of touched) {
    const [key, name] = [placeKey(place), inputName(place)];
    const known = places.get(key);
    if (known === undefined) places.set(key, { place, steps: new Set([step]) });
    else places.set(key, { place: readByBoth(known.place, place), steps: known.steps.add(step) });
    const same = clients.get(name);
    if (same === undefined) clients.set(name, new Set([place.client]));
    else same.add(place.client);
  }
  return [...places.values()].map(({ place, steps }) => {
    const name = inputName(place);
    const isAlone = clients.get(name)?.size === 1;
    return { ...place, name: isAlone ? name : `${name} (config ${place.configId})`, steps: [...steps].sort() };
  });
}

/** The place for two readers. If they choose files in different ways, every file counts. */
function readByBoth(one: Place, other: Place): Place {
  if (one.kind === "table" || other.kind === "table" || sameJson(filesJson(one), filesJson(other))) return one;
  const { files: _, ...place } = one;
  return place;
}

const filesJson = ({ files }: PathPlace): Json => (files === undefined ? null : { ...files });

/** The name without its kind, as people read it. */
export const withoutKind = (name: string): string => name.slice(name.indexOf(" ") + 1);

/** The key of a config's client in one role. Two configs with the same root have the same key. */
export function clientKey(engines: EngineSource, config: Config, role: EngineRole): string {
  const found = engines.recordOf(config, role);
  return found === null ? "" : roleKey(role, found.record);
}

/** The key of a client system in one role. */
export const roleKey = (role: EngineRole, record: ClientRecord): string => `${role} ${recordKey(record)}`;

/** The key of a client system without the role. */
export const withoutRole = (key: string): string => key.slice(key.indexOf(" ") + 1);

/** The key of a client system. */
export function recordKey(record: ClientRecord): string {
  const known = recordKeys.get(record);
  if (known !== undefined) return known;
  const { root } = record.identity;
  const identity = typeof root === "string" ? { ...record.identity, root: normalRoot(root) } : record.identity;
  const key = `${record.provider} ${canonical(identity)}`;
  recordKeys.set(record, key);
  return key;
}

/** Keys by record: each config and role has one record, and every step asks for its key. */
const recordKeys = new WeakMap<ClientRecord, string>();

/** The places that the operator of a step declares. A declared place without a value for its parameter does not count. */
export function declaredEffects(
  step: BundleStep,
  predicted: Predicted,
  config: Config,
  engines: EngineSource,
): StepEffects {
  const places = (touches: readonly DeclaredPlace[]) =>
    touches.flatMap((touch) => placesOf(touch, predicted, config, engines));
  const open = (touches: readonly DeclaredPlace[]) =>
    touches.flatMap((touch) => ("path" in touch ? openTexts(touch.path, predicted) : []));
  const pathsIn = (texts: readonly string[]) => pathPlaces(texts, config, engines);
  const files = filesChosenBy(step, predicted);
  const asRead = (place: Place): Place => (place.kind === "table" || files === undefined ? place : { ...place, files });
  return {
    step: step.id,
    reads: [...places(step.operator.reads), ...pathsIn(open(step.operator.reads).flatMap(knownGlob))].map(asRead),
    writes: places(step.operator.writes),
    openWrites: pathsIn(open(step.operator.writes)),
    drops: (step.operator.drops ?? []).flatMap(({ table, dataIf = "" }) =>
      placesOf({ table }, predicted, config, engines).flatMap((place) =>
        place.kind === "table"
          ? [{ ...place, data: predicted.unknown.has(dataIf) ? null : predicted.parameters[dataIf] === true }]
          : [],
      ),
    ),
  };
}

/** How an operator of Mason chooses files; `undefined` if that is known only when it runs, or if others read. */
function filesChosenBy({ operator }: BundleStep, { parameters, unknown }: Predicted): FileSettings | undefined {
  if (operator.work.kind !== "builtin" || unknown.has("files")) return undefined;
  const settings = parameters.files === undefined ? null : readFileSettings(parameters.files);
  return settings === null ? {} : settings.ok ? settings.value : undefined;
}

function placesOf(touch: DeclaredPlace, predicted: Predicted, config: Config, engines: EngineSource): readonly Place[] {
  if ("path" in touch) {
    const texts = fillTexts(touch.path, predicted);
    return writesTables(config, (role) => engines.recordOf(config, role)?.manifest ?? null)
      ? texts.flatMap((text) => tableOfPath(text, config, engines))
      : pathPlaces(texts, config, engines);
  }
  const dot = touch.table.indexOf(".");
  const [database] = fillTexts(touch.table.slice(0, Math.max(dot, 0)), predicted);
  const [table] = fillTexts(touch.table.slice(dot + 1), predicted);
  if (database === undefined || table === undefined || database === "") return [];
  return [tablePlace(config, engines, database, table)];
}

/** The place of the table that an output path names. */
function tableOfPath(path: string, config: Config, engines: EngineSource): readonly Place[] {
  const named = namedByPath(path);
  return named === null ? [] : [tablePlace(config, engines, named.database, named.table)];
}

/** The places of paths in the config's storage. A path that would leave its root has none. */
export function pathPlaces(texts: readonly string[], config: Config, engines: EngineSource): readonly PathPlace[] {
  return texts.flatMap((text): PathPlace[] => {
    const path = normalPath(text);
    return path === null ? [] : [pathPlace(config, engines, path)];
  });
}

/** The place of a canonical path in the config's storage. */
function pathPlace(config: Config, engines: EngineSource, path: string): PathPlace {
  const found = engines.recordOf(config, "storage");
  const client = found === null ? {} : { root: rootOf(found.record) };
  return { kind: "path", client: clientKey(engines, config, "storage"), configId: config.id, path, ...client };
}

/** The glob of a path with holes, or its directory where a hole may hold a slash; none if nothing of it is known. */
export function knownGlob(text: string): readonly string[] {
  const parts = globOf(text).split("/");
  const wild = parts.findIndex((part) => part.includes("**"));
  const known = (wild < 0 ? parts : parts.slice(0, wild)).join("/");
  return known === "" ? [] : [known];
}

/** The place of a table in the config's metastore. */
export const tablePlace = (config: Config, engines: EngineSource, database: string, table: string): Place => ({
  kind: "table",
  client: clientKey(engines, config, "metastore"),
  configId: config.id,
  database,
  table,
});

/** The places whose holes are all of the run: equal ones have equal values, and none holds a slash but `${run.key}`. */
export const ofRun = (places: readonly Place[]): readonly Place[] =>
  places.filter((place) => place.kind === "path" && hasOnlyRunHoles(place.path));

/** The places of a declared table: its entry in the catalogue, and its data. */
export interface TablePlaces {
  readonly table: Place;
  readonly data: Place;
}

/** The places of a declared table. */
export function tablePlaces(
  table: { readonly database: string; readonly name: string; readonly location: string },
  config: Config,
  engines: EngineSource,
): TablePlaces {
  return {
    table: tablePlace(config, engines, table.database, table.name),
    data: pathPlace(config, engines, normalPath(table.location) ?? table.location),
  };
}

/** The data places of declared tables, by the key of the table's place. */
export const dataPlaces = (declared: readonly TablePlaces[]): ReadonlyMap<string, Place> =>
  new Map(declared.map(({ table, data }) => [placeKey(table), data]));

/** The texts of a template. A list gives one text per item; a parameter without a value gives none. */
function fillTexts(template: string, { parameters, unknown }: Predicted): readonly string[] {
  const whole = /^\$\{([^}]*)\}$/.exec(template)?.[1];
  if (whole !== undefined) return unknown.has(whole) ? [] : texts(parameters[whole]);
  let complete = true;
  const text = template.replace(/\$\{([^}]*)\}/g, (_, name: string) => {
    const [value] = unknown.has(name) ? [] : texts(parameters[name]);
    if (value === undefined) complete = false;
    return value ?? "";
  });
  return complete ? [text] : [];
}

/** The texts of a path template with holes in them: those of parameters that are known after apply. */
function openTexts(template: string, { parameters, unknown }: Predicted): readonly string[] {
  const names = [...template.matchAll(/\$\{([^}]*)\}/g)].map((match) => match[1] ?? "");
  const isOpen = names.some((name) => unknown.has(name));
  const isGiven = names.every((name) => unknown.has(name) || texts(parameters[name]).length > 0);
  if (!isOpen || !isGiven) return [];
  const [only = ""] = names;
  if (template === `\${${only}}`) return texts(parameters[only]);
  return [template.replace(/\$\{([^}]*)\}/g, (_, name: string) => texts(parameters[name])[0] ?? "")];
}

function texts(value: Json | undefined): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item) => texts(item as Json));
  return typeof value === "string" || typeof value === "number" ? [String(value)] : [];
}
