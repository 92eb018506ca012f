import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { awsCredentials, type CredentialOptions, sessionName } from "../../../../providers/support/aws/credentials.ts";
import { createScrubber } from "../../../../providers/support/aws/scrubber.ts";
import { Secret } from "../../../../src/model/secret.ts";
import type { ClientSettings } from "../../../../src/provider/contract.ts";
import { fakeHandler } from "../../s3/fake-service.ts";

const role = "arn:aws:iam::123456789012:role/loader";

/** The service that gives out keys for roles. */
const sts = () => {
  const keys =
    "<Credentials><AccessKeyId>ASSUMEDKEY</AccessKeyId><SecretAccessKey>assumed-secret</SecretAccessKey><SessionToken>assumed-token</SessionToken><Expiration>2030-01-01T00:00:00Z</Expiration></Credentials>";
  return fakeHandler(({ body }) => {
    const action = new URLSearchParams(body).get("Action");
    return { status: 200, body: `<${action}Response><${action}Result>${keys}</${action}Result></${action}Response>` };
  });
};

const options = (settings: ClientSettings, more: Partial<CredentialOptions> = {}): CredentialOptions => ({
  settings,
  scrubber: createScrubber(),
  user: "ada lovelace",
  environment: {},
  ...more,
});

const keys = { access_key: new Secret("BASEKEY"), secret_key: new Secret("base-secret") };

describe("credentials", () => {
  afterEach(() => vi.unstubAllEnvs());

  test("are the keys of the settings, and the scrubber learns them", async () => {
    const given = options({ ...keys, session_token: new Secret("base-token") });
    expect(await awsCredentials(given)()).toEqual({
      accessKeyId: "BASEKEY",
      secretAccessKey: "base-secret",
      sessionToken: "base-token",
    });
    expect(given.scrubber.scrub("BASEKEY base-secret base-token")).toBe("REDACTED REDACTED REDACTED");
  });

  test("assume a role with the keys, under the user's name and with the external id", async () => {
    const { handler, asked } = sts();
    const settings = { ...keys, aws_role_arn: role, external_id: "ext-1", aws_region: "eu-west-1" };
    const given = options(settings, { roleClient: { requestHandler: handler } });
    expect(await awsCredentials(given)()).toMatchObject({ accessKeyId: "ASSUMEDKEY", sessionToken: "assumed-token" });
    const sent = Object.fromEntries(new URLSearchParams(asked[0]?.body));
    expect(sent).toMatchObject({ RoleArn: role, RoleSessionName: "mason-ada-lovelace", ExternalId: "ext-1" });
    expect(asked[0]?.headers.authorization).toContain("Credential=BASEKEY/");
    expect(given.scrubber.scrub("base-secret assumed-secret")).toBe("REDACTED REDACTED");
  });

  test("are those of a profile", async () => {
    const directory = await mkdtemp(join(tmpdir(), "mason-"));
    const file = join(directory, "credentials");
    await writeFile(file, "[lake]\naws_access_key_id = PROFILEKEY\naws_secret_access_key = profile-secret\n");
    vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", file);
    vi.stubEnv("AWS_CONFIG_FILE", join(directory, "none"));
    vi.stubEnv("AWS_ACCESS_KEY_ID", "NOTTHISONE");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "not-this-one");
    const given = options({ profile: "lake" });
    expect(await awsCredentials(given)()).toMatchObject({ accessKeyId: "PROFILEKEY" });
    expect(given.scrubber.scrub("profile-secret")).toBe("REDACTED");
    await rm(directory, { recursive: true });
  });

  test("are those of the default chain when nothing is set", async () => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", "CHAINKEY");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "chain-secret");
    expect(await awsCredentials(options({}))()).toMatchObject({ accessKeyId: "CHAINKEY" });
  });

  test("take the role with the token file of a web identity", async () => {
    const directory = await mkdtemp(join(tmpdir(), "mason-"));
    const file = join(directory, "token");
    await writeFile(file, "web-token");
    const { handler, asked } = sts();
    const environment = { AWS_WEB_IDENTITY_TOKEN_FILE: file };
    const more = { environment, roleClient: { requestHandler: handler, region: "eu-west-1" } };
    await awsCredentials(options({ aws_role_arn: role }, more))();
    const sent = Object.fromEntries(new URLSearchParams(asked[0]?.body));
    expect(sent).toMatchObject({ Action: "AssumeRoleWithWebIdentity", RoleArn: role, WebIdentityToken: "web-token" });
    await rm(directory, { recursive: true });
  });
});

test("a session name has only characters that the service takes", () => {
  expect(sessionName("ada@host/1")).toBe("mason-ada@host-1");
  expect(sessionName("é".repeat(100))).toHaveLength(64);
});
