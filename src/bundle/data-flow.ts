/** Edges from data, between deployments and declared tables: a reader depends on the writer. Two writers of one place are an error. */
import type { Address } from "../address.ts";
import { type Diagnostic, error } from "../diagnostic/diagnostic.ts";
import { isWithin } from "../model/path.ts";
import { placeIn, type Resource } from "../project/resource.ts";
import {
  dataPlaces,
  knownGlob,
  ofRun,
  type PathPlace,
  type Place,
  placeKey,
  placeLabel,
  type TablePlaces,
} from "./effects.ts";
import { once } from "./once.ts";
import { canMeet } from "./path-pattern.ts";
import { indexPlaces, overlap, type PlaceIndex } from "./place-index.ts";
import { type Spot, spotOf } from "./spot.ts";

/** The reads and writes of a whole resource. A declared table writes the catalogue, not the data. */
export interface Dataflow {
  readonly resource: Resource;
  readonly reads: readonly Place[];
  readonly writes: readonly Place[];
  /** Written paths with holes, which the run fills. */
  readonly openWrites?: readonly Place[];
  /** The table that the resource declares. */
  readonly declares?: TablePlaces;
}

/** Edges by address, and an error for each place with two writers. */
export function dataEdges(flows: readonly Dataflow[]): {
  readonly edges: ReadonlyMap<Address, readonly Address[]>;
  readonly diagnostics: readonly Diagnostic[];
} {
  const writers = indexPlaces(flows, allWrites);
  // Without a reader or writer nobody asks who declares a place.
  const declarers = once(() =>
    indexPlaces(flows, ({ declares }) => (declares === undefined ? [] : [declares.table, declares.data])),
  );
  const data = once(() => dataPlaces(flows.flatMap((flow) => flow.declares ?? [])));
  const edges = new Map<Address, readonly Address[]>();
  for (const flow of flows) {
    const found = new Set<Address>();
    // A reader of a declared table reads what others write to the path of its data.
    const reads = flow.reads.length === 0 ? [] : withData(flow.reads, data());
    for (const place of reads) for (const { resource } of writers.touching(place)) found.add(resource.address);
    for (const place of [...flow.reads, ...allWrites(flow)])
      for (const { resource } of declarers().touching(place)) found.add(resource.address);
    found.delete(flow.resource.address);
    if (found.size > 0) edges.set(flow.resource.address, [...found].sort());
  }
  // Paths with holes are rare; without them both lists are equal.
  const hasOpen = flows.some(({ openWrites = [] }) => openWrites.length > 0);
  const certain = hasOpen ? indexPlaces(flows, certainWrites) : writers;
  return { edges, diagnostics: flows.flatMap((flow) => conflicts(flow, certain)) };
}

const allWrites = ({ writes, openWrites = [] }: Dataflow): readonly Place[] => [...writes, ...openWrites];

/** Writes that can be held against each other: equal holes of the run have equal values, all other holes may differ. */
const certainWrites = ({ writes, openWrites = [] }: Dataflow): readonly Place[] => [...writes, ...ofRun(openWrites)];

/** The places, and the data paths of the declared tables among them. */
const withData = (places: readonly Place[], data: ReadonlyMap<string, Place>): readonly Place[] => [
  ...places,
  ...places.flatMap((place) => data.get(placeKey(place)) ?? []),
];

function conflicts(flow: Dataflow, writers: PlaceIndex<Dataflow>): readonly Diagnostic[] {
  const told = new Set<Address>();
  return certainWrites(flow).flatMap((place) =>
    [...writers.meeting(place)].flatMap(({ resource: other }) => {
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

/**
 * True when the deployment itself writes the place or the table's `data`, so the place is not an input. In `openWrites` paths have holes:
 * what such a step reads again has the same holes.
 */
export function isOwn(
  place: Place,
  { writes, openWrites = [] }: Pick<Dataflow, "writes" | "openWrites">,
  data?: Place,
): boolean {
  if (data?.kind === "path") {
    if (writes.some((written) => written.kind === "path" && overlap(written, data))) return true;
    if (openWrites.some((written) => written.kind === "path" && mayMeet(written, data))) return true;
  }
  if (place.kind === "table")
    return writes.some((written) => written.kind === "table" && placeKey(written) === placeKey(place));
  const { system, directory, pattern } = spotOf(place);
  const isAt = (written: Place, test: (spot: Spot) => boolean): boolean => {
    const spot = written.kind === "path" ? spotOf(written) : null;
    return spot !== null && spot.system === system && test(spot);
  };
  return (
    writes.some((written) => isAt(written, (spot) => isWithin(directory, spot.directory))) ||
    openWrites.some((written) =>
      isAt(written, (spot) => knownGlob(spot.pattern).some((glob) => isWithin(pattern, glob))),
    )
  );
}

/** True if files can lie at or below both places. */
export function mayMeet(a: PathPlace, b: PathPlace): boolean {
  const [one, two] = [spotOf(a), spotOf(b)];
  return one.system === two.system && canMeet(one.pattern, two.pattern);
}
