/** Starts the run of a bundle: makes its record, its journal and its context. */
import { type Bundle, bundleDigest } from "../bundle/bundle.ts";
import type { Config } from "../engine/config.ts";
import type { ProcessFacts } from "../model/process-facts.ts";
import type { OutputLists } from "../model/run.ts";
import { newRunId, type RunRecord, type RunStore, type StepRecord } from "../model/run.ts";
import { earlierRunOf } from "./earlier-run.ts";
import { type BundleRun, runBundle } from "./run-bundle.ts";
import type { RunContext, RunTimes } from "./run-context.ts";

/** What all runs of one command share. */
export interface RunSetting
  extends Pick<
    RunContext,
    | "engines"
    | "declared"
    | "guard"
    | "limits"
    | "builtin"
    | "loadModule"
    | "clock"
    | "env"
    | "parallelism"
    | "signal"
    | "emit"
    | "onStall"
  > {
  readonly store: RunStore;
  readonly lists: OutputLists;
  readonly environment: string | null;
  readonly process: ProcessFacts;
  /** Letters and digits, never the same twice. */
  readonly newId: () => string;
}

/** What one run needs beside its setting; the rest of its context has a default. */
export interface RunStart
  extends Pick<RunContext, "bundle" | "times" | "asStep" | "owner" | "stillHeld" | "willWrite">,
    Partial<Pick<RunContext, "resolutions" | "inputs" | "ownPaths" | "mayReplace">> {
  /** The configs that its steps run with, by id. */
  readonly configs: ReadonlyMap<string, Config>;
  /** Default: a new one. */
  readonly runId?: string;
  /** Records of the resumed run. */
  readonly earlier?: readonly StepRecord[];
}

/** Runs a bundle to its end. */
export function startRun(setting: RunSetting, start: RunStart): Promise<BundleRun> {
  const { store, lists: _, environment, process, newId, ...shared } = setting;
  const { runId, earlier = [], ...own } = start;
  const run = recordOf({ environment, process }, runId, start.bundle, start.times, setting.clock.now(), newId);
  return runBundle({
    ...shared,
    ...own,
    journal: store.create(run, earlier),
    earlierRun: earlierRunOf(start.bundle, earlier),
    inputs: start.inputs ?? new Map(),
    ownPaths: start.ownPaths ?? new Set(),
    resolutions: start.resolutions ?? new Map(),
  });
}

/** The record of a run that begins now. */
const recordOf = (
  where: Pick<RunSetting, "environment" | "process">,
  id: string | undefined,
  bundle: Bundle,
  times: RunTimes,
  now: Date,
  newId: () => string,
): RunRecord => ({
  id: id ?? newRunId(now, newId()),
  key: times.key,
  address: bundle.address,
  state: "running",
  at: times.at,
  startedAt: now.toISOString(),
  bundle: bundleDigest(bundle),
  ...where,
});
