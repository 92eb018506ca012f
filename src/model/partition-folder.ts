/** The `key=value` folders of partitioned data, read in the same way wherever partitions are listed, inferred or read. */

/** The value that Hive and its followers write for a null. */
export const nullPartition = "__HIVE_DEFAULT_PARTITION__";

/** The column and value of a `key=value` folder, or `null` for any other folder. The value is what follows the first `=`. */
export function partitionFolder(folder: string): { readonly column: string; readonly value: string | null } | null {
  const at = folder.indexOf("=");
  if (at < 1) return null;
  const value = folder.slice(at + 1);
  return { column: decoded(folder.slice(0, at)), value: value === nullPartition ? null : decoded(value) };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
