/**
 * S3 storage: files below one prefix of a bucket. It handles keys, conditional writes and complete lists. It has no `move`, since S3
 * renames nothing, and it refuses every path that leads out of the root.
 */
import type { Storage } from "../../src/engine/storage.ts";
import type { ProviderContext } from "../../src/provider/contract.ts";
import { type Bucket, createBucket } from "./client.ts";
import { copyPath } from "./copy.ts";
import { doing } from "./error.ts";
import { fileName, keyOf, pathOf } from "./keys.ts";
import { expandPattern, fingerprintOf, listPath, readPath, statPath } from "./look.ts";
import { removePath } from "./remove.ts";
import { writePath } from "./write.ts";

/** Every verb of storage but `move`. */
export type S3Storage = Required<Omit<Storage, "move" | "realPath" | "links">>;

/** Storage below the root of an s3 client. */
export const createS3Storage = (context: ProviderContext): S3Storage => storageOf(createBucket(context));

/** Storage in a bucket: {@link createS3Storage} with its bucket passed in. */
export function storageOf(bucket: Bucket): S3Storage {
  const run = <T>(action: string, work: () => Promise<T>, signal?: AbortSignal) => doing(bucket, action, work, signal);
  return {
    list: (path, { recursive = false, signal } = {}) =>
      run(`list "${path}"`, async () => listPath(bucket, pathOf(path), recursive, signal), signal),
    stat: (path) => run(`look at "${path}"`, async () => statPath(bucket, pathOf(path))),
    expand: (pattern) => run(`find the files of "${pattern}"`, async () => expandPattern(bucket, pathOf(pattern))),
    read: (path, range) => run(`read "${path}"`, async () => readPath(bucket, pathOf(path), range)),
    write: (path, body, options = {}) =>
      run(`write "${path}"`, async () => writePath(bucket, fileName(path), body, options), options.signal),
    delete: (path, options = {}) => run(`delete "${path}"`, async () => removePath(bucket, fileName(path), options)),
    copy: (from, to) => run(`copy "${from}" to "${to}"`, async () => copyPath(bucket, pathOf(from), fileName(to))),
    fingerprint: (pattern, counts) =>
      run(`take the fingerprint of "${pattern}"`, async () => fingerprintOf(bucket, pathOf(pattern), counts)),
    // Not percent-encoded: engines take URIs of this scheme literally.
    uri: (path) => `s3://${bucket.name}/${keyOf(bucket, pathOf(path))}`,
  };
}
