/** The configuration of every AWS client: endpoint, credentials, timeouts and retries. */
import type { ClientSettings } from "../../../src/provider/contract.ts";
import { type AwsCredentials, awsCredentials, type CredentialOptions } from "./credentials.ts";
import { textOf } from "./settings.ts";

/** The part of an SDK client's configuration that all services share. */
export interface AwsClientConfig {
  readonly credentials: AwsCredentials;
  readonly retryMode: "standard";
  readonly maxAttempts: number;
  /** Milliseconds to connect, and of silence on an open connection. */
  readonly requestHandler: { readonly connectionTimeout: number; readonly socketTimeout: number };
  readonly region?: string;
  readonly endpoint?: string;
  readonly profile?: string;
}

/** The configuration for the settings. Does no I/O: the first call looks up a missing region and missing keys. */
export function awsClientConfig(options: CredentialOptions): AwsClientConfig {
  const { settings } = options;
  const [endpoint, profile, region] = [textOf(settings, "endpoint"), textOf(settings, "profile"), regionOf(settings)];
  return {
    credentials: awsCredentials(options),
    retryMode: "standard",
    maxAttempts: 5,
    requestHandler: { connectionTimeout: 10_000, socketTimeout: 120_000 },
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(profile === undefined ? {} : { profile }),
  };
}

/** Services other than AWS have no regions, but requests are signed for one. */
const regionOf = (settings: ClientSettings): string | undefined =>
  textOf(settings, "aws_region") ?? (textOf(settings, "endpoint") === undefined ? undefined : "us-east-1");

/**
 * Keeps the SDK from printing which Node versions it will support: Mason's `engines` states what it needs, and Mason pins the SDK.
 * Call it before making a client.
 */
export function silenceVersionWarning(environment: Record<string, string | undefined>): void {
  environment.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
}
