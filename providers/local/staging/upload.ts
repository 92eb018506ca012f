/** Uploads what a job wrote on this machine to the place in the storage where it belongs. */
import { open, readdir, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { markedName } from "../../../src/catalog/parts-manifest.ts";
import type { ByteSource, FileStat, Storage, WriteOptions } from "../../../src/engine/storage.ts";
import type { DataTarget } from "../../../src/job/job.ts";
import { baseName, joinPath, parentPath } from "../../../src/model/path.ts";
import { ProviderError } from "../../../src/provider/error.ts";
import { allOf } from "./download.ts";
import type { Turns } from "./turns.ts";

/** A file that was uploaded. */
export interface Uploaded {
  readonly place: string;
  readonly file: FileStat;
}

/** Uploads the files at a place to a path of the storage, each whole or not at all. */
export async function upload(
  storage: Storage,
  place: string,
  to: { readonly path: string; readonly target: DataTarget },
  { turns, signal }: { readonly turns: Turns; readonly signal: AbortSignal },
): Promise<readonly Uploaded[]> {
  const files = to.target.shape === "file" ? [""] : await namesBelow(place);
  return allOf(
    files.map((name) =>
      turns.take(signal, () =>
        uploadFile(storage, join(place, name), pathOf(to, name), { ...conditionOf(to.target), signal }),
      ),
    ),
  );
}

function pathOf({ path, target: { published } }: Parameters<typeof upload>[2], name: string): string {
  if (name === "") return path;
  if (published?.kind !== "parts") return joinPath(path, name);
  return joinPath(path, parentPath(name), markedName(baseName(name), published.number, published.token));
}

function conditionOf({ published }: DataTarget): WriteOptions {
  if (published?.kind !== "file") return {};
  return published.etag === null ? { ifAbsent: true } : { ifMatch: published.etag };
}

async function uploadFile(storage: Storage, place: string, path: string, options: WriteOptions): Promise<Uploaded> {
  const { size } = await stat(place);
  const handle = await open(place, "r");
  try {
    const read: ByteSource["read"] = async (start, end) => {
      const bytes = new Uint8Array(end - start);
      for (let filled = 0; filled < bytes.length; ) {
        const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, start + filled);
        if (bytesRead === 0)
          throw new ProviderError("failed", "What the job wrote was changed on this machine. Run it again.");
        filled += bytesRead;
      }
      return bytes;
    };
    await storage.write(path, { size, read }, options);
  } finally {
    await handle.close();
  }
  const file = await storage.stat(path);
  if (file?.size === size) return { place, file };
  throw new ProviderError(
    "conflict",
    `"${storage.uri(path)}" is not what was written there a moment ago. Run it again.`,
  );
}

async function namesBelow(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .flatMap((entry) => (entry.isFile() ? [relative(directory, join(entry.parentPath ?? entry.path, entry.name))] : []))
    .map((name) => name.split(sep).join("/"))
    .sort();
}
