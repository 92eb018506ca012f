/** The settings of the state hold no secret in plain text. */
import { error } from "../../diagnostic/diagnostic.ts";
import { settingsFiles } from "../../project/project.ts";
import { environmentName, variableName } from "../../project/variables.ts";
import type { Rule } from "../rule.ts";

export const state: Rule = ({ project, registry }) => {
  const { environment } = project.settings;
  const { backend, settings } = project.settings.state;
  const known = registry.get(backend)?.manifest.settings ?? {};
  const file = settingsFiles.find((name) => project.textOf(name) !== null);
  return Object.entries(settings).flatMap(([name, value]) => {
    if (known[name]?.secret !== true || value === null || environmentName(value) !== null) return [];
    const variable = variableName(value);
    if (variable !== null && project.settings.variables.get(variable)?.sensitive !== false) return [];
    const path = environment === null ? ["state", name] : ["environments", environment, "state", name];
    return [
      error({
        code: "config/secret-in-file",
        summary: "Secret written into a file",
        detail: `The setting "${name}" of the state is secret and accepts only "{{NAME}}". Put the value into the environment or into .env, and write "{{NAME}}" here. If anyone else could read this file, replace the secret.`,
        ...(file === undefined ? {} : { place: { file, document: 0, path, at: "value" as const } }),
      }),
    ];
  });
};
