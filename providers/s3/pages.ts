/**
 * The keys below a prefix, page by page, to the last page or not at all. Keys come percent-encoded, since XML can't hold every
 * character; a service that does not know how to encode says so by leaving `EncodingType` out.
 */
import type { ListObjectsV2CommandOutput } from "@aws-sdk/client-s3";
import { ProviderError } from "../../src/provider/error.ts";
import { type Bucket, stoppedBy } from "./client.ts";

/** An object as a list gives it. */
export interface Listed {
  readonly key: string;
  readonly size: number;
  readonly modified: number;
  readonly etag?: string;
}

/** One page of a list. */
export interface Page {
  readonly objects: readonly Listed[];
  /** Prefixes that stand for all keys below them, each with its `/` at the end; only when asked for one level. */
  readonly prefixes: readonly string[];
}

/** What to list. */
export interface PageQuery {
  readonly prefix: string;
  /** One level only: keys with a further `/` are given as prefixes. */
  readonly oneLevel?: boolean;
  /** Objects a page, at most; the service gives no more than 1,000. */
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

/** The first objects and prefixes below a prefix, for a look at whether there are any. */
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
    `The list of bucket "${bucket.name}" ends before its last page: the service said that there is more, and not where. Try again, or use a service that lists completely.`,
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

/** Keys are encoded like form fields: a blank as `+`. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    throw new ProviderError(
      "failed",
      `The service lists the key "${text}", which is not encoded as it says. Use a service that encodes keys correctly.`,
    );
  }
}
