/** The location and the default name of a table over a storage path. */
import { baseName, isGlob, normalPath } from "../../model/path.ts";
import { invalid } from "../parameters.ts";

/** The location of a table over the files of a path. A trailing `*` or `**` is dropped, since it means the directory. */
export function locationOf(path: string): string {
  const normal = normalPath(path);
  if (normal === null || normal === "") {
    throw invalid(
      `"${path}" can't be the location of a table. Give the path of a file or directory below the root of the storage.`,
    );
  }
  const directory = normal.replace(/(\/\*{1,2})+$/, "");
  return isGlob(directory) ? normal : directory;
}

const dataExtension = /\.(csv|tsv|psv|txt|json|jsonl|ndjson|parquet)(\.gz)?$/i;

/** A table's name from its path: the last part that is neither a wildcard nor a partition folder. */
export function nameFromPath(location: string): string {
  const parts = location.split("/").filter((part) => !isGlob(part) && !part.includes("="));
  const stem = baseName(parts.join("/")).replace(dataExtension, "");
  const name = stem
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "_")
    .replace(/^_+|_+$/g, "");
  if (name === "") {
    throw invalid(`No table name can be made from the path "${location}". Set "table_name".`);
  }
  return /^\p{N}/u.test(name) ? `t_${name}` : name;
}

/** The default name of a table over a path, or `null` when the path gives none. */
export function tableNameFrom(path: string): string | null {
  try {
    return nameFromPath(locationOf(path));
  } catch {
    return null;
  }
}
