/** A config as JSON. Settings that hold or could hold a secret print as REDACTED, even if they only name one. */
import type { ClientDeclaration } from "../../engine/config.ts";
import type { EngineRole } from "../../engine/roles.ts";
import { isObject, type Json, type JsonObject } from "../../json.ts";
import type { ConfigResource } from "../../project/resource.ts";
import { environmentName } from "../../project/variables.ts";
import type { Manifest } from "../../provider/contract.ts";

/** A config and its status. */
export interface ConfigView {
  readonly config: ConfigResource;
  /** True for the current config. */
  readonly current: boolean;
  readonly applied: string;
}

/** The JSON of a config. `manifestOf` returns the manifest of a provider, or `null`. */
export function configJson(
  { config, current, applied }: ConfigView,
  manifestOf: (provider: string) => Manifest | null,
): JsonObject {
  const clients = (role: EngineRole): Json => {
    const client = config.clients[config.engines[role] ?? ""];
    return client === undefined ? [] : [clientJson(client, manifestOf(client.provider))];
  };
  return {
    current,
    id: config.id,
    ...(config.description === "" ? {} : { description: config.description }),
    execution_client: clients("execution"),
    metastore_client: clients("metastore"),
    storage_client: clients("storage"),
    scheduler_client: clients("scheduler"),
    applied,
  };
}

function clientJson(client: ClientDeclaration, manifest: Manifest | null): JsonObject {
  const settings = Object.entries(client.configuration).map(([name, value]) => [
    name,
    manifest?.settings[name]?.secret === true ? redacted : shownSetting(name, value),
  ]);
  return {
    client_name: client.name,
    ...(client.provider === client.name ? {} : { provider: client.provider }),
    ...Object.fromEntries(settings),
  };
}

const redacted = "REDACTED";
const secretName = /secret|passw|passphrase|token|credential|(access|account|api|private|sas|shared)[_-]?key/i;

/** True if the name of a setting suggests a secret, for planned providers and nested settings. */
function shownSetting(name: string, value: Json | undefined): Json {
  if (value === undefined || value === null) return null;
  if (secretName.test(name)) return redacted;
  if (Array.isArray(value)) return value.map((item) => shownSetting("", item as Json));
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shownSetting(key, item)]));
  if (typeof value !== "string" || environmentName(value) !== null) return value;
  // This is a password in a URL.
  return value.replace(/(:\/\/)[^/@\s]*:[^/@\s]*@/g, `$1${redacted}@`);
}
