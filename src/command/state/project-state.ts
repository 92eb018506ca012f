/** Reads the state of a project, for commands that only read. A local lockfile needs no provider. */
import { join } from "node:path";
import { Diagnosed, error } from "../../diagnostic/diagnostic.ts";
import { readTextIfThere } from "../../io/disk.ts";
import type { Project } from "../../project/project.ts";
import { parseLockfile } from "../../state/lockfile.ts";
import { emptyState, type State } from "../../state/state.ts";
import type { CommandWorld } from "../command-world.ts";

/** The state, or `null` if nothing was applied yet. Throws Diagnosed when it can't be read. */
export async function projectState(world: CommandWorld, project: Project): Promise<State | null> {
  const { backend, settings } = project.settings.state;
  if (backend === "local") {
    const path = String(settings.path ?? "mason.lock");
    const text = readTextIfThere(join(project.root, path));
    return text === null ? null : required(parseLockfile(text, path));
  }
  const { openBackend } = await import("./open-backend.ts");
  const opened = await openBackend(world, project);
  const state = required(await opened.read(""));
  return state.lineage === "" ? null : state;
}

function required(read: ReturnType<typeof parseLockfile>): State {
  if (read.value !== undefined) return read.value;
  throw new Diagnosed(
    read.diagnostics.length > 0
      ? read.diagnostics
      : [error({ code: "state/damaged", summary: "Damaged state", detail: "The state can't be read." })],
  );
}

/** The empty state of a project in which nothing was applied yet. */
export const nothingApplied: State = emptyState("");
