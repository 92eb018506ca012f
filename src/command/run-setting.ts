/** What all runs of one command share, from the world that the command works in. */
import { operatorAddress } from "../address.ts";
import { declaredTables } from "../bundle/declared-tables.ts";
import { createOutputLists } from "../io/output-lists.ts";
import { createRunStore } from "../io/run-store.ts";
import { thisProcess } from "../io/this-process.ts";
import type { Project } from "../project/project.ts";
import type { EngineSource } from "../provider/engine-source.ts";
import { filesBefore } from "../state/files-before.ts";
import type { State } from "../state/state.ts";
import { createClientLimits } from "../step/client-limits.ts";
import { unwatched } from "../step/settled.ts";
import type { RunSetting } from "../step/start-run.ts";
import type { CommandWorld } from "./command-world.ts";
import type { ProjectModules } from "./project/modules.ts";

/** A project that was loaded, with its modules. */
export interface RunnableProject {
  readonly project: Project;
  readonly modules: ProjectModules;
  readonly masonDirectory: string;
  /** The state of the project; read only when a run needs it. */
  readonly state: () => Promise<State>;
}

/** `atOnce`: so many steps at once, over all clients; default: as mason.yaml says. */
export function runSetting(
  world: CommandWorld,
  { project, modules, masonDirectory, state }: RunnableProject,
  engines: EngineSource,
  atOnce = project.settings.parallelism,
): RunSetting {
  return {
    engines,
    declared: declaredTables(project, engines, async (...table) => filesBefore(await state(), ...table)),
    limits: createClientLimits({ ...project.settings.clientLimits, "*": atOnce }),
    builtin: (namespace, command) => project.builtins.get(operatorAddress(namespace, command)) ?? null,
    loadModule: modules.load,
    clock: world.clock,
    env: world.env,
    environment: world.environment,
    parallelism: project.settings.parallelism,
    signal: world.signal,
    emit: world.emit,
    onStall: world.onStall ?? unwatched,
    store: createRunStore(masonDirectory),
    lists: createOutputLists(masonDirectory),
    process: thisProcess(),
    newId: world.newId,
  };
}
