/**
 * Writing a file: whole in one call, or in parts when it is large; what was there stays until the new content is. A conditional
 * write carries a token of its own, so that one whose answer was lost on the way, and which the SDK then sends again, is not
 * taken for somebody else's.
 */
import type { WriteOptions } from "../../src/engine/storage.ts";
import { ProviderError } from "../../src/provider/error.ts";
import { awsErrorFacts } from "../support/aws/error.ts";
import { type Bucket, stoppedBy } from "./client.ts";
import { isAbsent } from "./error.ts";
import { keyOf } from "./keys.ts";
import { type Condition, inParts, type Target } from "./parts.ts";

/** Writes a file at a canonical path. */
export async function writePath(
  bucket: Bucket,
  path: string,
  body: Uint8Array | string,
  options: WriteOptions,
): Promise<void> {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
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

/** Metadata in which a conditional write names itself. */
const tokenName = "mason-write";

function conditionOf({ ifAbsent, ifMatch }: WriteOptions): Condition {
  if (ifAbsent === true) return { IfNoneMatch: "*" };
  return ifMatch === undefined ? {} : { IfMatch: ifMatch };
}

async function put(
  bucket: Bucket,
  target: Target,
  bytes: Uint8Array,
  condition: Condition,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (bytes.length > bucket.limits.wholeWrite) return inParts(bucket, target, bytes, condition, signal);
  const client = await bucket.client();
  await client.putObject({ ...target, ...condition, Body: bytes }, stoppedBy(signal));
}

const mostConflicts = 6;

/** S3 answers 409 when another conditional write is under way: neither won, and each is to try again. */
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

/** True when the write may have been done all the same: it was sent more than once, or its answer never came. */
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
    // The failure of the write says more than that of this look.
    return false;
  }
}

/** The failure of a condition, or `null` for any other. */
function refused(error: unknown, path: string, condition: Condition): ProviderError | null {
  const isUnmet = awsErrorFacts(error).status === 412;
  if (condition.IfNoneMatch !== undefined) return isUnmet ? exists(path) : null;
  if (condition.IfMatch === undefined) return null;
  return isUnmet || awsErrorFacts(error).name === "NoSuchKey" || isAbsentObject(error) ? changed(path) : null;
}

/** A lost upload is no lost object. */
const isAbsentObject = (error: unknown): boolean => isAbsent(error) && awsErrorFacts(error).name !== "NoSuchUpload";

/** The error for a path that is taken. */
export const exists = (path: string): ProviderError =>
  new ProviderError("exists", `"${path}" is there already. Choose another path, or delete it first.`);

/** The error for content that is not the one that was seen. */
export const changed = (path: string): ProviderError =>
  new ProviderError("conflict", `"${path}" was changed by somebody else. Read it again and repeat the change.`);
