/** A storage for what lies beside a state that keeps nothing on disk: the lease is held in memory, and what a journal writes is gone. */
import type { FileStat, Storage } from "../src/engine/storage.ts";
import { isWithin, joinPath, parentPath } from "../src/model/path.ts";
import { ProviderError } from "../src/provider/error.ts";

/** A storage in which journals below `prefix` have no files. */
export function keepsNothing(prefix: string): Storage {
  const journals = joinPath(prefix, "journal");
  const kept = new Map<string, Uint8Array>();
  const statOf = (path: string): FileStat => ({ path, kind: "file", size: kept.get(path)?.length ?? 0, modified: 0 });
  return {
    list: async (path) =>
      [...kept.keys()]
        .filter((file) => parentPath(file) === path)
        .sort()
        .map(statOf),
    stat: async (path) => (kept.has(path) ? statOf(path) : null),
    expand: async () => [],
    read: async (path) => {
      const bytes = kept.get(path);
      if (bytes === undefined) throw new ProviderError("not_found", `There is no "${path}".`);
      return bytes;
    },
    write: async (path, body) => {
      if (isWithin(path, journals)) return;
      if (typeof body === "string") kept.set(path, new TextEncoder().encode(body));
      else kept.set(path, body instanceof Uint8Array ? body : await body.read(0, body.size));
    },
    delete: async (path) => {
      for (const file of kept.keys()) if (isWithin(file, path)) kept.delete(file);
    },
    uri: (path) => `nothing:${path}`,
  };
}
