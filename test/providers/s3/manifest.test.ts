import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { manifest } from "../../../providers/s3/manifest.ts";
import { createS3Storage } from "../../../providers/s3/storage.ts";
import { Secret } from "../../../src/model/secret.ts";
import type { ClientSettings } from "../../../src/provider/contract.ts";
import { temporaryContext } from "../../conformance/context.ts";

const codes = (settings: ClientSettings) => manifest.check?.({ bucket: "b", ...settings }).map((found) => found.code);
const secret = new Secret("hidden-value");

describe("the manifest of s3", () => {
  test("is known by its place, and by no secret", () => {
    const settings = {
      bucket: "b",
      root: "a//b/",
      aws_region: "eu-west-1",
      endpoint: "http://x:1",
      access_key: secret,
    };
    expect(manifest.identity(settings)).toEqual({
      bucket: "b",
      root: "a/b",
      region: "eu-west-1",
      endpoint: "http://x:1",
    });
  });

  test("accepts what belongs together", () => {
    expect(codes({})).toEqual([]);
    expect(codes({ access_key: secret, secret_key: secret, session_token: secret })).toEqual([]);
    expect(codes({ profile: "p", aws_role_arn: "arn:aws:iam::1:role/r", external_id: "e" })).toEqual([]);
    expect(codes({ endpoint: "https://s3.test", root: "a/b", sse: "aws:kms", sse_kms_key_id: "k" })).toEqual([]);
    expect(codes({ endpoint: "{{ENDPOINT}}" })).toEqual([]);
  });

  test.each([
    [{ access_key: secret }, "config/aws-half-a-key"],
    [{ session_token: secret }, "config/aws-half-a-key"],
    [{ access_key: secret, secret_key: secret, profile: "p" }, "config/aws-two-identities"],
    [{ external_id: "e" }, "config/aws-external-id"],
    [{ endpoint: "localhost:9000" }, "config/aws-endpoint"],
    [{ endpoint: "http://user:password@localhost" }, "config/aws-endpoint"],
    [{ root: "../x" }, "config/s3-root"],
    [{ sse: "rot13" }, "config/s3-encryption"],
    [{ sse: "AES256", sse_kms_key_id: "k" }, "config/s3-encryption"],
  ] as const)("refuses %j with %s", (settings, code) => {
    expect(codes(settings)).toEqual([code]);
  });

  test("has no move among its verbs, and no engine that has it", async () => {
    const { context, close } = await temporaryContext({ bucket: "b" });
    expect(manifest.engines.storage).not.toContain("move");
    expect(Object.keys(createS3Storage(context))).not.toContain("move");
    await close();
  });
});

test("the SDK is imported by what a verb runs, never by loading a file", () => {
  const folders = ["providers/s3", "providers/support/aws"];
  const lines = folders.flatMap((folder) =>
    readdirSync(folder).flatMap((file) => readFileSync(join(folder, file), "utf8").split("\n")),
  );
  const imports = lines.filter((line) => /["']@(aws-sdk|smithy)\//.test(line));
  expect(imports.length).toBeGreaterThan(3);
  expect(imports.filter((line) => !/^import type|await import\(/.test(line))).toEqual([]);
});
