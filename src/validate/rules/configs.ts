/** Every config binds at least one engine to a known client, whose provider plays that role and knows the client's settings. */
import type { Diagnostic, Problem } from "../../diagnostic/diagnostic.ts";
import { didYouMean } from "../../diagnostic/did-you-mean.ts";
import type { ClientDeclaration } from "../../engine/config.ts";
import { engineRoles } from "../../engine/roles.ts";
import type { Json } from "../../json.ts";
import { resourcesOf } from "../../project/project.ts";
import type { ConfigResource } from "../../project/resource.ts";
import { environmentName, type Variables, variableName } from "../../project/variables.ts";
import { problemAt } from "../../project/yaml/problem-at.ts";
import type { ClientSettings, Setting } from "../../provider/contract.ts";
import type { Registry } from "../../provider/registry.ts";
import { providerOf } from "../engines.ts";
import type { Rule } from "../rule.ts";

export const configs: Rule = ({ project, registry }) =>
  resourcesOf(project, "config").flatMap((config) => [
    ...checkRoles(config, registry),
    ...Object.values(config.clients).flatMap((client) => [
      ...checkClient(config, client, registry),
      ...checkVariables(config, client, registry, project.settings.variables),
    ]),
  ]);

const at = (config: ConfigResource, path: readonly string[], side: "key" | "value", problem: Problem): Diagnostic =>
  problemAt(config, path, problem, side);

function checkRoles(config: ConfigResource, registry: Registry): readonly Diagnostic[] {
  const roles = engineRoles.filter((role) => config.engines[role] !== undefined);
  if (roles.length === 0) {
    return [
      at(config, ["id"], "value", {
        code: "config/no-engine",
        summary: "Config without engines",
        detail: `Config "${config.id}" has no engine. Set at least one of ${engineRoles.map((role) => `"${role}_engine"`).join(", ")}.`,
      }),
    ];
  }
  return roles.flatMap((role) => {
    const found = providerOf(config, role, registry);
    if ("problem" in found) {
      return found.problem.code === "provider/not-built"
        ? []
        : [at(config, [`${role}_engine`], "value", found.problem)];
    }
    if (found.provider.manifest.engines[role] !== undefined) return [];
    const plays = Object.keys(found.provider.manifest.engines).join(", ");
    return [
      at(config, [`${role}_engine`], "value", {
        code: "provider/lacks-role",
        summary: "Provider lacks a role",
        detail: `"${found.provider.manifest.name}" can't be a ${role} engine; it can be: ${plays}. Choose another client.`,
      }),
    ];
  });
}

function checkClient(config: ConfigResource, client: ClientDeclaration, registry: Registry): readonly Diagnostic[] {
  const provider = registry.get(client.provider);
  if (provider === null) {
    const used = Object.values(config.engines).includes(client.name);
    return registry.isPlanned(client.provider) || used
      ? []
      : [
          at(config, ["clients", client.name], "key", {
            code: "provider/unknown",
            summary: "Unknown provider",
            detail: `Client "${client.name}" does not name a provider of Mason. Set "provider" to one of ${registry.names.join(", ")}.${didYouMean(client.provider, registry.names)}`,
          }),
        ];
  }
  const { settings } = provider.manifest;
  const path = ["clients", client.name, "configuration"];
  const missing = Object.entries(settings).filter(
    ([name, setting]) => setting.required === true && client.configuration[name] === undefined,
  );
  return [
    ...(provider.manifest.check?.(client.configuration as ClientSettings) ?? []).map((problem) =>
      at(config, path, "key", { ...problem, detail: `Client "${client.name}": ${problem.detail}` }),
    ),
    ...missing.map(([name]) =>
      at(config, path, "key", {
        code: "config/missing-setting",
        summary: "Missing setting",
        detail: `Client "${client.name}" needs the setting "${name}". Add it.`,
      }),
    ),
    ...Object.entries(client.configuration).flatMap(([name, value]) => {
      const setting = settings[name];
      if (setting !== undefined) return checkSetting(config, client, name, setting, value);
      const known = Object.keys(settings);
      return [
        at(config, [...path, name], "key", {
          code: "config/unknown-setting",
          summary: "Unknown setting",
          detail: `Provider "${client.provider}" has no setting "${name}"; it has ${known.join(", ")}. Remove or rename it.${didYouMean(name, known)}`,
        }),
      ];
    }),
  ];
}

function checkSetting(
  config: ConfigResource,
  client: ClientDeclaration,
  name: string,
  setting: Setting,
  value: Json | undefined,
): readonly Diagnostic[] {
  if (value === undefined || value === null || environmentName(value) !== null || variableName(value) !== null)
    return [];
  const path = ["clients", client.name, "configuration", name];
  if (setting.secret === true) {
    return [
      at(config, path, "value", {
        code: "config/secret-in-file",
        summary: "Secret written into a file",
        detail: `The setting "${name}" is secret and accepts only "{{NAME}}". Put the value into the environment or into .env, and write "{{NAME}}" here. If anyone else could read this file, replace the secret.`,
      }),
    ];
  }
  return fits(setting, value)
    ? []
    : [
        at(config, path, "value", {
          code: "config/wrong-setting",
          summary: "Wrong type of a setting",
          detail: `The setting "${name}" of client "${client.name}" must be ${words[setting.type]}. Change the value.`,
        }),
      ];
}

/** Settings that are not secret are shown and stored, so they accept no sensitive variable. */
function checkVariables(
  config: ConfigResource,
  client: ClientDeclaration,
  registry: Registry,
  variables: Variables,
): readonly Diagnostic[] {
  const settings = registry.get(client.provider)?.manifest.settings ?? {};
  return Object.entries(client.configuration).flatMap(([name, value]) => {
    const variable = variables.get(variableName(value) ?? "");
    if (variable?.sensitive !== true || settings[name]?.secret === true) return [];
    const detail = `The setting "${name}" appears in plans and states, but variable "${variable.name}" is sensitive. Use another variable here.`;
    const problem = { code: "config/sensitive-variable", summary: "Variable not allowed in this setting", detail };
    return [at(config, ["clients", client.name, "configuration", name], "value", problem)];
  });
}

const words: Readonly<Record<Setting["type"], string>> = {
  string: "text",
  integer: "a whole number",
  number: "a number",
  boolean: "true or false",
  size: 'a size like "2GB"',
  path: "a path",
};

function fits(setting: Setting, value: Json): boolean {
  switch (setting.type) {
    case "integer":
      return Number.isInteger(value) && Number(value) > 0;
    case "number":
      return typeof value === "number";
    case "boolean":
      return typeof value === "boolean";
    case "size":
      return typeof value === "string" && /^\d+(\.\d+)?\s*[KMGT]i?B$/i.test(value);
    default:
      return typeof value === "string";
  }
}
