/** Fetches files of a storage to this machine: in ranges, several at once, and checked to be one version from start to end. */
import { mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import type { FileStat, Storage } from "../../../src/engine/storage.ts";
import { parentPath } from "../../../src/model/path.ts";
import { ProviderError } from "../../../src/provider/error.ts";
import type { Turns } from "./turns.ts";

const rangeBytes = 16 << 20;

/** Fetches one file to a place on disk. Throws `conflict` when it changes meanwhile. */
export async function download(
  storage: Storage,
  file: FileStat,
  place: string,
  { turns, signal }: { readonly turns: Turns; readonly signal: AbortSignal },
): Promise<void> {
  await mkdir(dirname(place), { recursive: true });
  const target = await open(place, "wx");
  try {
    const starts = Array.from({ length: Math.ceil(file.size / rangeBytes) }, (_, index) => index * rangeBytes);
    const fetch = (start: number) =>
      turns.take(signal, async () => {
        const end = Math.min(start + rangeBytes, file.size);
        // A small file is asked for as a whole, since services send a checksum only with whole files.
        const bytes = await (starts.length === 1 ? storage.read(file.path) : storage.read(file.path, { start, end }));
        if (bytes.length !== end - start) throw changed(storage, file.path);
        await target.write(bytes, 0, bytes.length, start);
      });
    await allOf(starts.map(fetch));
  } finally {
    await target.close();
  }
  const now = await turns.take(signal, () => storage.stat(file.path));
  if (now === null || versionOf(now) !== versionOf(file)) throw changed(storage, file.path);
}

/** Tells one content of a path from another. */
export const versionOf = ({ size, etag, modified }: FileStat): string => `${size} ${etag ?? modified}`;

const changed = (storage: Storage, path: string) =>
  new ProviderError("conflict", `"${storage.uri(path)}" was changed while it was read. Run it again.`, {
    retryable: true,
  });

/** More files than this are looked up with one listing. */
const mostLooks = 8;

/** The files at the paths. Throws `not_found` for one that is absent. */
export async function statsOf(storage: Storage, paths: readonly string[], turns: Turns, signal: AbortSignal) {
  const found = new Map<string, FileStat>();
  if (paths.length > mostLooks) {
    const listed = await storage.list(commonDirectory(paths), { recursive: true, signal });
    for (const file of listed) found.set(file.path, file);
  }
  return allOf(
    paths.map(async (path) => {
      const file = found.get(path) ?? (await turns.take(signal, () => storage.stat(path)));
      if (file?.kind === "file") return file;
      throw new ProviderError(
        "not_found",
        `The file "${storage.uri(path)}" no longer exists. Run it again, so that the files are listed again.`,
      );
    }),
  );
}

function commonDirectory(paths: readonly string[]): string {
  let common = parentPath(paths[0] ?? "");
  for (const path of paths) while (common !== "" && !path.startsWith(`${common}/`)) common = parentPath(common);
  return common;
}

/** All results. It waits for every item before it throws the first failure, so that nothing goes on afterwards. */
export async function allOf<T>(all: readonly Promise<T>[]): Promise<readonly T[]> {
  const settled = await Promise.allSettled(all);
  return settled.map((one) => {
    if (one.status === "rejected") throw one.reason;
    return one.value;
  });
}
