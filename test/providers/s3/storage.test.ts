/** What no server does on request: answers that are lost, wrong or refused half-way. */
import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { ProviderError } from "../../../src/provider/error.ts";
import { expectNoSecret, failure } from "../../conformance/support.ts";
import {
  type Answer,
  type Asked,
  accessKey,
  errorAnswer,
  fakeStorage,
  listAnswer,
  secretKey,
  sessionToken,
} from "./fake-service.ts";

const secrets = [accessKey, secretKey, sessionToken];
const paths = (files: readonly { readonly path: string }[]) => files.map((file) => file.path);
const more = (token: string) =>
  `<IsTruncated>true</IsTruncated><NextContinuationToken>${token}</NextContinuationToken>`;

describe("a list", () => {
  test("has all pages", async () => {
    const { storage, asked } = fakeStorage(({ query }) =>
      query["continuation-token"] === "two" ? listAnswer(["c"]) : listAnswer(["a", "b"], more("two")),
    );
    expect(paths(await storage.list(""))).toEqual(["a", "b", "c"]);
    expect(asked).toHaveLength(2);
  });

  test("fails when a page fails, ends early or comes twice", async () => {
    const denied = fakeStorage((_, count) =>
      count === 1 ? listAnswer(["a"], more("two")) : errorAnswer(403, "AccessDenied"),
    );
    await failure(denied.storage.list(""), "denied");
    const cut = fakeStorage(() => listAnswer(["a"], "<IsTruncated>true</IsTruncated>"));
    await failure(cut.storage.list(""), "failed");
    const twice = fakeStorage(() => listAnswer(["a"], more("same")));
    await failure(twice.storage.list(""), "failed");
    expect(twice.asked).toHaveLength(2);
  });

  test("takes keys as encoded only when the service says that they are", async () => {
    const url = "<IsTruncated>false</IsTruncated><EncodingType>url</EncodingType>";
    const encoded = fakeStorage(() => listAnswer(["a+b%2Bc%25", "%C3%A9"], url));
    expect(paths(await encoded.storage.list(""))).toEqual(["a b+c%", "é"]);
    const plain = fakeStorage(() => listAnswer(["a+b%2Bc%25"]));
    expect(paths(await plain.storage.list(""))).toEqual(["a+b%2Bc%25"]);
    const broken = fakeStorage(() => listAnswer(["100%"], url));
    await failure(broken.storage.list(""), "failed");
  });

  test.each(["a//b", "a/../b", "/a", "a/./b"])("says that the key %j is no path", async (key) => {
    const error = await failure(
      fakeStorage(() => listAnswer([key])).storage.list("", { recursive: true }),
      "unsupported",
    );
    expect(error.message).toContain(`"${key}"`);
  });

  test("asks only for keys that a glob can match", async () => {
    const { storage, asked } = fakeStorage(
      ({ method, query }) =>
        method === "HEAD" || query["max-keys"] === "1"
          ? { status: method === "HEAD" ? 404 : 200, body: method === "HEAD" ? "" : "<ListBucketResult/>" }
          : listAnswer(["root/raw/2026-01/x.csv", "root/raw/2026-01/x.json"]),
      { root: "root" },
    );
    expect(paths(await storage.expand("raw/2026-*/*.csv"))).toEqual(["raw/2026-01/x.csv"]);
    expect(asked.at(-1)?.query.prefix).toBe("root/raw/2026-");
  });
});

describe("a conditional write", () => {
  /** A service whose first answer to a PUT is lost after the object was stored, or not. */
  const losing = (isStored: boolean) => {
    const stored: { token?: string | undefined } = isStored ? {} : { token: "of somebody else" };
    return fakeStorage(({ method, headers }: Asked, count: number): Answer => {
      if (method === "HEAD") return { status: 200, headers: { "x-amz-meta-mason-write": stored.token ?? "" } };
      if (count > 1) return errorAnswer(412, "PreconditionFailed");
      stored.token ??= headers["x-amz-meta-mason-write"];
      return null;
    });
  };

  test("knows its own object again when the answer was lost", async () => {
    const { storage, asked } = losing(true);
    await storage.write("x", "body", { ifAbsent: true });
    expect(asked.map(({ method }) => method)).toEqual(["PUT", "PUT", "HEAD"]);
    expect(asked[0]?.headers["if-none-match"]).toBe("*");
  });

  test("does not take somebody else's object for its own", async () => {
    await failure(losing(false).storage.write("x", "body", { ifAbsent: true }), "exists");
    await failure(losing(false).storage.write("x", "body", { ifMatch: '"e"' }), "conflict");
  });

  test("tries again when another one was under way", async () => {
    const busy = errorAnswer(409, "ConditionalRequestConflict");
    const { storage, asked } = fakeStorage((_, count) => (count < 3 ? busy : { status: 200 }));
    await storage.write("x", "body", { ifAbsent: true });
    expect(asked).toHaveLength(3);
  });

  test("gives up when others never stop, and may be tried again", async () => {
    const { storage } = fakeStorage(() => errorAnswer(409, "ConditionalRequestConflict"));
    expect((await failure(storage.write("x", "body", { ifAbsent: true }), "conflict")).retryable).toBe(true);
  }, 30_000);

  test("fails with conflict when what it matches is gone", async () => {
    const { storage } = fakeStorage(() => errorAnswer(404, "NoSuchKey"));
    await failure(storage.write("x", "body", { ifMatch: '"e"' }), "conflict");
  });
});

