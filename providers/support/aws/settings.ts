/**
 * The settings that every AWS client has, as data and pure checks: manifests import them, so no SDK is loaded here. How the
 * settings become credentials is in credentials.ts.
 */
import { type Diagnostic, error } from "../../../src/diagnostic/diagnostic.ts";
import type { JsonObject } from "../../../src/json.ts";
import type { ClientSettings, Setting } from "../../../src/provider/contract.ts";

/** Settings for the service's place and the caller's credentials. */
export const awsSettings = {
  aws_region: { type: "string", description: "Region; default: that of the profile or of AWS_REGION" },
  endpoint: { type: "string", description: "URL of a compatible service instead of AWS: http://localhost:9000" },
  access_key: { type: "string", secret: true, description: "Access key id; needs secret_key" },
  secret_key: { type: "string", secret: true, description: "Secret access key; needs access_key" },
  session_token: { type: "string", secret: true, description: "Session token of temporary keys" },
  profile: { type: "string", description: "Profile of the shared AWS configuration files, instead of keys" },
  aws_role_arn: { type: "string", description: "Role to assume with the keys, the profile or the default chain" },
  external_id: { type: "string", description: "External id that the role requires" },
} as const satisfies Readonly<Record<string, Setting>>;

/** A setting as text, or `undefined` when it is not set or secret. */
export const textOf = (settings: ClientSettings, name: string): string | undefined => {
  const value = settings[name];
  return typeof value === "string" && value !== "" ? value : undefined;
};

/** What distinguishes AWS clients. It holds no secret, and no account, which only a call could tell. */
export function awsIdentity(settings: ClientSettings): JsonObject {
  const [endpoint, region] = [textOf(settings, "endpoint"), textOf(settings, "aws_region")];
  return { ...(endpoint === undefined ? {} : { endpoint }), ...(region === undefined ? {} : { region }) };
}

/** Problems of the shared settings beyond their types. */
export function checkAwsSettings(settings: ClientSettings): readonly Diagnostic[] {
  const has = (name: string) => settings[name] !== undefined && settings[name] !== "";
  const found: Diagnostic[] = [];
  if (has("access_key") !== has("secret_key")) {
    found.push(
      problem("aws-half-a-key", "Half a key", `"access_key" and "secret_key" go together. Set both, or neither.`),
    );
  }
  if (has("session_token") && !has("access_key")) {
    found.push(problem("aws-half-a-key", "Half a key", `"session_token" belongs to "access_key". Set it too.`));
  }
  if (has("access_key") && has("profile")) {
    found.push(problem("aws-two-identities", "Two identities", `Both keys and "profile" are set. Remove one of them.`));
  }
  if (has("external_id") && !has("aws_role_arn")) {
    const detail = `"external_id" has no effect without a role. Set "aws_role_arn" too, or remove it.`;
    found.push(problem("aws-external-id", "External id without a role", detail));
  }
  return [...found, ...checkEndpoint(textOf(settings, "endpoint"))];
}

function checkEndpoint(endpoint: string | undefined): readonly Diagnostic[] {
  if (endpoint === undefined || endpoint.startsWith("{{")) return [];
  const url = URL.canParse(endpoint) ? new URL(endpoint) : null;
  if (url === null || !["http:", "https:"].includes(url.protocol)) {
    const detail = `"endpoint" must be a URL with http or https, like "http://localhost:9000". Correct it.`;
    return [problem("aws-endpoint", "No URL", detail)];
  }
  if (url.username === "" && url.password === "") return [];
  const detail = `"endpoint" contains a user name or a password, and plans show it. Use "access_key" and "secret_key".`;
  return [problem("aws-endpoint", "Secret in a URL", detail)];
}

const problem = (code: string, summary: string, detail: string): Diagnostic =>
  error({ code: `config/${code}`, summary, detail });
