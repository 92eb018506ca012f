/** The client systems of a project and the versions of their providers: plans are bound to both. */
import { Diagnosed } from "../diagnostic/diagnostic.ts";
import { engineRoles } from "../engine/roles.ts";
import type { Json, JsonObject } from "../json.ts";
import { type Project, resourcesOf } from "../project/project.ts";
import type { ConfigResource } from "../project/resource.ts";
import type { EngineSource } from "../provider/engine-source.ts";

/** Identities by config and role, and versions by provider. A config with undefined settings is left out. */
export function usedSystems(
  version: string,
  project: Project,
  engines: EngineSource,
): { readonly clients: JsonObject; readonly providers: JsonObject } {
  const clients: Record<string, Json> = {};
  const providers: Record<string, Json> = {};
  for (const config of resourcesOf(project, "config")) {
    const roles = rolesOf(config, engines);
    clients[config.address] = roles;
    // All providers ship with Mason and share its version.
    for (const role of Object.values(roles)) providers[String((role as JsonObject).provider)] = version;
  }
  return { clients, providers };
}

function rolesOf(config: ConfigResource, engines: EngineSource): JsonObject {
  try {
    return Object.fromEntries(
      engineRoles.flatMap((role) => {
        const found = engines.recordOf(config, role);
        return found === null ? [] : [[role, { provider: found.record.provider, identity: found.record.identity }]];
      }),
    );
  } catch (thrown) {
    if (thrown instanceof Diagnosed) return {};
    throw thrown;
  }
}
