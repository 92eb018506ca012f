/**
 * Converts paths to keys of a bucket and back. A path never leads out of the root. A key without a path (`a//b`, `a/../b`) is an error;
 * it is not left out.
 */
import { joinPath, normalPath } from "../../src/model/path.ts";
import { ProviderError } from "../../src/provider/error.ts";
import type { Bucket } from "./client.ts";

/** The canonical path. Throws `denied` for a path that leads out of the root. */
export function pathOf(path: string): string {
  const name = normalPath(path);
  if (name !== null) return name;
  throw new ProviderError("denied", `The path "${path}" leads out of the root of the s3 storage. Use a path below it.`);
}

/** The same for verbs that change something; they refuse the root itself. */
export function fileName(path: string): string {
  const name = pathOf(path);
  if (name !== "") return name;
  throw new ProviderError("invalid", "The root of the s3 storage itself can't be written or deleted. Name a path.");
}

/** The key of the file at a canonical path. */
export const keyOf = (bucket: Bucket, path: string): string => joinPath(bucket.root, path);

/** The prefix of the keys of all files below a canonical path. */
export function prefixOf(bucket: Bucket, path: string): string {
  const key = keyOf(bucket, path);
  return key === "" ? "" : `${key}/`;
}

/** The path of a key, or of a prefix without its final `/`. Throws when there is no such path. */
export function pathOfKey(bucket: Bucket, key: string): string {
  const path = bucket.root === "" ? key : key.slice(bucket.root.length + 1);
  if (path !== "" && normalPath(path) === path) return path;
  throw new ProviderError(
    "unsupported",
    `Bucket "${bucket.name}" contains the key "${key}", which is not a path: it has an empty, "." or ".." part. Rename or delete the object, or start from another root.`,
  );
}
