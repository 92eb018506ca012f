/** What every AWS client is made with: where the service is, who calls, how long to wait and how often to try again. */
import type { ClientSettings } from "../../../src/provider/contract.ts";
import { type AwsCredentials, awsCredentials, type CredentialOptions } from "./credentials.ts";
import { textOf } from "./settings.ts";

/** The part of an SDK client's configuration that does not depend on the service. */
export interface AwsClientConfig {
  readonly credentials: AwsCredentials;
  readonly retryMode: "standard";
  readonly maxAttempts: number;
  /** Milliseconds: to connect, and of silence on an open connection. */
  readonly requestHandler: { readonly connectionTimeout: number; readonly socketTimeout: number };
  readonly region?: string;
  readonly endpoint?: string;
  readonly profile?: string;
}

/** The configuration that the settings mean. Does no I/O: region and keys that are not set are looked up by the first call. */
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

/** Other services than AWS have no regions, but requests are signed for one. */
const regionOf = (settings: ClientSettings): string | undefined =>
  textOf(settings, "aws_region") ?? (textOf(settings, "endpoint") === undefined ? undefined : "us-east-1");

/**
 * Keeps the SDK from writing to stderr which Node versions it will support one day: Mason's own `engines` says what it needs, and
 * pins the SDK. To be called before a client is made.
 */
export function silenceVersionWarning(environment: Record<string, string | undefined>): void {
  environment.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
}
