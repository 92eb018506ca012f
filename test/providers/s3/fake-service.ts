/** A fake of S3's wire format: answers that a test scripts, one function for all requests; what was asked is kept. */
import { Readable } from "node:stream";
import { createBucket } from "../../../providers/s3/client.ts";
import { type S3Storage, storageOf } from "../../../providers/s3/storage.ts";
import { Secret } from "../../../src/model/secret.ts";
import type { ClientSettings } from "../../../src/provider/contract.ts";

/** A request as the SDK sends it. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An answer; `null` breaks the connection. */
export type Answer = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Readable;
} | null;

export const accessKey = "AKIDFORTESTSONLY";
export const secretKey = "a-secret-key-for-tests-only/+=";
export const sessionToken = "a-session-token-for-tests-only";

/** What a handler of the SDK needs to be. */
export function fakeHandler(answer: (asked: Asked, count: number) => Answer) {
  const asked: Asked[] = [];
  const handle = async (request: object) => {
    const { method, path, query, headers, body } = Object(request);
    asked.push({ method, path, query, headers, body: textOf(body) });
    const given = answer(asked[asked.length - 1] as Asked, asked.length);
    if (given === null) throw Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET", errno: -104 });
    const stream = given.body instanceof Readable ? given.body : Readable.from([Buffer.from(given.body ?? "")]);
    return { response: { statusCode: given.status, headers: { ...given.headers }, body: stream } };
  };
  return { asked, handler: { handle, updateHttpClientConfig: () => undefined, httpHandlerConfigs: () => ({}) } };
}

const textOf = (body: unknown): string =>
  typeof body === "string" ? body : body instanceof Uint8Array ? new TextDecoder().decode(body) : "";

/** Storage of a bucket "lake" over scripted answers. */
export function fakeStorage(
  answer: (asked: Asked, count: number) => Answer,
  settings: ClientSettings = {},
): { readonly storage: S3Storage; readonly asked: readonly Asked[] } {
  const { asked, handler } = fakeHandler(answer);
  let ids = 0;
  const context = {
    settings: {
      bucket: "lake",
      endpoint: "http://s3.test",
      access_key: new Secret(accessKey),
      secret_key: new Secret(secretKey),
      session_token: new Secret(sessionToken),
      ...settings,
    },
    user: "tester",
    newId: () => `id-${++ids}`,
  };
  // Two tries: what passes on the second one is tried again, and what does not ends soon.
  const client = { requestHandler: handler, maxAttempts: 2 };
  return { storage: storageOf(createBucket(context, { client })), asked };
}

/** An error as S3 writes it. */
export const errorAnswer = (status: number, code: string, message = "It said so.", more = ""): Answer => ({
  status,
  headers: { "content-type": "application/xml" },
  body: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message>${more}</Error>`,
});

/** One page of a list. */
export function listAnswer(keys: readonly string[], more: string = "<IsTruncated>false</IsTruncated>"): Answer {
  const contents = keys.map(
    (key) =>
      `<Contents><Key>${key}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>"e"</ETag><Size>1</Size></Contents>`,
  );
  return { status: 200, body: `<?xml version="1.0"?><ListBucketResult>${more}${contents.join("")}</ListBucketResult>` };
}
