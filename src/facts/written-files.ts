/** Looks at the files that runs wrote. This file only looks; src/plan decides what follows. */
import { isManifest, tokenIn } from "../catalog/parts-manifest.ts";
import type { FileStat, Fingerprint, Storage } from "../engine/storage.ts";
import { baseName, isHidden } from "../model/path.ts";
import { isProviderError } from "../provider/error.ts";
import { eachOf } from "./each-of.ts";

/** A path that a run wrote. */
export interface WrittenPath {
  /** The name of the fact. */
  readonly name: string;
  /** The key of the client system. */
  readonly client: string;
  readonly path: string;
  readonly storage: () => Promise<Storage>;
}

/** The files at a path. */
export interface FilesAt {
  /** Of the data files; `null` if the storage takes none. */
  readonly fingerprint: Fingerprint | null;
  /** Every file below the path, relative to it and sorted, without the temporary ones of Mason. For a path of one file: an empty name. */
  readonly names: readonly string[];
}

/** The files by name of the fact; `null` where there are none. A path that the client may not read is left out. Each path is read once. */
export async function writtenFiles(wanted: readonly WrittenPath[]): Promise<ReadonlyMap<string, FilesAt | null>> {
  const places = new Map<string, WrittenPath[]>();
  for (const item of wanted) {
    const key = `${item.client} ${item.path}`;
    const same = places.get(key);
    if (same === undefined) places.set(key, [item]);
    else same.push(item);
  }
  const found = new Map<string, FilesAt | null>();
  await eachOf([...places.values()], async (items) => {
    const [first] = items;
    const there = first === undefined ? "denied" : await filesAt(first.storage, first.path);
    if (there !== "denied") for (const { name } of items) found.set(name, there);
  });
  return found;
}

/** True if there is data among the files: readers skip hidden names. */
export const hasData = ({ names }: Pick<FilesAt, "names">): boolean => names.some((name) => !isHidden(name));

/** The files at a path; `null` if there is none. */
export async function filesAt(storage: () => Promise<Storage>, path: string): Promise<FilesAt | null | "denied"> {
  try {
    const files = await storage();
    const found = await files.stat(path);
    if (found === null) return null;
    const names = found.kind === "file" ? [""] : await namesBelow(files, path);
    if (names.length === 0) return null;
    return { fingerprint: (await files.fingerprint?.(path)) ?? null, names };
  } catch (thrown) {
    if (isProviderError(thrown, "denied")) return "denied";
    throw thrown;
  }
}

async function namesBelow(storage: Storage, path: string): Promise<readonly string[]> {
  const files = await storage.list(path, { recursive: true });
  const hasParts = files.some((file) => tokenIn(file.path) !== null);
  const live = new Set(hasParts ? (await storage.expand(path)).map((file) => file.path) : []);
  // Parts that are not live, and manifests, are Mason's own.
  const isOfMason = (file: FileStat) =>
    isManifest(file.path) ||
    baseName(file.path).startsWith(".mason-") ||
    (tokenIn(file.path) !== null && !live.has(file.path));
  return files
    .filter((file) => file.kind === "file" && !isOfMason(file))
    .map((file) => file.path.slice(path.length + 1));
}
