/** A `default_config` that names no config is one error where it is written, not one in each resource without a config of its own. */
import type { Diagnostic, Place } from "../diagnostic/diagnostic.ts";
import { type Project, settingsFiles } from "../project/project.ts";
import { chooseConfig, unknownDefault } from "./engines.ts";

/** The same diagnostics, with one error for `default_config`. */
export function defaultConfigOnce(diagnostics: readonly Diagnostic[], project: Project): readonly Diagnostic[] {
  const first = diagnostics.find(({ code }) => code === unknownDefault);
  if (first === undefined) return diagnostics;
  const others = diagnostics.filter(({ code }) => code !== unknownDefault);
  const chosen = chooseConfig(project, undefined);
  if (!("problem" in chosen)) return diagnostics;
  return [{ severity: "error", ...chosen.problem, place: placeOfDefault(project) }, ...others];
}

function placeOfDefault({ settings, textOf }: Project): Place {
  const { environment, isDefaultOfEnvironment } = settings;
  const file = settingsFiles.find((name) => textOf(name) !== null) ?? "mason.yaml";
  const above = isDefaultOfEnvironment === true && environment !== null ? ["environments", environment] : [];
  return { file, document: 0, path: [...above, "default_config"], at: "value" };
}
