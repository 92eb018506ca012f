/**
 * Credentials for AWS: keys from the settings, a profile, or the SDK's default chain (environment, web identity, container, instance),
 * with an optional role to assume. They are looked up on the first call and kept out of errors.
 */
import type { fromTemporaryCredentials } from "@aws-sdk/credential-providers";
import { Secret } from "../../../src/model/secret.ts";
import type { ClientSettings } from "../../../src/provider/contract.ts";
import type { Scrubber } from "./scrubber.ts";
import { textOf } from "./settings.ts";

/** Keys in the SDK's form. */
export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** When the SDK asks for new keys. */
  readonly expiration?: Date;
}

/** Returns keys when a call needs them. */
export type AwsCredentials = () => Promise<AwsKeys>;

/** The input for credentials. */
export interface CredentialOptions {
  readonly settings: ClientSettings;
  readonly scrubber: Scrubber;
  /** The session name of an assumed role, which the service's audit log shows. */
  readonly user: string;
  /** Environment variables that describe a web identity. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** For the calls that assume a role; a test passes a fake. */
  readonly roleClient?: NonNullable<Parameters<typeof fromTemporaryCredentials>[0]["clientConfig"]>;
}

/** The credentials for the settings. */
export function awsCredentials(options: CredentialOptions): AwsCredentials {
  const base = remembering(options.scrubber, baseCredentials(options.settings));
  const role = textOf(options.settings, "aws_role_arn");
  if (role === undefined) return base;
  return remembering(options.scrubber, hasOnlyToken(options) ? byToken(options, role) : assumed(options, role, base));
}

/** A session name of 2 to 64 characters that the service allows. */
export const sessionName = (user: string): string => `mason-${user.replace(/[^\w+=,.@-]/g, "-")}`.slice(0, 64);

function baseCredentials(settings: ClientSettings): AwsCredentials {
  const [accessKeyId, secretAccessKey] = [revealed(settings.access_key), revealed(settings.secret_key)];
  if (accessKeyId !== undefined && secretAccessKey !== undefined) {
    const sessionToken = revealed(settings.session_token);
    return async () => ({ accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) });
  }
  const profile = textOf(settings, "profile");
  return async () => {
    const { fromIni, fromNodeProviderChain } = await import("@aws-sdk/credential-providers");
    return profile === undefined ? fromNodeProviderChain()() : fromIni({ profile })();
  };
}

const revealed = (value: ClientSettings[string]): string | undefined =>
  value instanceof Secret ? value.reveal() : undefined;

function assumed(options: CredentialOptions, role: string, base: AwsCredentials): AwsCredentials {
  const externalId = textOf(options.settings, "external_id");
  return async () => {
    const { fromTemporaryCredentials } = await import("@aws-sdk/credential-providers");
    const assume = fromTemporaryCredentials({
      masterCredentials: base,
      params: {
        RoleArn: role,
        RoleSessionName: sessionName(options.user),
        ...(externalId === undefined ? {} : { ExternalId: externalId }),
      },
      clientConfig: { ...roleRegion(options.settings), ...options.roleClient },
    });
    return assume();
  };
}

/** A token file without a role: the token is for the role of the settings. */
function hasOnlyToken({ settings, environment }: CredentialOptions): boolean {
  const isChosen = settings.access_key !== undefined || textOf(settings, "profile") !== undefined;
  return !isChosen && filled(environment.AWS_WEB_IDENTITY_TOKEN_FILE) && !filled(environment.AWS_ROLE_ARN);
}

const filled = (value: string | undefined): boolean => value !== undefined && value !== "";

function byToken(options: CredentialOptions, role: string): AwsCredentials {
  return async () => {
    const { fromTokenFile } = await import("@aws-sdk/credential-providers");
    const webIdentityTokenFile = options.environment.AWS_WEB_IDENTITY_TOKEN_FILE;
    return fromTokenFile({
      roleArn: role,
      roleSessionName: sessionName(options.user),
      ...(webIdentityTokenFile === undefined ? {} : { webIdentityTokenFile }),
      clientConfig: { ...roleRegion(options.settings), ...options.roleClient },
    })();
  };
}

function roleRegion(settings: ClientSettings): { readonly region?: string } {
  const region = textOf(settings, "aws_region");
  return region === undefined ? {} : { region };
}

function remembering(scrubber: Scrubber, credentials: AwsCredentials): AwsCredentials {
  return async () => {
    const keys = await credentials();
    scrubber.learn(keys.accessKeyId, keys.secretAccessKey, keys.sessionToken);
    return keys;
  };
}
