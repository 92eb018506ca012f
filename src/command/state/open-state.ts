/** Opens the state of a project, for commands that need little else of the project. */
import { resolve } from "node:path";
import { Diagnosed, fail, hasErrors } from "../../diagnostic/diagnostic.ts";
import { readStandardInput, readTextIfThere } from "../../io/disk.ts";
import type { StateBackend } from "../../io/state/state-backend.ts";
import { isSettingsFile, type Project } from "../../project/project.ts";
import type { CommandWorld } from "../command-world.ts";
import { type Loaded, loadProject } from "../project/load-project.ts";
import { isNoProject, noProject } from "../project/no-project.ts";
import { openBackend } from "./open-backend.ts";
import { projectState } from "./project-state.ts";

/** Opens a project and the backend of its state. Errors in resources don't stop it; errors in mason.yaml do, and so does a directory with neither. */
export async function openState(
  world: CommandWorld,
): Promise<{ readonly loaded: Loaded; readonly project: Project; readonly backend: StateBackend }> {
  const loaded = await loadProject(world);
  const { project, diagnostics } = loaded;
  const own = diagnostics.filter(
    (diagnostic) => diagnostic.place !== undefined && isSettingsFile(diagnostic.place.file),
  );
  if (hasErrors(own)) throw new Diagnosed(own);
  // A lockfile alone is enough: it may be all that is left of a project.
  if (isNoProject(loaded) && (await projectState(world, project)) === null) fail(noProject(world, project));
  return { loaded, project, backend: await openBackend(world, project) };
}

/** Reads a file named on the command line; `-` is standard input. */
export function readGiven(world: CommandWorld, file: string): string {
  if (file === "-") return readStandardInput();
  const text = readTextIfThere(resolve(world.directory, file));
  return (
    text ??
    fail({
      code: "command/no-file",
      summary: "No such file",
      detail: `There is no file "${file}". Name an existing file, or - for standard input.`,
    })
  );
}
