/** Writes the files of a new project. A file that is there is never touched. */
import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fail } from "../diagnostic/diagnostic.ts";
import { diskProblem } from "./disk.ts";

/** What became of the files, by their paths. */
export interface StarterOutcome {
  readonly written: readonly string[];
  /** Those that were there. */
  readonly kept: readonly string[];
}

/** Writes what is not there yet below a directory, which is made. A directory that is a project already is refused. */
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
      detail: `"${join(directory, settings)}" is there, so this directory is a project already. Nothing was written. Run "mason plan" in it, or name another directory.`,
    });
}

/** False when something is there. */
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
