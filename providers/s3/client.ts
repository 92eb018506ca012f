/**
 * Access to one bucket: its name, the encryption of written objects, and an SDK client that is made, with its SDK, when a verb first
 * needs it.
 */
import type { PutObjectCommandInput, S3, S3ClientConfig } from "@aws-sdk/client-s3";
import { normalPath } from "../../src/model/path.ts";
import type { ProviderContext } from "../../src/provider/contract.ts";
import { ProviderError } from "../../src/provider/error.ts";
import { awsClientConfig, silenceVersionWarning } from "../support/aws/client-config.ts";
import type { CredentialOptions } from "../support/aws/credentials.ts";
import { createScrubber, type Scrubber } from "../support/aws/scrubber.ts";
import { textOf } from "../support/aws/settings.ts";

/** One bucket and how to reach it. */
export interface Bucket {
  readonly name: string;
  /** The client and its endpoint in words, for messages: `client "lake" of config "5" with bucket "b" at "http://localhost:9000"`. */
  readonly whose: string;
  /** The prefix that all paths start from, without a `/` at either end; empty for the whole bucket. */
  readonly root: string;
  readonly client: () => Promise<S3>;
  readonly encryption: Encryption;
  readonly limits: Limits;
  readonly scrubber: Scrubber;
  /** Names a write, so that it is recognised when its answer was lost. */
  readonly newId: () => string;
}

/** Encryption at rest, as arguments of the writing calls. */
export type Encryption = Pick<PutObjectCommandInput, "ServerSideEncryption" | "SSEKMSKeyId">;

/** Sizes in bytes at which one call becomes several. */
export interface Limits {
  /** Larger bodies are uploaded in parts. */
  readonly wholeWrite: number;
  /** The least size of a part. The service accepts 10,000 parts of 5 MB to 5 GB; the last one may be smaller. */
  readonly part: number;
  /** Larger objects are copied in parts, since the service copies at most 5 GB at once. */
  readonly wholeCopy: number;
  /** The least size of a part of a copy. */
  readonly copyPart: number;
}

const MiB = 1 << 20;

/** The default limits; tests use smaller ones. */
export const usualLimits: Limits = {
  wholeWrite: 16 * MiB,
  part: 16 * MiB,
  wholeCopy: 5 * 1024 * MiB,
  copyPart: 512 * MiB,
};

/** What a test uses instead of the network. */
export interface Overrides {
  readonly client?: S3ClientConfig;
  readonly roleClient?: CredentialOptions["roleClient"];
}

/** The bucket of a client's settings. Does no I/O. */
export function createBucket(
  context: Pick<ProviderContext, "settings" | "user" | "newId" | "client">,
  overrides: Overrides = {},
): Bucket {
  const { settings, user, newId } = context;
  const scrubber = createScrubber();
  const environment = process.env;
  const { roleClient } = overrides;
  const credentials = { settings, scrubber, user, environment, ...(roleClient === undefined ? {} : { roleClient }) };
  const common = { ...awsClientConfig(credentials), ...overrides.client };
  const isPath = settings.force_path_style ?? textOf(settings, "endpoint") !== undefined;
  const load = async (): Promise<S3> => {
    silenceVersionWarning(environment);
    const { S3 } = await import("@aws-sdk/client-s3");
    // The SDK would log to the user's terminal.
    return new S3({ ...common, forcePathStyle: isPath === true, followRegionRedirects: true, logger: silent });
  };
  let client: Promise<S3> | null = null;
  return {
    name: textOf(settings, "bucket") ?? "",
    whose: `${context.client ?? "the s3 client"} with bucket "${textOf(settings, "bucket") ?? ""}" at "${endpointOf(textOf(settings, "endpoint"), textOf(settings, "aws_region"))}"`,
    root: rootOf(textOf(settings, "root") ?? ""),
    client: () => {
      client ??= load();
      return client;
    },
    encryption: encryptionOf(textOf(settings, "sse"), textOf(settings, "sse_kms_key_id")),
    limits: usualLimits,
    scrubber,
    newId,
  };
}

/** Options of a call that a signal can stop. */
export const stoppedBy = (signal: AbortSignal | undefined): { readonly abortSignal?: AbortSignal } =>
  signal === undefined ? {} : { abortSignal: signal };

/** The endpoint, without a user and password in its URL. */
const endpointOf = (endpoint: string | undefined, region: string | undefined): string =>
  endpoint?.replace(/\/\/[^/@]*@/, "//") ?? `the AWS endpoint of ${region ?? "the region in the environment"}`;

const nothing = (): void => undefined;
const silent = { trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };

function rootOf(root: string): string {
  const path = normalPath(root);
  if (path !== null) return path;
  throw new ProviderError(
    "invalid",
    `The root "${root}" of the s3 client is not a prefix in a bucket. Correct "root".`,
  );
}

function encryptionOf(sse: string | undefined, key: string | undefined): Encryption {
  const kind = sse ?? (key === undefined ? undefined : "aws:kms");
  if (kind !== "AES256" && kind !== "aws:kms") return {};
  return { ServerSideEncryption: kind, ...(key === undefined ? {} : { SSEKMSKeyId: key }) };
}
