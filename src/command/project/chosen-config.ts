/** Chooses the config of manual commands: that of the command line, else of the session, else the project's default. */
import { compareNames } from "../../address.ts";
import { type Checked, error } from "../../diagnostic/diagnostic.ts";
import { didYouMean } from "../../diagnostic/did-you-mean.ts";
import { readSession } from "../../io/session.ts";
import { findConfig, type Project, resourcesOf } from "../../project/project.ts";
import type { Loaded } from "./load-project.ts";

/** A config's id and its source; `null` if no source names one. */
export type ChosenConfig = { readonly id: string; readonly from: "flag" | "session" | "project" } | null;

/** The chosen config. An undeclared id is an error, and no other config replaces it. `given` is the value of `-c`. */
export function chosenConfig(
  loaded: Loaded,
  given: string | undefined,
): Checked<ChosenConfig> & { readonly value: ChosenConfig } {
  const { project, masonDirectory } = loaded;
  const session = given === undefined ? readSession(masonDirectory, project.settings.environment) : null;
  const { defaultConfig } = project.settings;
  if (given !== undefined) return checked(project, { id: given, from: "flag" });
  if (session !== null) return checked(project, { id: session, from: "session" });
  if (defaultConfig !== undefined) return checked(project, { id: defaultConfig, from: "project" });
  return { value: null, diagnostics: [] };
}

function checked(project: Project, chosen: Exclude<ChosenConfig, null>) {
  const diagnostics = findConfig(project, chosen.id) === null ? [unknown(project, chosen)] : [];
  return { value: chosen, diagnostics };
}

function unknown(project: Project, { id, from }: Exclude<ChosenConfig, null>) {
  const ids = configIds(project);
  const known =
    ids.length === 0
      ? "The project declares no config."
      : `There are ${ids.map((other) => `"${other}"`).join(", ")}.${didYouMean(id, ids)}`;
  return error({
    code: "config/unknown",
    summary: "Unknown config",
    detail: `${sources[from](id)} is not declared in this project. ${known} ${advice[from]}`,
  });
}

const sources = {
  flag: (id: string) => `Config "${id}", named by -c,`,
  session: (id: string) => `Config "${id}", which "mason config ${id} -s" set for this session,`,
  project: (id: string) => `Config "${id}", the "default_config" of mason.yaml,`,
};

const advice = {
  flag: "Declare it, or name another.",
  session: 'Set another with "mason config ID -s", or name one with -c.',
  project: 'Change "default_config", or name one with -c.',
};

/** Ids of all configs, with numbers sorted by value. */
export const configIds = (project: Project): readonly string[] =>
  resourcesOf(project, "config")
    .map((config) => config.id)
    .sort(compareNames);
