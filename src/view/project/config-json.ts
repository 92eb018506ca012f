/** A config as JSON. Settings that hold or could hold a secret print as REDACTED, whether they name one or are one by mistake. */
import type { ClientDeclaration } from "../../engine/config.ts";
import type { EngineRole } from "../../engine/roles.ts";
import { isObject, type Json, type JsonObject } from "../../json.ts";
import type { ConfigResource } from "../../project/resource.ts";
import { environmentName } from "../../project/variables.ts";
import type { Manifest } from "../../provider/contract.ts";

/** What a config is shown with. */
export interface ConfigView {
  readonly config: ConfigResource;
  /** It is the one that holds now. */
  readonly current: boolean;
  readonly applied: string;
}

/** `manifestOf` gives what is known of a provider, or `null`. */
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

/** By its name, for providers that are not built yet and for what is nested in a setting. */
function shownSetting(name: string, value: Json | undefined): Json {
  if (value === undefined || value === null) return null;
  if (secretName.test(name)) return redacted;
  if (Array.isArray(value)) return value.map((item) => shownSetting("", item as Json));
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shownSetting(key, item)]));
  if (typeof value !== "string" || environmentName(value) !== null) return value;
  // A password in a URL.
  return value.replace(/(:\/\/)[^/@\s]*:[^/@\s]*@/g, `$1${redacted}@`);
}
