/** Which owners touch a place: tables by name, and paths by every directory above them, so a look-up costs the depth of a path. */
import { directoriesAbove, isWithin } from "../model/path.ts";
import { type PathPlace, type Place, placeKey } from "./effects.ts";
import { canMeet } from "./path-pattern.ts";
import { spotOf, spotsOf } from "./spot.ts";

/** An index of the places of owners. */
export interface PlaceIndex<Owner> {
  /** Owners with a place that may overlap this one: a glob or a hole may mean what the other one names. */
  touching(place: Place): ReadonlySet<Owner>;
  /** Owners with a place that surely overlaps this one: equal holes have equal values. */
  meeting(place: Place): ReadonlySet<Owner>;
}

/** Indexes the places of each owner. */
export function indexPlaces<Owner>(
  owners: readonly Owner[],
  placesOf: (owner: Owner) => readonly Place[],
): PlaceIndex<Owner> {
  const tables = new Map<string, Set<Owner>>();
  const exact = new Map<string, IndexedPath<Owner>[]>();
  const below = new Map<string, IndexedPath<Owner>[]>();
  const put = (map: Map<string, IndexedPath<Owner>[]>, key: string, item: IndexedPath<Owner>) => {
    const list = map.get(key);
    if (list === undefined) map.set(key, [item]);
    else list.push(item);
  };
  for (const owner of owners) {
    for (const place of placesOf(owner)) {
      if (place.kind === "table") tables.set(placeKey(place), (tables.get(placeKey(place)) ?? new Set()).add(owner));
      else {
        for (const { system, directory, pattern } of spotsOf(place)) {
          const item = { path: pattern, owner };
          put(exact, `${system} ${directory}`, item);
          for (const above of directoriesAbove(directory)) put(below, `${system} ${above}`, item);
        }
      }
    }
  }
  const find = (place: Place, isHit: (path: string, other: string) => boolean): ReadonlySet<Owner> => {
    if (place.kind === "table") return tables.get(placeKey(place)) ?? new Set();
    const hits = spotsOf(place).flatMap(({ system, directory, pattern }) => {
      const above = [directory, ...directoriesAbove(directory)].flatMap(
        (prefix) => exact.get(`${system} ${prefix}`) ?? [],
      );
      const near = [...above, ...(below.get(`${system} ${directory}`) ?? [])];
      return near.flatMap((item) => (isHit(pattern, item.path) ? [item.owner] : []));
    });
    return new Set(hits);
  };
  return {
    touching: (place) => find(place, canMeet),
    meeting: (place) => find(place, (path, other) => isWithin(path, other) || isWithin(other, path)),
  };
}

/** A path of an owner in the index. */
interface IndexedPath<Owner> {
  readonly path: string;
  readonly owner: Owner;
}

/** True if one of two paths lies at or below the other. */
export function overlap(a: PathPlace, b: PathPlace): boolean {
  const [one, two] = [spotOf(a), spotOf(b)];
  return (
    one.system === two.system && (isWithin(one.directory, two.directory) || isWithin(two.directory, one.directory))
  );
}
