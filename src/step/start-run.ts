/** Starts the run of a bundle: makes its record, its journal and its context. */
import { operatorAddress } from "../address.ts";
import { type Bundle, bundleDigest } from "../bundle/bundle.ts";
import { configsOf } from "../bundle/make-bundle.ts";
import type { CommandWorld } from "../command/command-world.ts";
import type { ProjectModules } from "../command/project/modules.ts";
import type { EngineSource } from "../engine/engine-source.ts";
import { createRunStore, newRunId } from "../io/run-store.ts";
import { thisProcess } from "../io/this-process.ts";
import type { RunRecord, StepRecord } from "../model/run.ts";
import type { Owner } from "../model/table.ts";
import type { Project } from "../project/project.ts";
import { earlierRunOf } from "./earlier-run.ts";
import { type BundleRun, runBundle } from "./run-bundle.ts";
import type { ClientLimits, RunContext, RunTimes } from "./run-context.ts";

/** The input for a run. */
export interface StartOptions {
  readonly world: CommandWorld;
  readonly project: Project;
  readonly masonDirectory: string;
  readonly modules: ProjectModules;
  readonly engines: EngineSource;
  readonly limits: ClientLimits;
  readonly bundle: Bundle;
  readonly times: RunTimes;
  readonly owner?: Owner;
  readonly asStep: boolean;
  /** Default: a new one. */
  readonly runId?: string;
  /** Records of the resumed run. */
  readonly earlier?: readonly StepRecord[];
  readonly resolutions?: ReadonlyMap<string, "redo" | "done">;
  /** Digests of each step's inputs from outside the run, by step id and name. */
  readonly inputs?: RunContext["inputs"];
  /** Paths that earlier runs of the same deployment wrote. */
  readonly ownPaths?: ReadonlySet<string>;
  /** Throws if somebody else took over. The run then does and records nothing more. */
  readonly stillHeld?: () => Promise<void>;
}

/** Runs a bundle to its end. */
export function startRun(options: StartOptions): Promise<BundleRun> {
  const { world, project, bundle, times } = options;
  const now = world.clock.now();
  const startedAt = now.toISOString();
  const run: RunRecord = {
    id: options.runId ?? newRunId(now, world.newId()),
    key: times.key,
    address: bundle.address,
    state: "running",
    at: times.at,
    startedAt,
    bundle: bundleDigest(bundle),
    environment: world.environment,
    process: thisProcess(),
  };
  const journal = createRunStore(options.masonDirectory).create(run, options.earlier);
  return runBundle({
    bundle,
    journal,
    times,
    engines: options.engines,
    configs: configsOf(project, bundle.steps),
    builtin: (namespace, command) => project.builtins.get(operatorAddress(namespace, command)) ?? null,
    loadModule: options.modules.load,
    clock: world.clock,
    ...(options.owner === undefined ? {} : { owner: options.owner }),
    parallelism: project.settings.parallelism,
    limits: options.limits,
    env: world.env,
    asStep: options.asStep,
    inputs: options.inputs ?? new Map(),
    earlierRun: earlierRunOf(bundle, options.earlier ?? []),
    ownPaths: options.ownPaths ?? new Set(),
    ...(options.stillHeld === undefined ? {} : { stillHeld: options.stillHeld }),
    resolutions: options.resolutions ?? new Map(),
    signal: world.signal,
    emit: world.emit,
  });
}
