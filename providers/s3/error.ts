/** Errors of S3 as ProviderErrors: what S3 alone says, on top of what all AWS services share. */
import { ProviderError } from "../../src/provider/error.ts";
import { type AwsFailure, type AwsFailures, awsError, awsErrorFacts, cancelled } from "../support/aws/error.ts";
import type { Bucket } from "./client.ts";

const inTheWay: AwsFailure = {
  code: "invalid",
  reason: "this service keeps objects as files, and one stands where a directory is needed. Choose another path",
};
const notHere: AwsFailure = { code: "not_found", reason: "it is not there. Check the path" };
const busy: AwsFailure = {
  code: "conflict",
  reason: "others kept changing it at the same time. Try again when they are done",
  retryable: true,
};

const known: AwsFailures = {
  NoSuchKey: notHere,
  NotFound: notHere,
  ConditionalRequestConflict: busy,
  OperationAborted: busy,
  InvalidObjectState: {
    code: "invalid",
    reason: "the object is archived. Restore it from its archive first",
  },
  KeyTooLongError: { code: "invalid", reason: "the path is too long: a key has at most 1,024 bytes. Shorten it" },
  InvalidBucketName: { code: "invalid", reason: `the name of the bucket is not valid. Correct "bucket"` },
  QuotaExceeded: { code: "no_space", reason: "the bucket's quota is used up. Free some space and try again" },
  XMinioStorageFull: { code: "no_space", reason: "the service has no space left. Free some space and try again" },
  ObjectParentIsFile: inTheWay,
  ExistingObjectIsFile: inTheWay,
  ExistingObjectIsDirectory: inTheWay,
  PermanentRedirect: {
    code: "invalid",
    reason: `the bucket is in another region. Set "aws_region" to the bucket's region`,
  },
};

/** The ProviderError for a failure of S3 while doing `action`: `write "raw/orders.csv"`. */
export function s3Error(bucket: Bucket, error: unknown, action: string): ProviderError {
  const noBucket: AwsFailure = {
    code: "not_found",
    reason: `there is no bucket "${bucket.name}". Create it, or correct "bucket" and "aws_region"`,
  };
  return awsError(error, action, bucket.scrubber, { ...known, NoSuchBucket: noBucket });
}

/** Does something, with every failure as a ProviderError; nothing is begun once the signal is aborted. */
export async function doing<T>(
  bucket: Bucket,
  action: string,
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  if (isAborted(signal)) throw cancelled(action);
  try {
    return await work();
  } catch (error) {
    // What an abort breaks fails in many ways; the caller asked to stop, and that is what is said.
    if (isAborted(signal) && !(error instanceof ProviderError)) throw cancelled(action);
    throw s3Error(bucket, error, action);
  }
}

const isAborted = (signal: AbortSignal | undefined): boolean => signal?.aborted === true;

/** True when the service said that there is no such object; false when it said that there is no bucket. */
export function isAbsent(error: unknown): boolean {
  const { name, status } = awsErrorFacts(error);
  return status === 404 && name !== "NoSuchBucket";
}
