/**
 * Which files are live on a storage that renames nothing. Everybody who reads data gets the storage from here, so `expand` and
 * `fingerprint` mean the same for all: the parts of the newest manifest, and files that no manifest is about.
 */
import type { FileStat, Storage } from "../engine/storage.ts";
import { directoriesAbove } from "../model/path.ts";
import { fingerprintByEtag } from "./fingerprint-by-etag.ts";
import { parseGlob } from "./glob.ts";
import { liveBy, newestManifest, tokenIn, withoutMark } from "./parts-manifest.ts";
import { forEachFile } from "./schema/sampling.ts";

/** The storage as readers of data see it; a storage that can move files is returned as it is. */
export function liveStorage(storage: Storage): Storage {
  if (storage.move !== undefined) return storage;
  const expand = async (pattern: string) => liveAmong(storage, await storage.expand(pattern), pattern);
  const { fingerprint } = storage;
  if (fingerprint === undefined) return { ...storage, expand };
  return {
    ...storage,
    expand,
    fingerprint: async (pattern, counts) => {
      const files = await expand(pattern);
      if (files.every(({ etag }) => etag !== undefined)) return fingerprintByEtag(files, pattern, counts, withoutMark);
      const live = new Set(files.map(({ path }) => path));
      return fingerprint(pattern, (path) => live.has(path) && (counts?.(path) ?? true));
    },
  };
}

/** Those of the files of a pattern that are live. A file that is named itself is. */
async function liveAmong(storage: Storage, files: readonly FileStat[], pattern: string): Promise<readonly FileStat[]> {
  if (files.length === 0 || (files.length === 1 && files[0]?.path === pattern)) return files;
  const look = rememberedManifests(storage);
  const base = files.some(({ path }) => path.startsWith(`${pattern}/`)) ? pattern : parseGlob(pattern).base;
  const above = base === "" ? [] : [base, ...directoriesAbove(base)].reverse().filter((directory) => directory !== "");
  const found = (await Promise.all(above.map(look))).find((manifest) => manifest !== null) ?? null;
  const holders = found === null ? await manifestsBelow(base, files, look) : new Map([[base, found]]);
  return files.filter((file) => {
    const output = directoriesAbove(file.path).find((directory) => holders.has(directory));
    // A part that no manifest is about was left by a try that did not end.
    return holders.get(output ?? "")?.(file) ?? tokenIn(file.path) === null;
  });
}

/** The manifests of the outputs below a directory. Only a directory with parts below it can have one. */
async function manifestsBelow(
  base: string,
  files: readonly FileStat[],
  look: Look,
): Promise<ReadonlyMap<string, Holder>> {
  const holders = new Map<string, Holder>();
  const isBelow = (directory: string) => directory.length > base.length;
  const parts = files.filter(({ path }) => tokenIn(path) !== null);
  const directories = [...new Set(parts.flatMap(({ path }) => directoriesAbove(path).filter(isBelow)))];
  const depthOf = (directory: string) => directory.split("/").length;
  for (const depth of [...new Set(directories.map(depthOf))].sort((a, b) => a - b)) {
    const isOpen = (at: string) => depthOf(at) === depth && !directoriesAbove(at).some((above) => holders.has(above));
    const open = directories.filter(isOpen);
    const found = await forEachFile(open, look, undefined);
    for (const [index, manifest] of found.entries()) if (manifest !== null) holders.set(open[index] ?? "", manifest);
  }
  return holders;
}

/** Tells which files of an output are live. */
type Holder = (file: FileStat) => boolean;

type Look = (directory: string) => Promise<Holder | null>;

/** Each directory is asked once. */
function rememberedManifests(storage: Storage): Look {
  const known = new Map<string, ReturnType<Look>>();
  return (directory) => {
    const answer =
      known.get(directory) ??
      newestManifest(storage, directory).then((found) => (found === null ? null : liveBy(directory, found)));
    known.set(directory, answer);
    return answer;
  };
}
