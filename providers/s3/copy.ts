/** Copies within the bucket. The service copies, so no byte passes through here. Objects above 5 GB are copied in parts. */
import type { FileStat } from "../../src/engine/storage.ts";
import { isWithin } from "../../src/model/path.ts";
import { ProviderError } from "../../src/provider/error.ts";
import type { Bucket } from "./client.ts";
import { keyOf } from "./keys.ts";
import { listPath, statPath } from "./look.ts";
import { copyInParts } from "./parts.ts";
import { exists } from "./write.ts";

const atOnce = 8;

/** Copies a file onto a path, or a directory to an unused path. */
export async function copyPath(bucket: Bucket, source: string, target: string): Promise<void> {
  if (source === "" || isWithin(target, source)) {
    throw new ProviderError("invalid", `"${source}" can't be put inside itself, at "${target}". Choose another path.`);
  }
  const found = await statPath(bucket, source);
  if (found === null) throw new ProviderError("not_found", `"${source}" does not exist. Check the path.`);
  if (found.kind === "file") return copyFile(bucket, found, target);
  if ((await statPath(bucket, target)) !== null) throw exists(target);
  const files = await listPath(bucket, source, true);
  for (let start = 0; start < files.length; start += atOnce) {
    const some = files.slice(start, start + atOnce);
    await Promise.all(some.map((file) => copyFile(bucket, file, `${target}${file.path.slice(source.length)}`)));
  }
}

async function copyFile(bucket: Bucket, from: FileStat, to: string): Promise<void> {
  const client = await bucket.client();
  const target = { Bucket: bucket.name, Key: keyOf(bucket, to), ...bucket.encryption };
  const key = keyOf(bucket, from.path);
  const CopySource = `${bucket.name}/${key.split("/").map(encodeURIComponent).join("/")}`;
  // With the etag, so that all parts come from the version that was listed.
  const source = { CopySource, ...(from.etag === undefined ? {} : { CopySourceIfMatch: from.etag }) };
  if (from.size > bucket.limits.wholeCopy) return copyInParts(bucket, target, source, from.size);
  await client.copyObject({ ...target, ...source });
}
