/** Lists a project: what it declares, and which of that was applied. */
import { type Checked, Diagnosed, type Diagnostic } from "../diagnostic/diagnostic.ts";
import { type AppliedStatus, appliedStatus } from "../plan/applied-status.ts";
import type { Project } from "../project/project.ts";
import type { Resource } from "../project/resource.ts";
import type { State } from "../state/state.ts";
import type { CommandWorld } from "./command-world.ts";
import { type Loaded, loadProject } from "./project/load-project.ts";
import { bundleModules } from "./project/modules.ts";
import { projectState } from "./state/project-state.ts";

/** A project with the status of its resources. */
export interface ListedProject {
  readonly loaded: Loaded;
  /** `built in` for what ships with Mason. */
  readonly appliedStatus: (resource: Resource) => AppliedStatus | "built in";
  /** Located. Even with errors, everything that could be read is listed. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Loads a project and its state. */
export async function listProject(world: CommandWorld): Promise<ListedProject> {
  const loaded = await loadProject(world);
  const state = await readState(world, loaded.project);
  const modules = await bundleModules(loaded.project, loaded.masonDirectory);
  return {
    loaded,
    appliedStatus: (resource) =>
      resource.origin === undefined
        ? "built in"
        : appliedStatus(resource, state.value?.resources.get(resource.address), modules.modules),
    diagnostics: [...loaded.diagnostics, ...state.diagnostics, ...modules.diagnostics],
  };
}

/** Reads the state. An unreadable one only hides what was applied. */
async function readState(world: CommandWorld, project: Project): Promise<Checked<State | null>> {
  try {
    return { value: await projectState(world, project), diagnostics: [] };
  } catch (thrown) {
    if (thrown instanceof Diagnosed) return { diagnostics: thrown.diagnostics };
    throw thrown;
  }
}
