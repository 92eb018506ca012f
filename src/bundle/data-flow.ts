/** Edges from data, between deployments and declared tables: a reader depends on the writer. Two writers of one place are an error. */
import type { Address } from "../address.ts";
import { type Diagnostic, error } from "../diagnostic/diagnostic.ts";
import { directoriesAbove, globRoot, isWithin } from "../model/path.ts";
import { placeIn, type Resource } from "../project/resource.ts";
import { dataPlaces, type Place, placeKey, placeLabel, type TablePlaces } from "./effects.ts";

/** The reads and writes of a whole resource. A declared table writes the catalogue, not the data. */
export interface Dataflow {
  readonly resource: Resource;
  readonly reads: readonly Place[];
  readonly writes: readonly Place[];
  /** The table that the resource declares. */
  readonly declares?: TablePlaces;
}

/** Edges by address, and an error for each place with two writers. */
export function dataEdges(flows: readonly Dataflow[]): {
  readonly edges: ReadonlyMap<Address, readonly Address[]>;
  readonly diagnostics: readonly Diagnostic[];
} {
  const writers = indexPlaces(flows, (flow) => flow.writes);
  const declarers = indexPlaces(flows, ({ declares }) =>
    declares === undefined ? [] : [declares.table, declares.data],
  );
  const data = dataPlaces(flows.flatMap((flow) => flow.declares ?? []));
  const edges = new Map<Address, readonly Address[]>();
  for (const flow of flows) {
    const found = new Set<Address>();
    // A reader of a declared table reads what others write to the path of its data.
    for (const place of withData(flow.reads, data))
      for (const writer of writers.touching(place)) found.add(writer.address);
    for (const place of [...flow.reads, ...flow.writes])
      for (const table of declarers.touching(place)) found.add(table.address);
    found.delete(flow.resource.address);
    if (found.size > 0) edges.set(flow.resource.address, [...found].sort());
  }
  return { edges, diagnostics: flows.flatMap((flow) => conflicts(flow, writers)) };
}

/** The places, and the data paths of the declared tables among them. */
const withData = (places: readonly Place[], data: ReadonlyMap<string, Place>): readonly Place[] => [
  ...places,
  ...places.flatMap((place) => data.get(placeKey(place)) ?? []),
];

interface PlaceIndex {
  /** Resources with a place that overlaps this one. */
  touching(place: Place): ReadonlySet<Resource>;
}

/** An index of tables by name, and of paths by themselves and every directory above them: a look-up costs the depth of a path. */
function indexPlaces(flows: readonly Dataflow[], places: (flow: Dataflow) => readonly Place[]): PlaceIndex {
  const exact = new Map<string, Set<Resource>>();
  const below = new Map<string, Set<Resource>>();
  const put = (map: Map<string, Set<Resource>>, key: string, resource: Resource) => {
    const set = map.get(key);
    if (set === undefined) map.set(key, new Set([resource]));
    else set.add(resource);
  };
  for (const flow of flows) {
    for (const place of places(flow)) {
      if (place.kind === "table") put(exact, placeKey(place), flow.resource);
      else {
        const path = globRoot(place.path);
        put(exact, pathKey(place, path), flow.resource);
        for (const above of directoriesAbove(path)) put(below, pathKey(place, above), flow.resource);
      }
    }
  }
  return {
    touching: (place) => {
      if (place.kind === "table") return exact.get(placeKey(place)) ?? new Set();
      const path = globRoot(place.path);
      const at = [path, ...directoriesAbove(path)].flatMap((prefix) => [...(exact.get(pathKey(place, prefix)) ?? [])]);
      return new Set([...at, ...(below.get(pathKey(place, path)) ?? [])]);
    },
  };
}

const pathKey = (place: Place, path: string) => `${place.client} path ${path}`;

function conflicts(flow: Dataflow, writers: PlaceIndex): readonly Diagnostic[] {
  const told = new Set<Address>();
  return flow.writes.flatMap((place) =>
    [...writers.touching(place)].flatMap((other) => {
      if (other.address <= flow.resource.address || told.has(other.address)) return [];
      told.add(other.address);
      const [first, second] = [placeIn(flow.resource, ["name"]), placeIn(other, ["name"])];
      return [
        error({
          code: "deployment/two-writers",
          summary: "Two writers of one place",
          detail: `"${flow.resource.address}" and "${other.address}" both write "${placeLabel(place)}". Make one of them write somewhere else, or make them steps of one workflow.`,
          address: other.address,
          ...(second === undefined ? {} : { place: second }),
          ...(first === undefined ? {} : { related: [{ label: "The other writer", place: first }] }),
        }),
      ];
    }),
  );
}

/** True when the deployment itself writes the place or the table's `data`, so the place is not an input. */
export function isOwn(place: Place, writes: readonly Place[], data?: Place): boolean {
  if (data?.kind === "path" && writes.some((written) => written.kind === "path" && overlap(written, data))) return true;
  return writes.some((written) =>
    written.kind === "table" && place.kind === "table"
      ? placeKey(written) === placeKey(place)
      : written.kind === "path" &&
        place.kind === "path" &&
        written.client === place.client &&
        isWithin(globRoot(place.path), written.path),
  );
}

const overlap = (a: Extract<Place, { kind: "path" }>, b: Extract<Place, { kind: "path" }>): boolean =>
  a.client === b.client && (isWithin(a.path, b.path) || isWithin(b.path, a.path));
