/** Compares a path that a run wrote with the files that are there now: altered data is made again, and files of others are kept. */
import { type Address, kindOf } from "../../address.ts";
import type { Problem } from "../../diagnostic/diagnostic.ts";
import type { FilesAt } from "../../facts/written-files.ts";
import { isObject, type Json } from "../../json.ts";
import { isHidden } from "../../model/path.ts";
import type { OutputList } from "../../model/run.ts";
import type { InputRecord } from "../../state/state.ts";
import { difference } from "../input-changes.ts";

/** What became of one path. */
export interface WrittenDrift {
  /** How its data files differ from what the run left: `-1 file, -5 B; gone: day=1/part-0.csv`. Absent if they don't. */
  readonly changed?: string;
  /** Files that no run of this project is known to have written. */
  readonly foreign: readonly string[];
}

/** The record of a path in the state; `null` for one of before paths had digests, and where the storage takes none. */
export function writtenRecord(value: Json | undefined): InputRecord | null {
  if (!isObject(value)) return null;
  const { digest, files, bytes } = value;
  return typeof digest === "string" && typeof files === "number" && typeof bytes === "number"
    ? { digest, files, bytes }
    : null;
}

/** The drift of one path. `bundle`: the digest of what the deployment runs; a run of it by hand is no drift. */
export function writtenDrift(
  before: InputRecord,
  { fingerprint, names }: FilesAt,
  listOf: (digest: string) => OutputList | null,
  bundle: string,
): WrittenDrift {
  if (fingerprint === null) return { foreign: [] };
  const own = listOf(fingerprint.digest);
  if (fingerprint.digest === before.digest)
    return { foreign: others(names, own?.names ?? names.filter((name) => !isHidden(name))) };
  if (own !== null) {
    const foreign = others(names, own.names);
    return own.bundle === bundle ? { foreign } : { foreign, changed: difference(before, fingerprint) };
  }
  const left = listOf(before.digest)?.names;
  const gone = left === undefined ? [] : others(left, names);
  return {
    changed: `${difference(before, fingerprint)}${gone.length === 0 ? "" : `; gone: ${few(gone)}`}`,
    foreign: others(names, left ?? []),
  };
}

/** A file manager makes these by itself. */
const isOfSystem = (name: string): boolean => /(^|\/)\.DS_Store$/.test(name);

function others(names: readonly string[], known: readonly string[]): readonly string[] {
  const own = new Set(known);
  return names.filter((name) => !own.has(name) && !isOfSystem(name));
}

/** The first names of a list. */
export const few = (names: readonly string[]): string =>
  `${names.slice(0, 3).join(", ")}${names.length > 3 ? ` and ${names.length - 3} more` : ""}`;

/** Files of others in the outputs of a deployment, by label of the path. */
export type ForeignFiles = ReadonlyMap<string, readonly string[]>;

/** Paths of the files, as people read them. */
export const foreignPaths = (foreign: ForeignFiles): readonly string[] =>
  [...foreign].flatMap(([label, names]) => names.map((name) => (name === "" ? label : `${label}/${name}`)));

/** The refusal of a run that would delete files of others. The outputs of a deployment can be imported; those of a run by hand can't. */
export const wouldDeleteForeign = (address: Address, foreign: ForeignFiles): Problem => ({
  code: "safety/foreign-files",
  summary: "Run would delete files",
  detail: `"${address}" would replace ${[...foreign.keys()].map((label) => `"${label}"`).join(", ")}, where files lie that its runs are not known to have written: ${few(foreignPaths(foreign))}. Move them away, or let the run delete them with --allow-destroy ${address}${kindOf(address) === "deployment" ? `, or keep them as its output with: mason state import ${address}` : ""}`,
});
