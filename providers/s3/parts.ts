/**
 * Uploads and copies in parts. Nothing is visible before the last call, which also checks the condition. After a failure or a stop
 * the parts are deleted, since they cost money and no list shows them.
 */
import type { CompletedPart, CreateMultipartUploadCommandInput, PutObjectCommandInput } from "@aws-sdk/client-s3";
import type { ByteSource } from "../../src/engine/storage.ts";
import { type Bucket, stoppedBy } from "./client.ts";

/** The object to write: its place, metadata and encryption. */
export type Target = { readonly Bucket: string; readonly Key: string } & Pick<
  PutObjectCommandInput,
  "Metadata" | "ServerSideEncryption" | "SSEKMSKeyId"
>;

/** A condition, as arguments of the calls. The service checks it at the moment when the object appears. */
export type Condition = { readonly IfNoneMatch?: string; readonly IfMatch?: string };

// The SDK sends this checksum with each part; a service joins the parts only if the upload began with it.
const checksum = "CRC32" as const;
const mostParts = 10_000;
const atOnce = 4;

/** Uploads bytes in parts. */
export function inParts(
  bucket: Bucket,
  target: Target,
  bytes: ByteSource,
  condition: Condition,
  signal?: AbortSignal,
): Promise<void> {
  const { Bucket, Key } = target;
  const begun = { ...target, ChecksumAlgorithm: checksum };
  return assemble(bucket, begun, condition, signal, ranges(bytes.size, bucket.limits.part), async (UploadId, range) => {
    const client = await bucket.client();
    const { ETag, ChecksumCRC32 } = await client.uploadPart(
      {
        Bucket,
        Key,
        UploadId,
        PartNumber: range.number,
        ChecksumAlgorithm: checksum,
        Body: await bytes.read(range.start, range.end),
      },
      stoppedBy(signal),
    );
    return { ETag, ChecksumCRC32, PartNumber: range.number };
  });
}

/** The object to copy, and the etag that it must still have. */
export type CopySource = { readonly CopySource: string; readonly CopySourceIfMatch?: string };

/** Copies an object of a known size in parts. */
export function copyInParts(bucket: Bucket, target: Target, source: CopySource, size: number): Promise<void> {
  return assemble(bucket, target, {}, undefined, ranges(size, bucket.limits.copyPart), async (upload, range) => {
    const client = await bucket.client();
    const { CopyPartResult } = await client.uploadPartCopy({
      Bucket: target.Bucket,
      Key: target.Key,
      UploadId: upload,
      PartNumber: range.number,
      CopySourceRange: `bytes=${range.start}-${range.end - 1}`,
      ...source,
    });
    return { ETag: CopyPartResult?.ETag, PartNumber: range.number };
  });
}

/** One part's bytes, and its number from 1. */
interface Range {
  readonly number: number;
  readonly start: number;
  readonly end: number;
}

function ranges(size: number, least: number): readonly Range[] {
  const part = Math.max(least, Math.ceil(size / mostParts));
  return Array.from({ length: Math.ceil(size / part) }, (_, index) => ({
    number: index + 1,
    start: index * part,
    end: Math.min(size, (index + 1) * part),
  }));
}

async function assemble(
  bucket: Bucket,
  target: Target & Pick<CreateMultipartUploadCommandInput, "ChecksumAlgorithm">,
  condition: Condition,
  signal: AbortSignal | undefined,
  all: readonly Range[],
  send: (upload: string, range: Range) => Promise<CompletedPart>,
): Promise<void> {
  const client = await bucket.client();
  const { UploadId } = await client.createMultipartUpload(target, stoppedBy(signal));
  const upload = { Bucket: target.Bucket, Key: target.Key, UploadId };
  try {
    const parts = await sendAll(all, (range) => send(UploadId ?? "", range));
    const MultipartUpload = { Parts: parts };
    await client.completeMultipartUpload({ ...upload, ...condition, MultipartUpload }, stoppedBy(signal));
  } catch (error) {
    // Without the signal, which may be the reason for this call. If it fails too, the bucket's lifecycle has to clean up.
    await client.abortMultipartUpload(upload).catch(() => undefined);
    throw error;
  }
}

async function sendAll(
  all: readonly Range[],
  send: (range: Range) => Promise<CompletedPart>,
): Promise<CompletedPart[]> {
  const parts: CompletedPart[] = [];
  for (let start = 0; start < all.length; start += atOnce) {
    // Waits for all parts before it throws the first failure: a part that arrives after the abort would stay for ever.
    const sent = await Promise.allSettled(all.slice(start, start + atOnce).map(send));
    for (const part of sent) {
      if (part.status === "rejected") throw part.reason;
      parts.push(part.value);
    }
  }
  return parts;
}
