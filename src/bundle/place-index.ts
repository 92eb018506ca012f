/** Which owners touch a place: tables by name, and paths by every directory above them, so a look-up costs the depth of a path. */
import { directoriesAbove, isWithin } from "../model/path.ts";
import { directoryOf, type PathPlace, type Place, placeKey } from "./effects.ts";

/** An index of the places of owners. */
export interface PlaceIndex<Owner> {
  /** Owners with a place that overlaps this one. */
  touching(place: Place): ReadonlySet<Owner>;
}

/** Indexes the places of each owner. */
export function indexPlaces<Owner>(
  owners: readonly Owner[],
  placesOf: (owner: Owner) => readonly Place[],
): PlaceIndex<Owner> {
  const exact = new Map<string, Set<Owner>>();
  const below = new Map<string, Set<Owner>>();
  const put = (map: Map<string, Set<Owner>>, key: string, owner: Owner) => {
    const set = map.get(key);
    if (set === undefined) map.set(key, new Set([owner]));
    else set.add(owner);
  };
  for (const owner of owners) {
    for (const place of placesOf(owner)) {
      if (place.kind === "table") put(exact, placeKey(place), owner);
      else {
        const path = directoryOf(place);
        put(exact, pathKey(place, path), owner);
        for (const above of directoriesAbove(path)) put(below, pathKey(place, above), owner);
      }
    }
  }
  return {
    touching: (place) => {
      if (place.kind === "table") return exact.get(placeKey(place)) ?? new Set();
      const path = directoryOf(place);
      const at = [path, ...directoriesAbove(path)].flatMap((prefix) => [...(exact.get(pathKey(place, prefix)) ?? [])]);
      return new Set([...at, ...(below.get(pathKey(place, path)) ?? [])]);
    },
  };
}

const pathKey = (place: Place, path: string) => `${place.client} path ${path}`;

/** True if one of two paths lies at or below the other. */
export const overlap = (a: PathPlace, b: PathPlace): boolean =>
  a.client === b.client && (isWithin(directoryOf(a), directoryOf(b)) || isWithin(directoryOf(b), directoryOf(a)));
