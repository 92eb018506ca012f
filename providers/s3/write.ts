/**
 * Writes a file in one call, or in parts when it is large. The old content stays until the new content is complete. A conditional
 * write carries a token of its own: when its answer is lost and the SDK sends it again, the write is recognised as ours.
 */
import type { Body, ByteSource, WriteOptions } from "../../src/engine/storage.ts";
import { ProviderError } from "../../src/provider/error.ts";
import { awsErrorFacts } from "../support/aws/error.ts";
import { type Bucket, stoppedBy } from "./client.ts";
import { isAbsent } from "./error.ts";
import { keyOf } from "./keys.ts";
import { type Condition, inParts, type Target } from "./parts.ts";

/** Writes a file at a canonical path. */
export async function writePath(bucket: Bucket, path: string, body: Body, options: WriteOptions): Promise<void> {
  const bytes = sourceOf(body);
  const condition = conditionOf(options);
  const token = Object.keys(condition).length === 0 ? null : bucket.newId();
  const target: Target = {
    Bucket: bucket.name,
    Key: keyOf(bucket, path),
    ...(token === null ? {} : { Metadata: { [tokenName]: token } }),
    ...bucket.encryption,
  };
  try {
    await repeatingConflicts(() => put(bucket, target, bytes, condition, options.signal), options.signal);
  } catch (error) {
    if (token !== null && isUncertain(error) && (await holdsToken(bucket, target.Key, token))) return;
    throw refused(error, path, condition) ?? error;
  }
}

function sourceOf(body: Body): ByteSource {
  if (typeof body !== "string" && !(body instanceof Uint8Array)) return body;
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  return { size: bytes.length, read: async (start, end) => bytes.subarray(start, end) };
}

/** The metadata key that names a conditional write. */
const tokenName = "mason-write";

function conditionOf({ ifAbsent, ifMatch }: WriteOptions): Condition {
  if (ifAbsent === true) return { IfNoneMatch: "*" };
  return ifMatch === undefined ? {} : { IfMatch: ifMatch };
}

async function put(
  bucket: Bucket,
  target: Target,
  bytes: ByteSource,
  condition: Condition,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (bytes.size > bucket.limits.wholeWrite) return inParts(bucket, target, bytes, condition, signal);
  const client = await bucket.client();
  await client.putObject({ ...target, ...condition, Body: await bytes.read(0, bytes.size) }, stoppedBy(signal));
}

const mostConflicts = 6;

/** S3 answers 409 when another conditional write is in progress. Neither has won, and each should retry. */
async function repeatingConflicts(write: () => Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await write();
    } catch (error) {
      const isBusy = ["ConditionalRequestConflict", "OperationAborted"].includes(awsErrorFacts(error).name);
      if (!isBusy || tries === mostConflicts || signal?.aborted === true) throw error;
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 50 * 2 ** tries));
    }
  }
}

/** True when the write may have succeeded nevertheless: it was sent more than once, or its answer never arrived. */
function isUncertain(error: unknown): boolean {
  const { name, status, attempts } = awsErrorFacts(error);
  return attempts > 1 || status === null || status >= 500 || name === "NoSuchUpload";
}

async function holdsToken(bucket: Bucket, key: string, token: string): Promise<boolean> {
  try {
    const client = await bucket.client();
    const { Metadata } = await client.headObject({ Bucket: bucket.name, Key: key });
    return Metadata?.[tokenName] === token;
  } catch {
    // The error of the write says more than the error of this check.
    return false;
  }
}

/** The error for a failed condition, or `null` for any other failure. */
function refused(error: unknown, path: string, condition: Condition): ProviderError | null {
  const isUnmet = awsErrorFacts(error).status === 412;
  if (condition.IfNoneMatch !== undefined) return isUnmet ? exists(path) : null;
  if (condition.IfMatch === undefined) return null;
  return isUnmet || awsErrorFacts(error).name === "NoSuchKey" || isAbsentObject(error) ? changed(path) : null;
}

/** A missing upload is not a missing object. */
const isAbsentObject = (error: unknown): boolean => isAbsent(error) && awsErrorFacts(error).name !== "NoSuchUpload";

/** The error for a path that is taken. */
export const exists = (path: string): ProviderError =>
  new ProviderError("exists", `"${path}" already exists. Choose another path, or delete it first.`);

/** The error for content that has changed. */
export const changed = (path: string): ProviderError =>
  new ProviderError("conflict", `"${path}" was changed by somebody else. Read it again and repeat the change.`);
