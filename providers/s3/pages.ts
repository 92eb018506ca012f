/**
 * Lists the keys below a prefix, page by page, up to the last page, or fails. Keys arrive percent-encoded, since XML can't hold every
 * character. A service that doesn't encode keys omits `EncodingType`.
 */
import type { ListObjectsV2CommandOutput } from "@aws-sdk/client-s3";
import { ProviderError } from "../../src/provider/error.ts";
import { type Bucket, stoppedBy } from "./client.ts";

/** An object of a list. */
export interface Listed {
  readonly key: string;
  readonly size: number;
  readonly modified: number;
  readonly etag?: string;
}

/** One page of a list. */
export interface Page {
  readonly objects: readonly Listed[];
  /** Prefixes that stand for all keys below them, each ending in `/`; only in lists of one level. */
  readonly prefixes: readonly string[];
}

/** What to list. */
export interface PageQuery {
  readonly prefix: string;
  /** Lists one level: keys with another `/` appear as prefixes. */
  readonly oneLevel?: boolean;
  /** The most objects on a page; the service allows up to 1,000. */
  readonly pageSize?: number;
  readonly signal?: AbortSignal | undefined;
}

/** Every page of a list, in order. */
export async function* pages(bucket: Bucket, query: PageQuery): AsyncGenerator<Page> {
  const client = await bucket.client();
  let token: string | undefined;
  do {
    const answer = await client.listObjectsV2(
      {
        Bucket: bucket.name,
        Prefix: query.prefix,
        EncodingType: "url",
        ...(query.oneLevel === true ? { Delimiter: "/" } : {}),
        ...(query.pageSize === undefined ? {} : { MaxKeys: query.pageSize }),
        ...(token === undefined ? {} : { ContinuationToken: token }),
      },
      stoppedBy(query.signal),
    );
    yield pageOf(answer);
    token = nextToken(bucket, answer, token);
  } while (token !== undefined);
}

/** The first objects and prefixes below a prefix, to see whether there are any. */
export async function firstPage(bucket: Bucket, prefix: string, pageSize: number): Promise<Page> {
  for await (const page of pages(bucket, { prefix, pageSize })) return page;
  return { objects: [], prefixes: [] };
}

function nextToken(
  bucket: Bucket,
  { IsTruncated, NextContinuationToken }: ListObjectsV2CommandOutput,
  before: string | undefined,
): string | undefined {
  if (IsTruncated !== true) return undefined;
  if (NextContinuationToken !== undefined && NextContinuationToken !== "" && NextContinuationToken !== before) {
    return NextContinuationToken;
  }
  throw new ProviderError(
    "failed",
    `The list of bucket "${bucket.name}" ends early: the service reported another page, but not how to get it. Try again, or use a service with complete lists.`,
  );
}

function pageOf(answer: ListObjectsV2CommandOutput): Page {
  const decode = answer.EncodingType === "url" ? decoded : (text: string) => text;
  return {
    objects: (answer.Contents ?? []).map(({ Key, Size, LastModified, ETag }) => ({
      key: decode(Key ?? ""),
      size: Size ?? 0,
      modified: LastModified?.getTime() ?? 0,
      ...(ETag === undefined ? {} : { etag: ETag }),
    })),
    prefixes: (answer.CommonPrefixes ?? []).map(({ Prefix }) => decode(Prefix ?? "")),
  };
}

/** Keys are encoded like form fields, with `+` for a blank. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    throw new ProviderError(
      "failed",
      `The service lists the key "${text}", but its encoding is wrong. Use a service that encodes keys correctly.`,
    );
  }
}
