/** The effects of a step as a plan shows them: the value that the guard and the edges use, with what is replaced. */
import { type Place, placeKey, placeLabel, type StepEffects } from "../../bundle/effects.ts";
import type { Replaced, ShownEffects, ShownPlace } from "../plan.ts";

/** What a step reads, writes and drops, each place once, and what it replaces. */
export function shownEffects(effects: StepEffects, replaces: readonly Replaced[]): ShownEffects {
  const dropped = new Set(effects.drops.map(placeKey));
  const written = [...effects.writes, ...effects.openWrites].filter((place) => !dropped.has(placeKey(place)));
  return {
    reads: shownPlaces(effects.reads),
    writes: shownPlaces(written),
    replaces,
    drops: effects.drops.map((drop) => ({ config: drop.configId, table: placeLabel(drop), data: drop.data })),
  };
}

const shownPlaces = (places: readonly Place[]): readonly ShownPlace[] =>
  [...new Map(places.map((place) => [placeKey(place), place])).values()].map(shownPlace);

function shownPlace(place: Place): ShownPlace {
  const [config, label] = [place.configId, placeLabel(place)];
  if (place.kind === "table") return { config, table: label };
  return { config, path: label, ...(place.real === undefined ? {} : { real_path: place.real }) };
}
