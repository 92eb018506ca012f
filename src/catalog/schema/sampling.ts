/** Which of many files are looked at, and how many at a time. */
import type { FileStat } from "../../engine/storage.ts";
import { ProviderError } from "../../provider/error.ts";
import { extensionOf } from "./file.ts";

/** Files that are read when nothing is said. */
export const defaultSampleSize = 10;

/**
 * The files whose schema is read, in name order: the first, the last, evenly spaced ones between, and the first of every kind of
 * name that these leave out, so that one Parquet file among many CSV files is seen.
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

/** Files of one kind of name are most likely of one format and compression. */
export const kindOfName = (path: string): string => `${extensionOf(path)}${/\.gz$/i.test(path) ? ".gz" : ""}`;

const atOnce = 8;

/** Results for all items in their order, eight at a time. Throws what the first one in this order threw. */
export async function forEachFile<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
  signal: AbortSignal | undefined,
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
