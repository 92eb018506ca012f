/** The `key=value` folders of a source's files, and whether DuckDB (1.5.5) reads them as Mason does. */
import type { DataSource } from "../../../job/job.ts";
import { partitionFolder } from "../../../model/partition-folder.ts";

/** Files of one partition, and its values by column. */
export interface Folder {
  readonly files: readonly string[];
  readonly values: ReadonlyMap<string, string | null>;
}

/**
 * True when DuckDB finds the same values in the names of the folders. It does not decode keys, splits at every `=`, and makes a null of
 * the text NULL.
 */
export function hasPlainFolders({ files, partitions }: DataSource): boolean {
  if (partitions.length === 0) return true;
  const names = new Set(partitions.map((column) => column.name.toLowerCase()));
  if ([...names].some((name) => !/^\w+$/.test(name))) return false;
  return [...directoriesOf(files).keys()].every((directory) => isPlain(directory, names));
}

function isPlain(directory: string, names: ReadonlySet<string>): boolean {
  const seen = new Set<string>();
  for (const part of directory.split("/")) {
    const [key = "", value, ...more] = part.split("=");
    const found = partitionFolder(part);
    if (found === null || !names.has(found.column.toLowerCase())) continue;
    const isOdd = value === undefined || value === "" || more.length > 0 || /^null$/i.test(found.value ?? "");
    if (isOdd || key !== found.column || seen.has(key.toLowerCase()) || (found.value === value && /%/.test(value)))
      return false;
    seen.add(key.toLowerCase());
  }
  return seen.size === names.size;
}

/** The files by their partition, in the order of the files. */
export function foldersOf({ files, partitions }: DataSource): readonly Folder[] {
  const names = new Map(partitions.map((column) => [column.name.toLowerCase(), column.name]));
  return [...directoriesOf(files)].map(([directory, own]) => ({ files: own, values: valuesIn(directory, names) }));
}

function valuesIn(directory: string, names: ReadonlyMap<string, string>): Folder["values"] {
  const values = new Map<string, string | null>();
  // Of two folders with one key the one nearer to the file counts.
  for (const part of directory.split("/").reverse()) {
    const found = partitionFolder(part);
    const name = names.get(found?.column.toLowerCase() ?? "");
    if (found !== null && name !== undefined && !values.has(name)) values.set(name, found.value);
  }
  return values;
}

function directoriesOf(files: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const file of files) {
    const directory = file.slice(0, Math.max(0, file.lastIndexOf("/")));
    const known = found.get(directory);
    if (known === undefined) found.set(directory, [file]);
    else known.push(file);
  }
  return found;
}
