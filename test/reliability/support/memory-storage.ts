/** A storage in memory, for tests of what is built on storage verbs. Its files can be inspected and damaged. */
import { spaceOf } from "../../../providers/memory/client.ts";
import { createMemoryStorage } from "../../../providers/memory/storage.ts";
import type { Storage } from "../../../src/engine/storage.ts";

/** A storage with its files by path. */
export interface OpenStorage {
  readonly storage: Storage;
  /** A copy of all files. */
  files(): ReadonlyMap<string, Uint8Array>;
  /** Replaces all files. */
  restore(files: ReadonlyMap<string, Uint8Array>): void;
  put(path: string, bytes: Uint8Array): void;
  remove(path: string): void;
}

let made = 0;

/** Makes an empty storage. */
export function openStorage(): OpenStorage {
  const name = `reliability-${++made}`;
  const space = spaceOf(name);
  const put = (path: string, bytes: Uint8Array) => {
    space.files.set(path, { bytes, modified: 0, etag: String(++space.lastNumber) });
  };
  return {
    storage: createMemoryStorage({ name, space, now: () => new Date(0), user: "tester" }),
    files: () => new Map([...space.files].map(([path, file]) => [path, file.bytes])),
    restore: (files) => {
      space.files.clear();
      for (const [path, bytes] of files) put(path, bytes);
    },
    put,
    remove: (path) => {
      space.files.delete(path);
    },
  };
}
