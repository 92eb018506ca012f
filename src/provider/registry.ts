/** The registry of providers. It is a value that callers pass on, never a global that fills itself. */
import { didYouMean } from "../diagnostic/did-you-mean.ts";
import type { EngineRole } from "../engine/roles.ts";
import { dialectNames, findDialect } from "../sql/dialect.ts";
import type { Manifest, Provider } from "./contract.ts";

/** Providers that are planned but not built. Using one gets a message of its own. */
export const planned: readonly string[] = [
  ..."local_async s3 hdfs glue athena redshift hive presto trino spark dask airflow digdag azkaban kubernetes".split(
    " ",
  ),
];

export interface Registry {
  /** The provider, or `null`. */
  get(name: string): Provider | null;
  readonly names: readonly string[];
  /** True for a provider that is planned but not in this version. */
  isPlanned(name: string): boolean;
}

/** A registry of the given providers. Throws for one that writes SQL in an unknown dialect. Two with one name are a bug in the caller. */
export function createRegistry(providers: readonly Provider[]): Registry {
  for (const { manifest } of providers) requireKnownDialect(manifest);
  const byName = new Map(providers.map((provider) => [provider.manifest.name, provider]));
  return {
    get: (name) => byName.get(name) ?? null,
    names: [...byName.keys()].sort(),
    isPlanned: (name) => planned.includes(name) && !byName.has(name),
  };
}

/** Nobody can quote a value for a dialect that is not known, so such a provider never gets into a registry. */
function requireKnownDialect({ name, execution }: Manifest): void {
  if (execution === undefined || findDialect(execution.dialect) !== null) return;
  throw new Error(
    `Provider "${name}" writes SQL in the dialect "${execution.dialect}", which Mason does not know. Its manifest must name one of ${dialectNames.join(", ")}.${didYouMean(execution.dialect, dialectNames)}`,
  );
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
