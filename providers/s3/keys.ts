/**
 * Paths as keys of a bucket and back. A path never leaves the root; a key that no path means (`a//b`, `a/../b`) can't be given
 * as one, and is said instead of left out.
 */
import { joinPath, normalPath } from "../../src/model/path.ts";
import { ProviderError } from "../../src/provider/error.ts";
import type { Bucket } from "./client.ts";

/** The canonical path; throws `denied` for one that would leave the root. */
export function pathOf(path: string): string {
  const name = normalPath(path);
  if (name !== null) return name;
  throw new ProviderError("denied", `The path "${path}" leads out of the root of the s3 storage. Use a path below it.`);
}

/** The same for verbs that change something, which never take the root itself. */
export function fileName(path: string): string {
  const name = pathOf(path);
  if (name !== "") return name;
  throw new ProviderError("invalid", "The root of the s3 storage itself can't be written or deleted. Name a path.");
}

/** The key of the file at a canonical path. */
export const keyOf = (bucket: Bucket, path: string): string => joinPath(bucket.root, path);

/** What the keys of all files below a canonical path start with. */
export function prefixOf(bucket: Bucket, path: string): string {
  const key = keyOf(bucket, path);
  return key === "" ? "" : `${key}/`;
}

/** The path of a key, or of a prefix without the `/` at its end. Throws when there is no such path. */
export function pathOfKey(bucket: Bucket, key: string): string {
  const path = bucket.root === "" ? key : key.slice(bucket.root.length + 1);
  if (path !== "" && normalPath(path) === path) return path;
  throw new ProviderError(
    "unsupported",
    `Bucket "${bucket.name}" holds the key "${key}", which is no path: it has an empty, "." or ".." part. Rename or delete the object, or start from another root.`,
  );
}
