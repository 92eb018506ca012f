/** The registry: which providers there are. A value that is passed in, never a global that fills itself. */
import type { EngineRole } from "../engine/roles.ts";
import type { Provider } from "./contract.ts";

/** Providers that design names and that are not built yet: known, so that their use gets a message of its own. */
export const planned: readonly string[] = [
  ..."local_async s3 hdfs glue athena redshift hive presto trino spark dask airflow digdag azkaban kubernetes".split(
    " ",
  ),
];

export interface Registry {
  /** The provider, or `null`. */
  get(name: string): Provider | null;
  readonly names: readonly string[];
  /** Known by name, but not in this version. */
  isPlanned(name: string): boolean;
}

/** A registry of the given providers; two with one name is a bug of the caller's list. */
export function createRegistry(providers: readonly Provider[]): Registry {
  const byName = new Map(providers.map((provider) => [provider.manifest.name, provider]));
  return {
    get: (name) => byName.get(name) ?? null,
    names: [...byName.keys()].sort(),
    isPlanned: (name) => planned.includes(name) && !byName.has(name),
  };
}

/** True when the provider's engine of this role has the verb. */
export function hasVerb<R extends EngineRole>(
  { manifest }: Pick<Provider, "manifest">,
  role: R,
  verb: string,
): boolean {
  const verbs: readonly string[] | undefined = manifest.engines[role];
  return verbs?.includes(verb) ?? false;
}
