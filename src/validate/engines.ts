/** Checks a config against an operator: its engines, their verbs, the operator's supported configurations. */
import { configAddress } from "../address.ts";
import type { Problem } from "../diagnostic/diagnostic.ts";
import { didYouMean } from "../diagnostic/did-you-mean.ts";
import { type EngineRole, engineRoles } from "../engine/roles.ts";
import { type OperatorDefinition, operatorName } from "../operator/definition.ts";
import { findConfig, type Project, resourcesOf } from "../project/project.ts";
import type { ConfigResource } from "../project/resource.ts";
import { unreadSettings } from "../project/unread.ts";
import type { Provider } from "../provider/contract.ts";
import { writesTables } from "../provider/known-tables.ts";
import { hasVerb, type Registry } from "../provider/registry.ts";

/** The effective config: the named one, else the project's default. Never another. */
export function chooseConfig(
  project: Project,
  id: string | undefined,
): { readonly config: ConfigResource } | { readonly problem: Problem } {
  const chosen = id ?? project.settings.defaultConfig;
  if (chosen === undefined) {
    const ids = idsOf(project);
    return {
      problem: {
        absent: unreadSettings,
        code: "config/none-chosen",
        summary: "No config chosen",
        detail: `No config is named here, and the project has no default. Set "config_id", or "default_config" in mason.yaml${ids.length > 0 ? `, to one of ${ids.map((known) => `"${known}"`).join(", ")}` : ""}.`,
      },
    };
  }
  const config = findConfig(project, chosen);
  if (config !== null) return { config };
  const unknown = `Config "${chosen}" is not declared in this project. Declare it, or name another config.${didYouMean(chosen, idsOf(project))}`;
  return {
    problem: {
      absent: configAddress(chosen),
      code: id === undefined ? unknownDefault : "config/unknown",
      summary: "Unknown config",
      detail: id === undefined ? `"default_config" names a config that does not exist. ${unknown}` : unknown,
    },
  };
}

/** The code of the problem that `default_config` names no config. */
export const unknownDefault = "config/unknown-default";

const idsOf = (project: Project): readonly string[] => resourcesOf(project, "config").map((config) => config.id);

/** The provider of a role in a config, or the reason why there is none. */
export function providerOf(
  config: ConfigResource,
  role: EngineRole,
  registry: Registry,
): { readonly provider: Provider; readonly client: string } | { readonly problem: Problem } {
  const client = config.engines[role];
  if (client === undefined) {
    return {
      problem: {
        code: "config/no-engine",
        summary: "Config lacks an engine",
        detail: `Config "${config.id}" has no ${role} engine. Set "${role}_engine" or choose another config.`,
      },
    };
  }
  const name = config.clients[client]?.provider ?? client;
  const provider = registry.get(name);
  if (provider !== null) return { provider, client };
  return registry.isPlanned(name)
    ? {
        problem: {
          code: "provider/not-built",
          summary: "Provider not available yet",
          detail: `This version of Mason has no provider for "${name}", which config "${config.id}" uses as its ${role} engine. Choose another config, or a later version.`,
        },
      }
    : {
        problem: {
          code: "provider/unknown",
          summary: "Unknown provider",
          detail: `"${name}" is not a provider of Mason. Name one of ${registry.names.map((known) => `"${known}"`).join(", ")}.${didYouMean(name, registry.names)}`,
        },
      };
}

/** The reasons why an operator can't run with a config; empty when it can. */
export function checkEngines(
  operator: OperatorDefinition,
  config: ConfigResource,
  registry: Registry,
): readonly Problem[] {
  const unsupported = checkSupported(operator, config);
  if (unsupported !== null) return [unsupported];
  const problems: Problem[] = [];
  const told = new Set<EngineRole>();
  const needsFiles = !readsTables(operator, config, registry);
  for (const need of operator.needs) {
    const [role, verb] = need.split(".") as [EngineRole, string];
    if (role === "storage" && !needsFiles) continue;
    const found = providerOf(config, role, registry);
    if ("problem" in found) {
      if (!told.has(role))
        problems.push({
          ...found.problem,
          detail: `Operator "${operatorName(operator)}" needs ${article(role)} engine. ${found.problem.detail}`,
        });
      told.add(role);
    } else if (!hasVerb(found.provider, role, verb)) {
      problems.push({
        code: "provider/lacks-verb",
        summary: "Engine lacks a verb",
        detail: `${found.provider.manifest.name} as ${article(role)} does not support "${verb}", which operator "${operatorName(operator)}" needs. Choose a config with another ${role} engine.`,
      });
    }
  }
  return problems;
}

/** True where a built-in operator works on tables that the engine knows, and no storage holds files for it. */
const readsTables = ({ work }: OperatorDefinition, config: ConfigResource, registry: Registry): boolean =>
  work.kind !== "module" &&
  writesTables(
    config,
    (role) => registry.get(config.clients[config.engines[role] ?? ""]?.provider ?? "")?.manifest ?? null,
  );

const article = (role: EngineRole) => (role === "execution" ? "an execution" : `a ${role}`);

function checkSupported(operator: OperatorDefinition, config: ConfigResource): Problem | null {
  const sets = operator.supportedConfigurations;
  if (sets.length === 0) return null;
  const providers = Object.fromEntries(
    engineRoles.map((role) => [role, config.clients[config.engines[role] ?? ""]?.provider]),
  );
  const misfits = sets.map((set) =>
    engineRoles.filter((role) => set[role] !== undefined && set[role] !== providers[role]),
  );
  if (misfits.some((differing) => differing.length === 0)) return null;
  const alternatives = sets.map((set, index) => {
    const wanted = engineRoles
      .filter((role) => set[role] !== undefined)
      .map((role) => `${role}: ${set[role]}`)
      .join(", ");
    const differs = (misfits[index] ?? []).map((role) => `${role} is ${providers[role] ?? "not set"}`).join(", ");
    return `{ ${wanted} } (${differs})`;
  });
  return {
    code: "config/not-supported",
    summary: "Config not supported",
    detail: `Operator "${operatorName(operator)}" does not support the engines of config "${config.id}". It supports ${alternatives.join(" or ")}. Choose a config that fits one of them.`,
  };
}
