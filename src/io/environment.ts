/** Values of `{{NAME}}`: from the environment, else the project's `.env`, else that of MASON_HOME. Nothing from `.env` enters the process's environment. */
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { parseEnv } from "node:util";
import { readTextIfThere } from "./disk.ts";

/** Makes a function that looks a name up. It reads the files only when a name is not in the environment. */
export function createLookup(root: string, environment: NodeJS.ProcessEnv): (name: string) => string | undefined {
  let files: readonly Readonly<Record<string, string | undefined>>[] | null = null;
  return (name) => {
    if (environment[name] !== undefined) return environment[name];
    files ??= [...new Set([root, masonHome(environment)])].map((directory) =>
      parseEnv(readTextIfThere(join(directory, ".env")) ?? ""),
    );
    return files.find((values) => values[name] !== undefined)?.[name];
  };
}

/** The directory of `MASON_HOME`, by default `~/.mason`. */
export const masonHome = (environment: NodeJS.ProcessEnv): string =>
  resolve(environment.MASON_HOME ?? join(homedir(), ".mason"));

/** Variables given as `MASON_VAR_name`. */
export function variablesFrom(environment: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      name.startsWith("MASON_VAR_") && value !== undefined ? [[name.slice("MASON_VAR_".length), value]] : [],
    ),
  );
}
