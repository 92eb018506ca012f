/** Files of others at the outputs that a run would replace. Plan, apply and `mason run` ask here. */
import { type Address, kindOf } from "../../address.ts";
import { type Bundle, overwritingSteps, stepsOfMason } from "../../bundle/bundle.ts";
import { type NamedPlace, type PathPlace, placeKey, withoutKind } from "../../bundle/effects.ts";
import type { Problem } from "../../diagnostic/diagnostic.ts";
import { type FilesAt, hasData } from "../../facts/written-files.ts";
import type { OutputLists } from "../../model/run.ts";
import { isSameStorage, pathsWrittenBy } from "../../state/made-objects.ts";
import { outputsOf, writtenRecord } from "../../state/outputs.ts";
import type { Entry, InputRecord, State } from "../../state/state.ts";
import { few, foreignNames } from "./written-path.ts";

/** A path with its name in the state. */
export type NamedPath = NamedPlace & PathPlace;

/** A run before it starts. */
export interface Replacing {
  readonly bundle: Bundle;
  readonly writes: readonly NamedPlace[];
  readonly state: State | null;
  /** The entry of what runs, if it has one. */
  readonly entry: Entry | undefined;
  /** Paths that it wrote before, outside of the state too. */
  readonly ownPaths?: ReadonlySet<string>;
  readonly lists: Pick<OutputLists, "get">;
}

/** Files of others in the outputs of a deployment, by label of the path. */
export type ForeignFiles = ReadonlyMap<string, readonly string[]>;

/** What a run would replace. */
export interface Replaced {
  readonly foreign: ForeignFiles;
  /** Labels of own paths whose files nobody recorded, as in version 0.1.0. */
  readonly unknown: readonly string[];
}

/** The paths whose files the run would replace, if there are any: code of the project may add to what is there. */
export function replacedPaths({ bundle, writes, entry, ownPaths }: Omit<Replacing, "lists" | "state">) {
  const [ofMason, overwriting] = [stepsOfMason(bundle), overwritingSteps(bundle)];
  const own = new Set([...(ownPaths ?? []), ...(entry === undefined ? [] : pathsWrittenBy(entry))]);
  const left = entry === undefined ? {} : outputsOf(entry);
  return writes.filter(
    (place): place is NamedPath =>
      place.kind === "path" &&
      place.steps.some((step) => ofMason.has(step)) &&
      (left[place.name] !== undefined || own.has(place.path) || place.steps.some((step) => overwriting.has(step))),
  );
}

/** Looks for files of others. `filesOf` gives what is at a path; nothing where there are no files. */
export function filesReplaced(
  replacing: Replacing,
  filesOf: (place: NamedPath) => FilesAt | null | undefined,
): Replaced {
  const foreign = new Map<string, readonly string[]>();
  const unknown: string[] = [];
  for (const place of replacedPaths(replacing)) {
    const [found, label] = [filesOf(place), withoutKind(place.name)];
    if (found === null || found === undefined) continue;
    const before = recordOf(place, found, replacing);
    if (before === null) {
      if (found.fingerprint !== null && hasData(found)) unknown.push(label);
      continue;
    }
    const names = foreignNames(before, found, (of) => replacing.lists.get(placeKey(place), of));
    if (names.length > 0) foreign.set(label, names);
  }
  return { foreign, unknown };
}

/** What is known to have been left at a path; `null` for files of the own last run that nobody recorded. */
function recordOf(place: NamedPath, found: FilesAt, { bundle, state, entry, lists }: Replacing): InputRecord | null {
  if (entry !== undefined && isSameStorage(entry, bundle.clients)) {
    const left = outputsOf(entry)[place.name];
    const record = writtenRecord(left);
    if (record !== null) return record;
    const isKnown = found.fingerprint !== null && lists.get(placeKey(place), found.fingerprint.digest) !== null;
    if (!isKnown && (left !== undefined || pathsWrittenBy(entry).includes(place.path))) return null;
  }
  for (const other of state?.resources.values() ?? []) {
    const record = writtenRecord(outputsOf(other)[place.name]);
    if (record === null) continue;
    if (lists.get(placeKey(place), record.digest) !== null || isWhatWasLeft(record, found)) return record;
  }
  return noFiles;
}

const isWhatWasLeft = ({ digest }: InputRecord, { fingerprint }: FilesAt): boolean => fingerprint?.digest === digest;

/** The record of a path that no run is known to have written: the digest of nothing. */
const noFiles: InputRecord = { digest: "", files: 0, bytes: 0 };

/** Paths of the files, as people read them. */
export const foreignPaths = (foreign: ForeignFiles): readonly string[] =>
  [...foreign].flatMap(([label, names]) => names.map((name) => (name === "" ? label : `${label}/${name}`)));

/** The note about own files that nobody recorded. */
export const unknownFilesNote = (unknown: readonly string[]): readonly string[] =>
  unknown.length === 0
    ? []
    : [`replaces all files at ${unknown.join(", ")}: Mason has no record of which of them its runs wrote`];

/** The refusal of a run that would delete files of others. The outputs of a deployment can be imported; those of a run by hand can't. */
export const wouldDeleteForeign = (
  address: Address,
  foreign: ForeignFiles,
  canImport: boolean = kindOf(address) === "deployment",
): Problem => ({
  code: "safety/foreign-files",
  summary: "Run would delete files",
  detail: `"${address}" would replace ${[...foreign.keys()].map((label) => `"${label}"`).join(" and ")} with all files there, but Mason has no record of writing these: ${few(foreignPaths(foreign))}. Move them away, or pass --allow-destroy ${address} to delete them${canImport ? `, or take them over with "mason state import ${address}"` : ""}.`,
});
