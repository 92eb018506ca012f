/** The inputs of a deployment, and whether they changed since its last run started. */

import { isOwn } from "../bundle/data-flow.ts";
import { type NamedPlace, type Place, placeKey, type TableOrPath, withoutKind } from "../bundle/effects.ts";
import type { Fingerprint } from "../engine/storage.ts";
import type { Engines } from "../operator/operator.ts";
import type { Reason } from "../plan/action.ts";
import type { InputSource } from "../plan/stage.ts";
import type { InputRecord } from "../state/state.ts";

/** The inputs of a deployment: what its steps read and none of them writes. `data` holds the data places of declared tables. */
export function inputsOf(
  reads: readonly NamedPlace[],
  writes: readonly Place[],
  data: ReadonlyMap<string, Place>,
): readonly InputSource[] {
  const found = reads.flatMap((place): readonly InputSource[] => {
    if (isOwn(place, writes, data.get(placeKey(place)))) return [];
    const { name, configId, steps } = place;
    const spot: TableOrPath =
      place.kind === "table"
        ? { kind: "table", database: place.database, table: place.table }
        : { kind: "path", path: place.path };
    return [{ name, configId, place: spot, steps }];
  });
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The current fingerprint of an input; `null` if the engine gives none. */
export async function fingerprintOf(input: InputSource, engines: Engines): Promise<Fingerprint | null> {
  if (input.place.kind === "path") return (await engines.storage?.fingerprint?.(input.place.path)) ?? null;
  return (await engines.metastore?.fingerprint?.(input.place.database, input.place.table)) ?? null;
}

/** The reason that names the changed inputs; `undefined` when none changed. */
export function inputsReason(
  before: Readonly<Record<string, InputRecord>>,
  now: ReadonlyMap<string, Fingerprint | null>,
): Reason | undefined {
  const texts: string[] = [];
  for (const [name, fingerprint] of now) {
    const label = withoutKind(name);
    const known = before[name];
    if (fingerprint === null) {
      if (known !== undefined) texts.push(`${label} (gone)`);
    } else if (known === undefined) texts.push(`${label} (new)`);
    else if (known.digest !== fingerprint.digest) texts.push(`${label} (${difference(known, fingerprint)})`);
  }
  return texts.length === 0 ? undefined : { code: "inputs_changed", text: `inputs changed: ${texts.join(", ")}` };
}

function difference(before: InputRecord, now: InputRecord): string {
  const files = now.files - before.files;
  const bytes = now.bytes - before.bytes;
  const parts: string[] = [];
  if (files !== 0) parts.push(`${signed(files)} ${Math.abs(files) === 1 ? "file" : "files"}`);
  if (bytes !== 0) parts.push(`${bytes > 0 ? "+" : "-"}${formatBytes(Math.abs(bytes))}`);
  return parts.length === 0 ? "content changed" : parts.join(", ");
}

const signed = (value: number) => (value > 0 ? `+${value}` : `${value}`);

/** A size like `950 B`, `1.4 MB` or `14 MB`. */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 10 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}
