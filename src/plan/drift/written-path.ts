/** Compares a path that a run wrote with the files that are there now: altered data is made again, and files of others are kept. */
import type { FilesAt } from "../../facts/written-files.ts";
import { isHidden } from "../../model/path.ts";
import type { OutputList } from "../../model/run.ts";
import type { InputRecord } from "../../state/state.ts";
import { difference } from "../input-changes.ts";

/** Gives the list of the files that a run left, by digest; `null` for a lost list. */
type ListOf = (digest: string) => OutputList | null;

/**
 * How the data files at a path differ from what the last run left: `-1 file, -5 B; gone: day=1/part-0.csv`; `null` if they don't.
 * `bundle`: the digest of what the deployment runs; a run of it by hand is no drift.
 */
export function changedFiles(
  before: InputRecord,
  { fingerprint, names }: FilesAt,
  listOf: ListOf,
  bundle: string,
): string | null {
  if (fingerprint === null || fingerprint.digest === before.digest) return null;
  const own = listOf(fingerprint.digest);
  if (own !== null) return own.bundle === bundle ? null : difference(before, fingerprint);
  const left = listOf(before.digest)?.names;
  const gone = left === undefined ? [] : others(left, names);
  return `${difference(before, fingerprint)}${gone.length === 0 ? "" : `; gone: ${few(gone)}`}`;
}

/** Files that no run of this project is known to have written. */
export function foreignNames(before: InputRecord, { fingerprint, names }: FilesAt, listOf: ListOf): readonly string[] {
  if (fingerprint === null) return before.digest === "" ? others(names, []) : [];
  const own = listOf(fingerprint.digest);
  if (own !== null) return others(names, own.names);
  const isUnchanged = fingerprint.digest === before.digest;
  return others(names, isUnchanged ? names.filter((name) => !isHidden(name)) : (listOf(before.digest)?.names ?? []));
}

/** Files that hold nothing of anybody: a file manager's own, the mark of an empty directory in git, and that of a finished job of Hadoop. */
const isOfSystem = (name: string): boolean => /(^|\/)(\.DS_Store|\.gitkeep|_SUCCESS)$/.test(name);

/** The names that are not known, without those that the system makes. */
export function others(names: readonly string[], known: readonly string[]): readonly string[] {
  const own = new Set(known);
  return names.filter((name) => !own.has(name) && !isOfSystem(name));
}

/** The first names of a list. */
export const few = (names: readonly string[]): string =>
  `${names.slice(0, 3).join(", ")}${names.length > 3 ? ` and ${names.length - 3} more` : ""}`;
