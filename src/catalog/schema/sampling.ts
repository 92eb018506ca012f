/** Sampling: which of many files are read, and how many at a time. */
import type { FileStat } from "../../engine/storage.ts";
import { ProviderError } from "../../provider/error.ts";
import { extensionOf } from "./file.ts";

/** How many files are read by default. */
export const defaultSampleSize = 10;

/**
 * The files to read, in name order: the first, the last, evenly spaced ones in between, and the first of every other kind of name.
 * The latter finds one Parquet file among many CSV files.
 */
export function sampleFiles(files: readonly FileStat[], size: number | "all"): readonly FileStat[] {
  const wanted = size === "all" ? files.length : Math.max(1, Math.trunc(size));
  if (wanted >= files.length) return files;
  const step = wanted === 1 ? 0 : (files.length - 1) / (wanted - 1);
  const chosen = new Set(Array.from({ length: wanted }, (_, index) => files[Math.round(index * step)]));
  const kinds = new Set([...chosen].map((file) => kindOfName(file?.path ?? "")));
  return files.filter((file) => {
    if (chosen.has(file)) return true;
    const kind = kindOfName(file.path);
    if (kinds.has(kind)) return false;
    kinds.add(kind);
    return true;
  });
}

/** The kind of a file's name. Files of one kind most likely have one format and compression. */
export const kindOfName = (path: string): string => `${extensionOf(path)}${/\.gz$/i.test(path) ? ".gz" : ""}`;

/** Results for all items in order, computed eight or fewer at a time. Throws the first error in this order. */
export async function forEachFile<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
  signal: AbortSignal | undefined,
  atOnce = 8,
): Promise<readonly R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += atOnce) {
    if (signal?.aborted === true) throw new ProviderError("cancelled", "Reading the schema was stopped.");
    const settled = await Promise.allSettled(items.slice(start, start + atOnce).map(work));
    for (const result of settled) {
      if (result.status === "rejected") throw result.reason;
      results.push(result.value);
    }
  }
  return results;
}
