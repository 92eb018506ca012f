/** Writes the files of a new project. It never touches an existing file. */
import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fail } from "../diagnostic/diagnostic.ts";
import { diskProblem } from "./disk.ts";

/** The paths that were written and those that were not. */
export interface StarterOutcome {
  readonly written: readonly string[];
  /** Files that existed before. */
  readonly kept: readonly string[];
}

/** Creates the directory if needed and writes the files that do not exist yet. Refuses a directory that is already a project. */
export function writeStarter(
  directory: string,
  files: readonly { readonly path: string; readonly text: string }[],
): StarterOutcome {
  refuseProject(directory);
  const written: string[] = [];
  const kept: string[] = [];
  for (const { path, text } of files) (writeNew(join(directory, path), text) ? written : kept).push(path);
  return { written, kept };
}

function refuseProject(directory: string): void {
  const found = statSync(directory, { throwIfNoEntry: false });
  if (found !== undefined && !found.isDirectory())
    fail({
      code: "init/no-directory",
      summary: "Not a directory",
      detail: `"${directory}" is a file. Name a directory, or one that does not exist yet.`,
    });
  const settings = ["mason.yaml", "mason.yml"].find((name) => existsSync(join(directory, name)));
  if (settings !== undefined)
    fail({
      code: "init/project-exists",
      summary: "Already a project",
      detail: `"${join(directory, settings)}" exists, so this directory is already a project. Nothing was written. Run "mason plan" in it, or name another directory.`,
    });
}

/** Writes the file; false when something is already at the path. */
function writeNew(path: string, text: string): boolean {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { flag: "wx" });
    return true;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw diskProblem("write", path, thrown);
  }
}
