/** Resolves each deployment once, before anything is compared: its bundle, and what it reads and writes. */

import type { Address } from "../address.ts";
import type { Fingerprint } from "../engine/storage.ts";
import type { Cache } from "../model/cache.ts";
import { pathFromRoot } from "../operator/table/sql-files.ts";
import { type Project, resourcesOf } from "../project/project.ts";
import type { ConfigResource, DeploymentResource } from "../project/resource.ts";
import type { EngineSource } from "../provider/engine-source.ts";
import type { CheckedBody } from "../validate/body.ts";
import { chooseConfig } from "../validate/engines.ts";
import type { Bundle } from "./bundle.ts";
import type { StepEffects } from "./effects.ts";
import {
  dataPlaces,
  declaredEffects,
  knownGlob,
  type NamedPlace,
  namedPlaces,
  type Place,
  pathPlaces,
  placeKey,
  type TablePlaces,
  tablePlace,
  tablePlaces,
} from "./effects.ts";
import { followLinks } from "./follow-links.ts";
import { type InputSource, inputsOf } from "./inputs.ts";
import { configsOf, makeBundle } from "./make-bundle.ts";
import type { Modules } from "./operator-digest.ts";
import { type Predicted, predictParameters } from "./predict-parameters.ts";
import { dialectOfConfig, readsOfTexts, type StepSql, sqlOf } from "./sql-tables.ts";

/** A bundle with everything that its steps touch. */
export interface ResolvedBundle {
  readonly bundle: Bundle;
  readonly configs: ReadonlyMap<string, ConfigResource>;
  /** Parameters by step, as they are known before the run. */
  readonly predicted: ReadonlyMap<string, Predicted>;
  /** What each step touches, in the order of the bundle. */
  readonly effects: readonly StepEffects[];
  readonly reads: readonly NamedPlace[];
  readonly writes: readonly NamedPlace[];
  /** Written paths with holes, as they are written. */
  readonly openWrites: readonly Place[];
  /** What steps read and nobody can watch: files that are known after apply, tables of other catalogs. */
  readonly unwatched: readonly string[];
}

/** A deployment with its bundle and its inputs. */
export interface ResolvedDeployment extends ResolvedBundle {
  readonly inputs: readonly InputSource[];
  /** Locations of the inputs that are declared tables, by name of the input. Until the table exists, its files are its content. */
  readonly files: ReadonlyMap<string, string>;
  /** By name of the input. An absent input can't be watched. */
  readonly fingerprints: Map<string, Fingerprint | null>;
}

/** How bundles are resolved. */
export interface Resolving {
  readonly engines: EngineSource;
  /** Keeps which tables a SQL text names. */
  readonly cache: Cache;
  /** False if no system may be asked: then links are not followed. */
  readonly asksSystems: boolean;
}

/** All deployments with a valid body, resolved. */
export async function resolveDeployments(
  project: Project,
  bodyOf: (deployment: DeploymentResource) => CheckedBody,
  modules: Modules,
  resolving: Resolving,
): Promise<ReadonlyMap<Address, ResolvedDeployment>> {
  const { engines } = resolving;
  const deployments = resourcesOf(project, "deployment");
  const bundles = deployments.map((item) => makeBundle(project, bodyOf(item), item, modules, engines));
  const resolved = await resolveBundles(project, bundles, resolving);
  const data = dataPlaces(declaredTables(project, engines));
  return new Map(resolved.map((parts) => [parts.bundle.address, withInputs(parts, data)]));
}

/** What the steps of bundles touch. SQL texts of all of them are parsed together. */
export async function resolveBundles(
  project: Project,
  bundles: readonly Bundle[],
  resolving: Resolving,
): Promise<readonly ResolvedBundle[]> {
  const { engines, cache } = resolving;
  const texts: TextOf[] = [];
  const found = bundles.map((bundle) => {
    const configs = configsOf(project, bundle.steps);
    const predicted = predictParameters(bundle, ({ configId }) => {
      const config = configs.get(configId);
      return config === undefined ? null : dialectOfConfig(engines, config);
    });
    const unwatched: string[] = [];
    const effects = bundle.steps.flatMap((step) => {
      const [known, config] = [predicted.get(step.id), configs.get(step.configId)];
      if (known === undefined || config === undefined) return [];
      const declared = declaredEffects(step, known, config, engines);
      const reads = [...declared.reads];
      texts.push(...sqlOf(step, known, config, engines).map((sql) => ({ sql, reads, unwatched })));
      return [{ ...declared, reads }];
    });
    return { bundle, configs, predicted, effects, unwatched };
  });
  if (texts.length > 0) await addSqlReads(texts, engines, cache);
  const linked = resolving.asksSystems ? await followLinks(found, engines) : found;
  return linked.map((parts) => ({
    ...parts,
    reads: namedPlaces(touched(parts.effects, ({ reads }) => reads)),
    writes: namedPlaces(touched(parts.effects, ({ writes }) => writes)),
    openWrites: parts.effects.flatMap(({ openWrites }) => openWrites),
  }));
}

const touched = (effects: readonly StepEffects[], places: (step: StepEffects) => readonly Place[]) =>
  effects.flatMap((step) => places(step).map((place) => ({ step: step.step, place })));

/** One SQL text, and the lists that its reads go to. */
interface TextOf {
  readonly sql: StepSql;
  readonly reads: Place[];
  readonly unwatched: string[];
}

async function addSqlReads(texts: readonly TextOf[], engines: EngineSource, cache: Cache): Promise<void> {
  const found = await readsOfTexts(
    texts.map((text) => text.sql),
    engines,
    cache,
  );
  for (const { sql, reads, unwatched } of texts) {
    const { step, config } = sql;
    const { tables = [], files = [], elsewhere = [] } = found.get(sql) ?? {};
    unwatched.push(...elsewhere);
    for (const [database, table] of tables) reads.push(tablePlace(config, engines, database, table));
    if (files.length === 0) continue;
    const { storage } = await engines.ofConfig(config);
    for (const file of files) {
      const path = file.path === null ? null : pathFromRoot(storage, file.path);
      const known = path !== null && "path" in path ? knownGlob(path.path) : [];
      // The preview reports a path that leaves the root.
      if (known.length === 0 && (path === null || "path" in path)) unwatched.push(`files of ${step}`);
      reads.push(...pathPlaces(known, config, engines));
    }
  }
}

const declaredTables = (project: Project, engines: EngineSource): readonly TablePlaces[] =>
  resourcesOf(project, "table").flatMap((table) => {
    const chosen = chooseConfig(project, table.configId);
    return "problem" in chosen ? [] : [tablePlaces(table, chosen.config, engines)];
  });

function withInputs(parts: ResolvedBundle, data: ReadonlyMap<string, Place>): ResolvedDeployment {
  const { reads, writes, openWrites } = parts;
  const files = new Map<string, string>();
  for (const place of reads) {
    const own = data.get(placeKey(place));
    if (own?.kind === "path") files.set(place.name, own.path);
  }
  return { ...parts, inputs: inputsOf(reads, { writes, openWrites }, data), files, fingerprints: new Map() };
}
