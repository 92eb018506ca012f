/** Paths with their links resolved: an output that is reached by a link is the place that the link leads to. */

import { globRoot } from "../model/path.ts";
import type { ConfigResource } from "../project/resource.ts";
import type { EngineSource } from "../provider/engine-source.ts";
import { isProviderError } from "../provider/error.ts";
import { hasVerb } from "../provider/registry.ts";
import type { Place, StepEffects } from "./effects.ts";

/** Effects with the configs that their clients come from. */
interface Linked {
  readonly configs: ReadonlyMap<string, ConfigResource>;
  readonly effects: readonly StepEffects[];
}

/** The same bundles, with `real` on each path that a link leads elsewhere. Each path is looked at once. */
export async function followLinks<T extends Linked>(
  bundles: readonly T[],
  engines: EngineSource,
): Promise<readonly T[]> {
  const known = new Map<string, Promise<string>>();
  const follow = async (place: Place, config: ConfigResource | undefined): Promise<Place> => {
    const found = config === undefined || place.kind !== "path" ? null : engines.recordOf(config, "storage");
    if (place.kind !== "path" || config === undefined || found === null) return place;
    if (!hasVerb(found, "storage", "realPath")) return place;
    const base = globRoot(place.path);
    const key = `${place.client} ${base}`;
    const real = known.get(key) ?? realOf(engines, config, base);
    known.set(key, real);
    const path = await real;
    return path === base ? place : { ...place, real: path };
  };
  return Promise.all(
    bundles.map(async (bundle) => {
      const all = (places: readonly Place[]) =>
        Promise.all(places.map((place) => follow(place, bundle.configs.get(place.configId))));
      const effects = await Promise.all(
        bundle.effects.map(async (step) => ({
          ...step,
          reads: await all(step.reads),
          writes: await all(step.writes),
          openWrites: await all(step.openWrites),
        })),
      );
      return { ...bundle, effects };
    }),
  );
}

/** A path that can't be resolved stays as it is: the run reports why. */
async function realOf(engines: EngineSource, config: ConfigResource, path: string): Promise<string> {
  try {
    const { storage } = await engines.ofConfig(config);
    return (await storage?.realPath?.(path)) ?? path;
  } catch (thrown) {
    if (isProviderError(thrown)) return path;
    throw thrown;
  }
}
