/** Converts errors of S3 to ProviderErrors: those of S3 alone, on top of those that all AWS services share. */
import { ProviderError } from "../../src/provider/error.ts";
import {
  type AwsFailure,
  type AwsFailures,
  awsError,
  awsErrorFacts,
  cancelled,
  isOfNetwork,
  networkCause,
} from "../support/aws/error.ts";
import type { Bucket } from "./client.ts";

const inTheWay: AwsFailure = {
  code: "invalid",
  reason: "this service keeps objects as files, and a file is in the place of a directory. Choose another path",
};
const notHere: AwsFailure = { code: "not_found", reason: "it does not exist. Check the path" };
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

/** The failure for an endpoint that does not answer: who, where, and why. */
function unreachable({ whose }: Bucket, error: unknown): AwsFailure {
  const cause = networkCause(error);
  const reason = `${whose} can't be reached${cause === null ? "" : ` (${cause})`}. Start the service, or correct "endpoint" and check the network`;
  return { code: "unavailable", reason };
}

/** The ProviderError for a failure of S3 while doing `action`: `write "raw/orders.csv"`. */
export function s3Error(bucket: Bucket, error: unknown, action: string): ProviderError {
  const noBucket: AwsFailure = {
    code: "not_found",
    reason: `the bucket "${bucket.name}" does not exist. Create it, or correct "bucket" and "aws_region"`,
  };
  const { name, status } = awsErrorFacts(error);
  return awsError(error, action, bucket.scrubber, {
    ...known,
    NoSuchBucket: noBucket,
    ...(status === null && isOfNetwork(error) ? { [name]: unreachable(bucket, error) } : {}),
  });
}

/** Runs an action and converts every failure to a ProviderError. It starts nothing after the signal was aborted. */
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
    // An abort fails in many ways. The caller asked to stop, so the error says that.
    if (isAborted(signal) && !(error instanceof ProviderError)) throw cancelled(action);
    throw s3Error(bucket, error, action);
  }
}

const isAborted = (signal: AbortSignal | undefined): boolean => signal?.aborted === true;

/** True when the service reported a missing object; false for a missing bucket. */
export function isAbsent(error: unknown): boolean {
  const { name, status } = awsErrorFacts(error);
  return status === 404 && name !== "NoSuchBucket";
}
