/** Resolves each deployment once, before anything is compared: its bundle, and what it reads and writes. */
import type { Address } from "../address.ts";
import type { Fingerprint } from "../engine/storage.ts";
import type { Cache } from "../model/cache.ts";
import { type Project, resourcesOf } from "../project/project.ts";
import type { ConfigResource, DeploymentResource } from "../project/resource.ts";
import type { EngineSource } from "../provider/engine-source.ts";
import type { CheckedBody } from "../validate/body.ts";
import { chooseConfig } from "../validate/engines.ts";
import type { Bundle } from "./bundle.ts";
import {
  dataPlaces,
  declaredEffects,
  type NamedPlace,
  namedPlaces,
  type Place,
  placeKey,
  type TablePlaces,
  tablePlace,
  tablePlaces,
} from "./effects.ts";
import { type InputSource, inputsOf } from "./inputs.ts";
import { configsOf, makeBundle } from "./make-bundle.ts";
import type { Modules } from "./operator-digest.ts";
import { predictParameters } from "./predict-parameters.ts";
import { type StepSql, sqlOf, tablesOf } from "./sql-tables.ts";

/** A resolved deployment: what it runs, reads and writes. */
export interface ResolvedDeployment {
  readonly bundle: Bundle;
  readonly configs: ReadonlyMap<string, ConfigResource>;
  readonly reads: readonly NamedPlace[];
  readonly writes: readonly NamedPlace[];
  readonly inputs: readonly InputSource[];
  /** Locations of the inputs that are declared tables, by name of the input. Until the table exists, its files are its content. */
  readonly files: ReadonlyMap<string, string>;
  /** By name of the input. An absent input can't be watched. */
  readonly fingerprints: Map<string, Fingerprint | null>;
}

/** All deployments with a valid body, resolved. */
export async function resolveDeployments(
  project: Project,
  bodyOf: (deployment: DeploymentResource) => CheckedBody,
  modules: Modules,
  engines: EngineSource,
  cache: Cache,
): Promise<ReadonlyMap<Address, ResolvedDeployment>> {
  const found = new Map<Address, Touching>();
  const texts: { readonly sql: StepSql; readonly reads: Touched[] }[] = [];
  for (const deployment of resourcesOf(project, "deployment")) {
    const bundle = makeBundle(project, bodyOf(deployment), deployment, modules, engines);
    const configs = configsOf(project, bundle.steps);
    const predicted = predictParameters(bundle);
    const reads: Touched[] = [];
    const writes: Touched[] = [];
    for (const step of bundle.steps) {
      const [known, config] = [predicted.get(step.id), configs.get(step.configId)];
      if (known === undefined || config === undefined) continue;
      const places = declaredEffects(step, known, config, engines);
      const touched = (place: Place): Touched => ({ step: step.id, place });
      reads.push(...places.reads.map(touched));
      writes.push(...places.writes.map(touched));
      texts.push(...sqlOf(step, known, config, engines).map((sql) => ({ sql, reads })));
    }
    found.set(deployment.address, { bundle, configs, reads, writes });
  }
  if (texts.length > 0) await addSqlTables(texts, engines, cache);
  const data = dataPlaces(declaredTables(project, engines));
  return new Map([...found].map(([address, parts]) => [address, withInputs(parts, data)]));
}

/** A place that a step touches. */
interface Touched {
  readonly step: string;
  readonly place: Place;
}

/** The reads and writes of a deployment, step by step. */
type Touching = Pick<ResolvedDeployment, "bundle" | "configs"> & {
  readonly reads: readonly Touched[];
  readonly writes: readonly Touched[];
};

async function addSqlTables(
  texts: readonly { readonly sql: StepSql; readonly reads: Touched[] }[],
  engines: EngineSource,
  cache: Cache,
): Promise<void> {
  const tables = await tablesOf(
    texts.map((text) => text.sql),
    engines,
    cache,
  );
  for (const { sql, reads } of texts) {
    for (const [database, table] of tables.get(sql) ?? [])
      reads.push({ step: sql.step, place: tablePlace(sql.config, engines, database, table) });
  }
}

const declaredTables = (project: Project, engines: EngineSource): readonly TablePlaces[] =>
  resourcesOf(project, "table").flatMap((table) => {
    const chosen = chooseConfig(project, table.configId);
    return "problem" in chosen ? [] : [tablePlaces(table, chosen.config, engines)];
  });

function withInputs(parts: Touching, data: ReadonlyMap<string, Place>): ResolvedDeployment {
  const [reads, writes] = [namedPlaces(parts.reads), namedPlaces(parts.writes)];
  const files = new Map<string, string>();
  for (const place of reads) {
    const own = data.get(placeKey(place));
    if (own?.kind === "path") files.set(place.name, own.path);
  }
  return { ...parts, reads, writes, inputs: inputsOf(reads, writes, data), files, fingerprints: new Map() };
}
