/** The orchestrator of `plan`: makes a plan from a directory. */
import { operatorAddress } from "../address.ts";
import { openQuestions, unusedAnswers } from "../apply/interrupted/open-questions.ts";
import { declaredTables } from "../bundle/declared-tables.ts";
import { type ResolvedDeployment, resolveDeployments } from "../bundle/resolve-deployments.ts";
import { type Checked, Diagnosed, type Diagnostic, hasErrors } from "../diagnostic/diagnostic.ts";
import { fileDrift } from "../facts/catalog-and-files.ts";
import { dataToDelete } from "../facts/data-to-delete.ts";
import { takeFingerprints } from "../facts/fingerprints.ts";
import { type Facts, refresh } from "../facts/refresh.ts";
import { unknownTables } from "../facts/unknown-tables.ts";
import { usedSystems } from "../facts/used-systems.ts";
import { wantedFiles } from "../facts/wanted-files.ts";
import { wantedFacts } from "../facts/wanted-objects.ts";
import { writtenFiles } from "../facts/written-files.ts";
import { openCache } from "../io/cache.ts";
import { createOutputLists } from "../io/output-lists.ts";
import { createRunStore } from "../io/run-store.ts";
import type { StateBackend } from "../io/state/state-backend.ts";
import type { Json, JsonObject } from "../json.ts";
import type { Cache } from "../model/cache.ts";
import { type Bound, boundOf, planId } from "../plan/bound.ts";
import { wantedOutputs } from "../plan/drift/outputs.ts";
import { makePlan } from "../plan/make-plan.ts";
import type { Plan } from "../plan/plan.ts";
import { createWorld } from "../plan/preview/world.ts";
import { doomedFiles, droppedDatabases } from "../plan/stage.ts";
import { strangersInDatabases } from "../plan/stops/full-databases.ts";
import type { Project } from "../project/project.ts";
import { locate } from "../project/yaml/locate.ts";
import type { EngineSource } from "../provider/engine-source.ts";
import { filesBefore } from "../state/files-before.ts";
import { type ApplyScope, type Unfinished, withBegun } from "../state/journal-entry.ts";
import { withRecordedSpelling } from "../state/recorded-spelling.ts";
import type { State } from "../state/state.ts";
import { applyScope, isNarrowed } from "./apply-scope.ts";
import { clientsAsApplied } from "./clients-as-applied.ts";
import type { CommandWorld } from "./command-world.ts";
import { interruptedRuns } from "./interrupted-runs.ts";
import type { PlanOptions } from "./plan-options.ts";
import { enginesFor, isUsable, type Loaded, loadProject } from "./project/load-project.ts";
import { bundleModules, type ProjectModules } from "./project/modules.ts";
import { isNoProject, noProject } from "./project/no-project.ts";
import { plannedMigration, stateElsewhere } from "./state/migrate.ts";
import { openBackend } from "./state/open-backend.ts";

import { type LeaseWatch, otherKind, planOutdated, readState, remoteState, watchLease } from "./state/read-state.ts";

/** A plan with everything that its apply needs. */
export interface PlannedProject {
  readonly plan: Plan;
  readonly bound: Bound;
  readonly deployments: ReadonlyMap<string, ResolvedDeployment>;
  readonly project: Project;
  /** The state, including the work of an unfinished apply. */
  readonly state: State;
  readonly unfinished?: Unfinished;
  /** The scope, including that of the resumed apply. */
  readonly asked: ApplyScope;
  /** True if failed and interrupted runs are resumed. */
  readonly resume: boolean;
  readonly resolutions: ReadonlyMap<string, "redo" | "done">;
  /** Addresses and globs of `--allow-destroy`. */
  readonly allowDestroy: readonly string[];
  readonly backend: StateBackend;
  readonly modules: ProjectModules;
  readonly masonDirectory: string;
  /** For messages that point into files. */
  readonly textOf: (file: string) => string | null;
}

