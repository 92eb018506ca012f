/** The first orchestrator: a directory -> a plan. */
import { operatorAddress } from "../address.ts";
import { type Checked, Diagnosed, type Diagnostic, hasErrors } from "../diagnostic/diagnostic.ts";
import { openCache } from "../io/cache.ts";
import { createLockfileStore, type StateStore } from "../io/lockfile-store.ts";
import { deploymentParts, takeFingerprints } from "../plan/deployment-parts.ts";
import type { EngineSource } from "../plan/engine-source.ts";
import { makePlan } from "../plan/make-plan.ts";
import type { Plan } from "../plan/plan.ts";
import { wantedFacts } from "../plan/wanted-facts.ts";
import { createWorld } from "../plan/world.ts";
import { locateDiagnostics } from "../project/positions.ts";
import type { Project } from "../project/project.ts";
import { refresh } from "../state/refresh.ts";
import type { State } from "../state/state.ts";
import type { CommandWorld } from "./command-world.ts";
import { enginesFor, isUsable, type Loaded, loadProject } from "./load-project.ts";
import { bundleModules, type ProjectModules } from "./modules.ts";

/** What to plan. */
export interface PlanOptions {
  readonly destroy: boolean;
  /** Addresses of deployments that are to run whatever changed. */
  readonly run: readonly string[];
}

/** A plan with everything that applying it needs. */
export interface PlannedProject {
  readonly plan: Plan;
  readonly project: Project;
  readonly state: State;
  readonly store: StateStore;
  readonly modules: ProjectModules;
  readonly masonDirectory: string;
  /** For messages that point into files. */
  readonly textOf: (file: string) => string | null;
}

/** Plans a project. Without a value there are errors; warnings come either way. */
export async function planProject(
  world: CommandWorld,
  options: PlanOptions,
): Promise<Checked<PlannedProject> & { readonly loaded: Loaded }> {
  const loaded = loadProject(world);
  if (!isUsable(loaded)) return { diagnostics: loaded.diagnostics, loaded };
  const engines = enginesFor(world, loaded.project, "plan");
  try {
    const planned = await planLoaded(world, loaded, engines, options);
    return { ...planned, loaded };
  } catch (thrown) {
    if (thrown instanceof Diagnosed) return { diagnostics: [...loaded.diagnostics, ...thrown.diagnostics], loaded };
    throw thrown;
  } finally {
    await engines.close();
  }
}

async function planLoaded(
  world: CommandWorld,
  loaded: Loaded,
  engines: EngineSource,
  options: PlanOptions,
): Promise<Checked<PlannedProject>> {
  const { project, masonDirectory } = loaded;
  const store = stateStore(world, project);
  const read = store.read();
  const modules = await bundleModules(project, masonDirectory);
  const early: readonly Diagnostic[] = [
    ...loaded.diagnostics,
    ...read.diagnostics,
    ...modules.diagnostics,
    ...unknownRuns(project, options.run),
  ];
  if (read.value === undefined || hasErrors(early)) return { diagnostics: early };
  const state = read.value;
  const memory = openCache(masonDirectory, "sql", false);
  const deployments = options.destroy
    ? new Map()
    : await deploymentParts(project, loaded.bodyOf, modules.modules, engines, memory);
  const [facts] = await Promise.all([
    refresh(wantedFacts(project, state, engines)),
    takeFingerprints([...deployments.values()], engines),
  ]);
  const { plan, diagnostics } = await makePlan({
    project,
    state,
    facts,
    deployments,
    modules: modules.modules,
    engines,
    world: createWorld(engines, memory),
    builtin: (namespace, command) => project.builtins.get(operatorAddress(namespace, command)) ?? null,
    now: world.clock.now(),
    run: new Set(options.run),
    destroy: options.destroy,
  });
  memory.save();
  const all = [...early, ...locateDiagnostics(diagnostics, project.textOf)];
  if (hasErrors(all)) return { diagnostics: all };
  return { value: { plan, project, state, store, modules, masonDirectory, textOf: project.textOf }, diagnostics: all };
}

/** The store of the project's state. */
export function stateStore(world: CommandWorld, project: Project): StateStore {
  const { state } = project.settings;
  return createLockfileStore({
    root: project.root,
    path: String(state.settings.path ?? "mason.lock"),
    version: world.version,
    newId: world.newId,
  });
}

function unknownRuns(project: Project, run: readonly string[]): readonly Diagnostic[] {
  return run.flatMap((address) =>
    project.resources.get(address)?.kind === "deployment"
      ? []
      : [
          {
            severity: "error" as const,
            code: "run/unknown-deployment",
            summary: "Unknown deployment",
            detail: `"${address}" is no deployment of this project. Name one, like "deployment.nightly".`,
          },
        ],
  );
}
