/** Deletes a file, or everything below a directory, a thousand keys per call. An error names the key that could not be deleted. */
import type { _Error } from "@aws-sdk/client-s3";
import { ProviderError } from "../../src/provider/error.ts";
import { awsErrorFacts } from "../support/aws/error.ts";
import type { Bucket } from "./client.ts";
import { isAbsent, s3Error } from "./error.ts";
import { keyOf, prefixOf } from "./keys.ts";
import { headOf } from "./look.ts";
import { firstPage, pages } from "./pages.ts";
import { changed } from "./write.ts";

/** Deletes a canonical path and everything below it; with `ifMatch` only the file, and only if it has that etag. */
export async function removePath(
  bucket: Bucket,
  path: string,
  options: { readonly ifMatch?: string; readonly ifEmpty?: boolean },
): Promise<void> {
  if (options.ifEmpty === true) return removeMarker(bucket, path);
  if (options.ifMatch !== undefined) return removeMatch(bucket, path, options.ifMatch);
  await removeKey(bucket, keyOf(bucket, path));
  for await (const page of pages(bucket, { prefix: prefixOf(bucket, path) })) {
    await removeKeys(
      bucket,
      page.objects.map(({ key }) => key),
    );
  }
}

/** An empty directory exists only if a console made its marker, the key that ends in `/`. */
async function removeMarker(bucket: Bucket, path: string): Promise<void> {
  const marker = prefixOf(bucket, path);
  const { objects } = await firstPage(bucket, marker, 2);
  if (objects.length === 1 && objects[0]?.key === marker) await removeKey(bucket, marker);
}

async function removeMatch(bucket: Bucket, path: string, ifMatch: string): Promise<void> {
  const client = await bucket.client();
  try {
    await client.deleteObject({ Bucket: bucket.name, Key: keyOf(bucket, path), IfMatch: ifMatch });
  } catch (error) {
    if (isAbsent(error)) return;
    if (awsErrorFacts(error).status !== 412) throw error;
    // Some services report a mismatch for an object that does not exist.
    if ((await headOf(bucket, path)) !== null) throw changed(path);
  }
}

async function removeKey(bucket: Bucket, key: string): Promise<void> {
  const client = await bucket.client();
  try {
    await client.deleteObject({ Bucket: bucket.name, Key: key });
  } catch (error) {
    if (!isAbsent(error)) throw error;
  }
}

/** Deletes many keys; a key that XML can't hold is deleted on its own. */
async function removeKeys(bucket: Bucket, keys: readonly string[]): Promise<void> {
  const isOdd = (key: string) => /[\0-\x1f\x7f\ufffe\uffff]/.test(key);
  for (const key of keys.filter(isOdd)) await removeKey(bucket, key);
  const plain = keys.filter((key) => !isOdd(key));
  for (let start = 0; start < plain.length; start += 1000) {
    const client = await bucket.client();
    const Objects = plain.slice(start, start + 1000).map((key) => ({ Key: key }));
    const { Errors } = await client.deleteObjects({ Bucket: bucket.name, Delete: { Objects, Quiet: true } });
    refuseErrors(bucket, Errors ?? []);
  }
}

/** The call succeeds even if it deleted no key: only its answer names the failures. */
function refuseErrors(bucket: Bucket, errors: readonly _Error[]): void {
  const failed = errors.filter(({ Code }) => Code !== "NoSuchKey");
  const first = failed[0];
  if (first === undefined) return;
  const named = failed.slice(0, 3).map(({ Key }) => `"${Key}"`);
  const more = failed.length > named.length ? ` and ${failed.length - named.length} more` : "";
  const status = first.Code === "AccessDenied" ? 403 : 500;
  const said = { name: first.Code ?? "Error", message: first.Message ?? "", $metadata: { httpStatusCode: status } };
  const error = s3Error(bucket, said, `delete ${named.join(", ")}${more}`);
  // A retry helps only if it helps with every key.
  const isForAll = failed.every(({ Code }) => ["InternalError", "ServiceUnavailable", "SlowDown"].includes(Code ?? ""));
  throw new ProviderError(error.code, error.message, { cause: error.cause, retryable: isForAll });
}
