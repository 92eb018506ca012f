/** What a deployment reads from outside of itself. */

import type { FileSettings } from "../model/read-settings.ts";
import { type Dataflow, isOwn } from "./data-flow.ts";
import { type NamedPlace, type Place, placeKey, type TableOrPath } from "./effects.ts";

/** An input of a deployment, with its name in the state. */
export interface InputSource {
  /** `table sales.orders`, `path raw/orders`. */
  readonly name: string;
  readonly configId: string;
  readonly place: TableOrPath;
  /** How Mason's own reader chooses the files of a path; absent where every file counts. */
  readonly files?: FileSettings;
  /** Ids of the steps that read it. */
  readonly steps: readonly string[];
}

/** The inputs of a deployment: what its steps read and none of them writes. `data` holds the data places of declared tables. */
export function inputsOf(
  reads: readonly NamedPlace[],
  written: Pick<Dataflow, "writes" | "openWrites">,
  data: ReadonlyMap<string, Place>,
): readonly InputSource[] {
  const found = reads.flatMap((place): readonly InputSource[] => {
    if (isOwn(place, written, data.get(placeKey(place)))) return [];
    const { name, configId, steps } = place;
    const spot: TableOrPath =
      place.kind === "table"
        ? { kind: "table", database: place.database, table: place.table }
        : { kind: "path", path: place.path };
    const files = place.kind === "path" && place.files !== undefined ? { files: place.files } : {};
    return [{ name, configId, place: spot, ...files, steps }];
  });
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}
