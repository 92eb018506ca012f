/**
 * Fingerprints of local files: names, sizes and content hashes. Hashes are cached by path, size, modification time and inode, so
 * unchanged files are read once, and a `touch` doesn't change the fingerprint.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { FileStat, Fingerprint } from "../../src/engine/storage.ts";
import { digest, isObject } from "../../src/json.ts";
import { baseName } from "../../src/model/path.ts";
import { doing } from "./storage-error.ts";
import { writeFileWhole } from "./storage-write.ts";

/** A file to hash. */
export interface Hashable {
  readonly stat: FileStat;
  /** Its place on disk. */
  readonly place: string;
}

/** Hashes files and caches the hashes. */
export interface Hasher {
  /** Names are relative to `base`. */
  readonly fingerprint: (files: readonly Hashable[], base: string) => Promise<Fingerprint>;
}

interface Remembered {
  readonly size: number;
  readonly mtimeMs: number;
  /** Absent in caches of earlier versions. */
  readonly ctimeMs?: number;
  readonly ino: number;
  readonly sha: string;
}

const mostRemembered = 200_000;
/** A file that changed this recently may change again and keep its modification time. */
const settledMs = 2000;

/** A hasher that keeps its cache in a directory. `onHash` is called for every file that is read. */
export function createHasher(keep: string, now: () => Date, onHash?: (path: string) => void): Hasher {
  const file = join(keep, "fingerprints.json");
  let turn: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  let recalled: Promise<Map<string, Remembered>> | null = null;
  let isChanged = false;

  async function hashOf(item: Hashable, hashes: Map<string, Remembered>): Promise<string> {
    const { size, mtimeMs, ctimeMs, ino } = await stat(item.place);
    const known = hashes.get(item.place);
    const isSame = known?.size === size && known.mtimeMs === mtimeMs && known.ino === ino;
    // It changes with the permissions: a file that can no longer be read must be found.
    if (isSame && (known.ctimeMs ?? ctimeMs) === ctimeMs) return known.sha;
    onHash?.(item.stat.path);
    const sha = await doing(`read "${item.stat.path}"`, () => hashFile(item.place));
    isChanged = hashes.delete(item.place) || isChanged;
    if (now().getTime() - mtimeMs > settledMs) {
      hashes.set(item.place, { size, mtimeMs, ctimeMs, ino, sha });
      isChanged = true;
    }
    return sha;
  }

  async function work(files: readonly Hashable[], base: string): Promise<Fingerprint> {
    // Read once, and written when nothing waits: many paths are asked one after the other.
    recalled ??= recall(file);
    const hashes = await recalled;
    const parts: [string, number, string][] = [];
    for (let start = 0; start < files.length; start += 4) {
      const chunk = files.slice(start, start + 4);
      const shas = await Promise.all(chunk.map((item) => hashOf(item, hashes)));
      chunk.forEach((item, index) => {
        parts.push([nameBelow(item.stat.path, base), item.stat.size, shas[index] ?? ""]);
      });
    }
    if (isChanged && waiting === 1) {
      isChanged = false;
      await remember(file, hashes);
    }
    return { digest: digest(parts), files: parts.length, bytes: parts.reduce((sum, [, size]) => sum + size, 0) };
  }

  return {
    fingerprint: (files, base) => {
      // One after the other: two concurrent writers would each drop what the other found.
      waiting += 1;
      const result = turn
        .then(() => work(files, base))
        .finally(() => {
          waiting -= 1;
        });
      turn = result.catch(() => undefined);
      return result;
    },
  };
}

const nameBelow = (path: string, base: string): string =>
  path === base ? baseName(path) : path.slice(base === "" ? 0 : base.length + 1);

async function hashFile(place: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(place, { highWaterMark: 1 << 20 }), hash);
  return hash.digest("hex");
}

/** An unreadable or damaged cache costs only time: the files are hashed again. */
async function recall(file: string): Promise<Map<string, Remembered>> {
  try {
    const content: unknown = JSON.parse(await readFile(file, "utf8"));
    return new Map(isObject(content) ? Object.entries(content).flatMap(([path, item]) => remembered(path, item)) : []);
  } catch {
    return new Map();
  }
}

function remembered(path: string, item: unknown): [string, Remembered][] {
  if (!isObject(item)) return [];
  const { size, mtimeMs, ctimeMs, ino, sha } = item;
  const isWhole =
    typeof size === "number" && typeof mtimeMs === "number" && typeof ino === "number" && typeof sha === "string";
  return isWhole ? [[path, { size, mtimeMs, ...(typeof ctimeMs === "number" ? { ctimeMs } : {}), ino, sha }]] : [];
}

async function remember(file: string, memory: ReadonlyMap<string, Remembered>): Promise<void> {
  const newest = [...memory].slice(-mostRemembered);
  try {
    await writeFileWhole(file, JSON.stringify(Object.fromEntries(newest)), { kind: "replace" });
  } catch {
    // A cache that can't be written only makes the next run read more.
  }
}