/** Plans a project. Without a value the diagnostics hold errors; warnings come either way. */
export async function planProject(
  world: CommandWorld,
  options: PlanOptions,
): Promise<Checked<PlannedProject> & { readonly loaded: Loaded }> {
  const isUntrusted = options.untrusted === true;
  const loaded = await loadProject(isUntrusted ? { ...world, variables: {} } : world);
  if (!isUsable(loaded)) return { diagnostics: loaded.diagnostics, loaded };
  const engines = enginesFor(world, loaded.project, isUntrusted);
  try {
    const planned = await planLoaded(world, loaded, engines, isUntrusted ? { ...options, offline: true } : options);
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
  live: EngineSource,
  options: PlanOptions,
): Promise<Checked<PlannedProject>> {
  const { project: written, masonDirectory } = loaded;
  if (options.untrusted === true && written.settings.state.backend !== "local")
    return { diagnostics: [...loaded.diagnostics, remoteState] };
  const backend = await openBackend(world, written);
  const lease = options.unfinished === "warn" ? null : await watchLease(backend);
  const read = await readState(backend, options.newLineage ?? world.newId(), options.unfinished, options.given);
  const project = read.state === undefined ? written : withRecordedSpelling(written, read.state, world.registry);
  const interrupted = await interruptedRuns(masonDirectory, options.unfinished === "warn" ? null : live);
  const migration = read.state?.serial === 0 ? await plannedMigration(world, project) : null;
  const modules = await bundleModules(project, masonDirectory);
  const early: readonly Diagnostic[] = [
    ...loaded.diagnostics,
    ...read.diagnostics,
    ...(migration === null ? [] : [stateElsewhere(migration)]),
    ...modules.diagnostics,
    ...interrupted,
    ...unknownRuns(project, options.run),
    ...(isNoProject(loaded) && !(read.state && read.state.resources.size > 0) ? [noProject(world, project)] : []),
  ];
  if (read.state === undefined || hasErrors(early)) return { diagnostics: early };
  const { unfinished } = read;
  const other =
    unfinished === undefined || options.unfinished !== "resume" ? null : otherKind(unfinished, options.destroy);
  if (other !== null) return { diagnostics: [...early, other] };
  const state =
    unfinished === undefined
      ? read.state
      : withBegun(read.state, unfinished, (address) => project.resources.has(address));
  const engines = options.untrusted === true ? clientsAsApplied(live, state) : live;
  const asked = applyScope(options, unfinished);
  const refreshOnly = asked.refresh_only === true;
  const isFinished = unfinished !== undefined && (options.unfinished === "resume" || !isNarrowed(options));
  const begun = [...(unfinished?.begun.values() ?? [])];
  const cache = openCache(masonDirectory, "sql", false);
  const deployments = options.destroy
    ? new Map()
    : await resolveDeployments(project, loaded.bodyOf, modules.modules, {
        engines,
        cache,
        asksSystems: options.offline !== true,
      });
  const [facts] = await Promise.all([
    lookAround(project, state, engines, deployments, { ...options, refreshOnly }, cache),
    takeFingerprints(options.offline === true ? [] : [...deployments.values()], engines),
  ]);
  const { plan, diagnostics } = await makePlan({
    project,
    state,
    facts,
    deployments,
    modules: modules.modules,
    engines,
    world: createWorld(
      engines,
      cache,
      declaredTables(project, engines, async (...table) => filesBefore(state, ...table)),
    ),
    builtin: (namespace, command) => project.builtins.get(operatorAddress(namespace, command)) ?? null,
    now: world.clock.now(),
    runNow: options.run,
    run: new Set(asked.run?.filter((address) => unfinished?.ended.get(address)?.status !== "applied")),
    // If a rename is undone, the run under the new name has written in the place of the old one.
    cutOff: new Set(begun.flatMap(({ address, moved_from: before = address }) => [address, before])),
    dropping: new Set(begun.flatMap(({ address, drops }) => (drops === true ? [address] : []))),
    destroy: options.destroy,
    refreshOnly,
    offline: options.offline === true,
    lists: createOutputLists(masonDirectory),
    choice: {
      targets: asked.target ?? [],
      excludes: asked.exclude ?? [],
      ...(isFinished ? { begun: new Set(begun.map(({ address }) => address)) } : {}),
    },
    allowDestroy: options.allowDestroy ?? [],
  });
  cache.save();
  const bound = boundOf({
    plan,
    project,
    state,
    facts,
    deployments,
    modules: modules.modules,
    files: loaded.files,
    options: optionsJson(options),
    data: options.offline === true ? {} : await dataToDelete(doomedFiles(plan.stages), engines),
    ...usedSystems(world.version, project, engines),
  });
  const dropped = options.offline === true ? [] : droppedDatabases(plan.stages);
  const unknown = strangersInDatabases(await unknownTables(dropped, state, engines));
  const all = [...early, ...(await locate([...diagnostics, ...unknown], project.textOf))];
  if (hasErrors(all)) return { diagnostics: (await wentOn(lease)) ? [planOutdated] : all };
  const questions = [
    ...unusedAnswers(plan, unfinished, options),
    ...(options.unfinished === "resume"
      ? openQuestions(createRunStore(masonDirectory), { plan, state, unfinished }, options)
      : []),
  ];
  if (questions.length > 0) return { diagnostics: [...all, ...questions] };
  const value: PlannedProject = {
    plan: { ...plan, id: planId(bound) },
    bound,
    deployments,
    project,
    state,
    ...(unfinished === undefined ? {} : { unfinished }),
    asked,
    resume: options.unfinished === "resume",
    resolutions: options.resolutions ?? new Map(),
    allowDestroy: options.allowDestroy ?? [],
    backend,
    modules,
    masonDirectory,
    textOf: project.textOf,
  };
  return { value, diagnostics: all };
}

/** True if another apply ran during this plan: it may have caused the problems found. */
const wentOn = async (lease: LeaseWatch | null): Promise<boolean> =>
  lease !== null && (lease.alive !== null || (await lease.moved()));

/** The facts: real objects, how their files differ from the catalogue, and outputs of runs. */
async function lookAround(
  project: Project,
  state: State,
  engines: EngineSource,
  deployments: ReadonlyMap<string, ResolvedDeployment>,
  { offline, destroy, refreshOnly }: PlanOptions,
  cache: Cache,
): Promise<Facts> {
  const facts = await refresh(offline === true ? [] : wantedFacts(project, state, engines, destroy));
  const isCompared = !destroy && refreshOnly !== true;
  const looksAtOutputs = !destroy && offline !== true;
  const [files, outputs] = await Promise.all([
    fileDrift(isCompared ? wantedFiles(project, state, engines, facts) : [], cache),
    writtenFiles(looksAtOutputs ? wantedOutputs(project, state, engines, deployments) : []),
  ]);
  return { ...facts, files, outputs };
}

/** The options that decide the plan, as they are bound. A plan file gives them back. */
function optionsJson(options: PlanOptions): JsonObject {
  const sorted = (texts: readonly string[] | undefined) => [...(texts ?? [])].sort();
  return {
    destroy: options.destroy,
    run: sorted(options.run),
    target: sorted(options.target),
    exclude: sorted(options.exclude),
    allow_destroy: sorted(options.allowDestroy),
    refresh_only: options.refreshOnly === true,
    offline: options.offline === true,
  };
}

/** The options of a plan file. */
export function optionsFrom(
  json: JsonObject,
): Pick<PlanOptions, "destroy" | "run" | "target" | "exclude" | "allowDestroy" | "refreshOnly" | "offline"> {
  const texts = (value: Json | undefined) => (Array.isArray(value) ? value.map(String) : []);
  return {
    destroy: json.destroy === true,
    run: texts(json.run),
    target: texts(json.target),
    exclude: texts(json.exclude),
    allowDestroy: texts(json.allow_destroy),
    refreshOnly: json.refresh_only === true,
    offline: json.offline === true,
  };
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
            detail: `"${address}" is not a deployment of this project. Name one, like "deployment.nightly".`,
          },
        ],
  );
}
