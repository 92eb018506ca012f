/** Paths with their links resolved: an output that is reached by a link is the place that the link leads to. */

import type { Storage } from "../engine/storage.ts";
import { globRoot } from "../model/path.ts";
import { leadingTo } from "../operator/own-input.ts";
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

/**
 * The same bundles, with `real` on each path that a link leads elsewhere, and `links` on each read path with links among its files. Each
 * path is looked at once.
 */
export async function followLinks<T extends Linked>(
  bundles: readonly T[],
  engines: EngineSource,
): Promise<readonly T[]> {
  const ask = asking(engines);
  const follow = async (place: Place, config: ConfigResource | undefined): Promise<Place> => {
    if (place.kind !== "path" || config === undefined) return place;
    const base = globRoot(place.path);
    const real = await ask(config, { client: place.client, verb: "realPath", path: base });
    return real === null || real === base ? place : { ...place, real };
  };
  const followAll = async (place: Place, config: ConfigResource | undefined): Promise<Place> => {
    const followed = await follow(place, config);
    if (followed.kind !== "path" || config === undefined) return followed;
    const found = await ask(config, { client: place.client, verb: "links", path: followed.path });
    const links = leadingTo(found ?? [], followed.path, followed.files);
    return links.length === 0 ? followed : { ...followed, links };
  };
  return Promise.all(
    bundles.map(async (bundle) => {
      const all = (places: readonly Place[], look: typeof follow) =>
        Promise.all(places.map((place) => look(place, bundle.configs.get(place.configId))));
      const effects = await Promise.all(
        bundle.effects.map(async (step) => ({
          ...step,
          reads: await all(step.reads, followAll),
          writes: await all(step.writes, follow),
          openWrites: await all(step.openWrites, follow),
        })),
      );
      return { ...bundle, effects };
    }),
  );
}

/** The verbs that resolve links. */
type LinkVerb = "realPath" | "links";
type Asked<V extends LinkVerb> = Awaited<ReturnType<NonNullable<Storage[V]>>>;

interface Question<V extends LinkVerb> {
  readonly client: string;
  readonly verb: V;
  readonly path: string;
}

/** Asks each storage once about a path; `null` where it has no links, and for a path that can't be resolved: the run reports why. */
function asking(engines: EngineSource) {
  const known = new Map<string, Promise<unknown>>();
  const look = async (config: ConfigResource, { verb, path }: Question<LinkVerb>) => {
    const found = engines.recordOf(config, "storage");
    if (found === null || !hasVerb(found, "storage", verb)) return null;
    try {
      return (await (await engines.ofConfig(config)).storage?.[verb]?.(path)) ?? null;
    } catch (thrown) {
      if (isProviderError(thrown)) return null;
      throw thrown;
    }
  };
  return <V extends LinkVerb>(config: ConfigResource, question: Question<V>): Promise<Asked<V> | null> => {
    const key = `${question.verb} ${question.client} ${question.path}`;
    const answer = known.get(key) ?? look(config, question);
    known.set(key, answer);
    return answer as Promise<Asked<V> | null>;
  };
}
