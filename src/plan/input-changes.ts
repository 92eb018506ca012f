/** Tells in words which inputs of a deployment changed since its last run started. */
import { withoutKind } from "../bundle/effects.ts";
import type { Fingerprint } from "../engine/storage.ts";
import type { InputRecord } from "../state/state.ts";
import type { Reason } from "./action.ts";

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