describe("a delete of many", () => {
  const answering = (errors: string) => (asked: Asked) => {
    if (asked.method === "DELETE") return { status: 204 };
    if (asked.method === "POST") return { status: 200, body: `<DeleteResult>${errors}</DeleteResult>` };
    return listAnswer(["d/1", "d/2"]);
  };
  const errorOf = (key: string, code: string) => `<Error><Key>${key}</Key><Code>${code}</Code></Error>`;

  test("names the keys that were not deleted", async () => {
    const errors = errorOf("d/1", "AccessDenied") + errorOf("d/2", "InternalError");
    const error = await failure(fakeStorage(answering(errors)).storage.delete("d"), "denied");
    expect(error.message).toContain('"d/1", "d/2"');
    expect(error.retryable).toBe(false);
  });

  test("may be tried again when every failure can pass", async () => {
    const error = await failure(
      fakeStorage(answering(errorOf("d/2", "InternalError"))).storage.delete("d"),
      "unavailable",
    );
    expect(error.retryable).toBe(true);
  });

  test("takes a key that is gone already as deleted", async () => {
    await fakeStorage(answering(errorOf("d/2", "NoSuchKey"))).storage.delete("d");
  });
});

describe("a read", () => {
  test("is repeated when the connection breaks in the middle of the answer", async () => {
    const broken = () =>
      new Readable({
        read() {
          this.destroy(Object.assign(new Error("aborted"), { code: "ECONNRESET" }));
        },
      });
    const { storage, asked } = fakeStorage((_, count) => ({ status: 200, body: count === 1 ? broken() : "whole" }));
    expect(new TextDecoder().decode(await storage.read("x"))).toBe("whole");
    expect(asked).toHaveLength(2);
    const error = await failure(fakeStorage(() => ({ status: 200, body: broken() })).storage.read("x"), "unavailable");
    expect(error.retryable).toBe(true);
  });
});

describe("what is sent", () => {
  test("asks for the encryption of the settings, in copies too", async () => {
    const { storage, asked } = fakeStorage(
      ({ method }) =>
        method === "HEAD"
          ? { status: 200, headers: { "content-length": "1", etag: '"e"' } }
          : { status: 200, body: "<CopyObjectResult><ETag>x</ETag></CopyObjectResult>" },
      { sse: "aws:kms", sse_kms_key_id: "key-1" },
    );
    await storage.write("x", "body");
    await storage.copy("x", "y");
    for (const { headers } of asked.filter(({ method }) => method === "PUT")) {
      expect(headers["x-amz-server-side-encryption"]).toBe("aws:kms");
      expect(headers["x-amz-server-side-encryption-aws-kms-key-id"]).toBe("key-1");
    }
    expect(asked.at(-1)?.headers["x-amz-copy-source"]).toBe("lake/x");
  });

  test("has the bucket in the path of an endpoint, unless told otherwise", async () => {
    const { storage, asked } = fakeStorage(() => listAnswer([]));
    await storage.list("");
    expect(asked[0]?.path).toMatch(/^\/lake\/?$/);
    const hosted = fakeStorage(() => listAnswer([]), { force_path_style: false });
    await hosted.storage.list("");
    expect(hosted.asked[0]?.headers.host).toBe("lake.s3.test");
  });
});

describe("an error", () => {
  const echo = `<AWSAccessKeyId>${accessKey}</AWSAccessKeyId><StringToSign>${secretKey}</StringToSign>`;
  const answers: readonly (readonly [string, Answer])[] = [
    ["a refused signature", errorAnswer(403, "SignatureDoesNotMatch", `Key ${accessKey}, token ${sessionToken}`, echo)],
    ["an expired token", errorAnswer(400, "ExpiredToken", `The token ${sessionToken} expired`)],
    ["an unknown error", errorAnswer(418, "Teapot", `${accessKey} ${secretKey}`)],
    ["an answer that is no XML", { status: 200, body: `<html>${secretKey}` }],
    ["a page of a proxy", { status: 502, body: `<html>${secretKey}</html>` }],
    ["a lost connection", null],
  ];
  test.each(answers)("of %s shows no secret, its cause neither", async (_, answer) => {
    const error = await fakeStorage(() => answer)
      .storage.list("")
      .then(
        () => null,
        (reason: unknown) => reason,
      );
    expect(error).toBeInstanceOf(ProviderError);
    expectNoSecret(error, secrets);
    expectNoSecret(Object(error).stack, secrets);
  });

  test("says whether trying again can help", async () => {
    const codeOf = async (answer: Answer) => {
      const reason: unknown = await fakeStorage(() => answer)
        .storage.list("")
        .catch((error: unknown) => error);
      return reason instanceof ProviderError ? [reason.code, reason.retryable] : reason;
    };
    expect(await codeOf(errorAnswer(503, "SlowDown"))).toEqual(["throttled", true]);
    expect(await codeOf(errorAnswer(500, "InternalError"))).toEqual(["unavailable", true]);
    expect(await codeOf(errorAnswer(403, "AccessDenied"))).toEqual(["denied", false]);
    expect(await codeOf(errorAnswer(501, "NotImplemented"))).toEqual(["unsupported", false]);
    expect(await codeOf(errorAnswer(400, "InvalidArgument"))).toEqual(["invalid", false]);
    expect(await codeOf(errorAnswer(404, "NoSuchBucket"))).toEqual(["not_found", false]);
  }, 60_000);
});
