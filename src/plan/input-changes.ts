/** Tells in words which inputs of a deployment changed since its last run started. */
import { withoutKind } from "../bundle/effects.ts";
import type { Fingerprint } from "../engine/storage.ts";
import { absentInputs } from "../state/made-objects.ts";
import type { Entry, InputRecord } from "../state/state.ts";
import type { Reason } from "./action.ts";

/** Inputs by name, as they are now; `null` for one that is not there. */
type Inputs = ReadonlyMap<string, Fingerprint | null>;

/** The reason that names the changed inputs; `undefined` when none changed. */
export function inputsReason(entry: Entry, now: Inputs): Reason | undefined {
  const { inputs: before = {} } = entry;
  const absent = absentInputs(entry);
  const texts: string[] = [];
  for (const [name, fingerprint] of now) {
    const label = withoutKind(name);
    const known = before[name];
    if (fingerprint === null) {
      if (known !== undefined) texts.push(`${label} (gone)`);
    } else if (known === undefined) {
      if (absent.has(name)) texts.push(`${label} (new)`);
    } else if (known.digest !== fingerprint.digest && known.digest !== fingerprint.whole)
      texts.push(`${label} (${difference(known, fingerprint)})`);
  }
  return texts.length === 0 ? undefined : { code: "inputs_changed", text: `inputs changed: ${texts.join(", ")}` };
}

/**
 * The inputs that the record of the last run lacks although they need not have been absent: the version that ran did not see them as
 * inputs. They count as unchanged, so that an upgrade runs nothing.
 */
export function unseenInputs(entry: Entry, now: Inputs): Readonly<Record<string, InputRecord>> {
  const absent = absentInputs(entry);
  const unseen = [...now].flatMap(([name, fingerprint]): readonly (readonly [string, InputRecord])[] => {
    if (fingerprint === null || absent.has(name) || entry.inputs?.[name] !== undefined) return [];
    const { digest, files, bytes } = fingerprint;
    return [[name, { digest, files, bytes }]];
  });
  return Object.fromEntries(unseen);
}

/** How two fingerprints differ: `+2 files, +14 MB`. */
export function difference(before: InputRecord, now: InputRecord): string {
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
