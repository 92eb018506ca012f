/** What a storage path says about the table over it: where it is, and what it may be called. */
import { baseName, isGlob, normalPath } from "../../model/path.ts";
import { invalid } from "../parameters.ts";

/** The location of a table over the files that a path means: without a last part that means all files of its directory. */
export function locationOf(path: string): string {
  const normal = normalPath(path);
  if (normal === null || normal === "") {
    throw invalid(`"${path}" is no place of a table. Give the path of a file or directory below the storage's root.`);
  }
  const directory = normal.replace(/(\/\*{1,2})+$/, "");
  return isGlob(directory) ? normal : directory;
}

const dataExtension = /\.(csv|tsv|psv|txt|json|jsonl|ndjson|parquet)(\.gz)?$/i;

/** A table's name by its path: the last part that is neither a wildcard nor the folder of a partition. */
export function nameFromPath(location: string): string {
  const parts = location.split("/").filter((part) => !isGlob(part) && !part.includes("="));
  const stem = baseName(parts.join("/")).replace(dataExtension, "");
  const name = stem
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "_")
    .replace(/^_+|_+$/g, "");
  if (name === "") {
    throw invalid(`The path "${location}" gives no name for a table. Set "table_name".`);
  }
  return /^\p{N}/u.test(name) ? `t_${name}` : name;
}

/** The name of a table over the files of a path, or `null` when the path gives none. */
export function tableNameFrom(path: string): string | null {
  try {
    return nameFromPath(locationOf(path));
  } catch {
    return null;
  }
}
