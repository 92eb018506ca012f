/** Runs a deployment as a stage of an apply: takes fingerprints of its inputs, runs its bundle, reads its results. */

import { roleKey } from "../bundle/effects.ts";
import { configsOf } from "../bundle/make-bundle.ts";
import { error } from "../diagnostic/diagnostic.ts";
import { canWatch, fingerprintOf } from "../facts/fingerprints.ts";
import { globRoot, isWithin } from "../model/path.ts";
import type { RunStore, StepRecord } from "../model/run.ts";
import { watchesOutputs } from "../plan/drift/outputs.ts";
import type { Plan } from "../plan/plan.ts";
import type { Stage, StageWork } from "../plan/stage.ts";
import type { EffectGuard } from "../plan/stops/effects.ts";
import { stepGuard } from "../plan/stops/effects.ts";
import { isNamedBy } from "../plan/targets.ts";
import { findConfig, type Project } from "../project/project.ts";
import type { EngineSource } from "../provider/engine-source.ts";
import { ProviderError } from "../provider/error.ts";
import { begunOf, type Unfinished, withMade } from "../state/journal-entry.ts";
import { isSameStorage, pathsWrittenBy } from "../state/made-objects.ts";
import type { Entry, InputRecord, State } from "../state/state.ts";
import { endIsUnknown } from "../step/earlier-run.ts";
import type { StepOutput } from "../step/run-context.ts";
import { runTimes } from "../step/run-times.ts";
import { type RunSetting, startRun } from "../step/start-run.ts";
import type { StageOutcome } from "./apply-stages.ts";
import { begunEntry } from "./interrupted/begun-entry.ts";
import { outputsAtRun } from "./outputs-at-run.ts";
import { absentDatabases, pathsWritten, runResults } from "./run-results.ts";

/** The work of a stage that runs a deployment. */
export type RunWork = Extract<StageWork, { kind: "run" }>;

/** The part of a planned project that decides how its deployments run. */
export interface PlannedRuns {
  readonly plan: Plan;
  readonly project: Project;
  /** Includes what an unfinished apply did. */
  readonly state: State;
  readonly unfinished?: Unfinished;
  /** Runs that failed or were interrupted are resumed. */
  readonly resume: boolean;
  readonly resolutions: ReadonlyMap<string, "redo" | "done">;
  /** Addresses and globs of what may be lost. */
  readonly allowDestroy: readonly string[];
}

/** What all deployment runs of one apply share. */
export interface DeploymentRuns {
  readonly planned: PlannedRuns;
  readonly setting: RunSetting;
  readonly guard: EffectGuard;
  /** Throws if somebody else took over the apply. The run then does and records nothing more. */
  readonly stillHeld: () => Promise<void>;
  /** Resolves when it is durably recorded that a run of the stage writes an output. */
  readonly willWrite: (stage: Stage, output: StepOutput) => Promise<void>;
}

/** Runs one deployment and gives its next entry. If something around the run breaks, the entry keeps what the run may have made. */
export async function runDeployment(
  runs: DeploymentRuns,
  stage: Stage,
  work: RunWork,
  runId: string,
): Promise<StageOutcome> {
  try {
    return await runToItsEnd(runs, stage, work, runId);
  } catch (thrown) {
    if (thrown instanceof ProviderError) return halfRun(runs, stage, runId, thrown);
    throw thrown;
  }
}

async function runToItsEnd(
  { planned, setting, guard, stillHeld, willWrite }: DeploymentRuns,
  stage: Stage,
  work: RunWork,
  runId: string,
): Promise<StageOutcome> {
  const { project, plan, state } = planned;
  const { engines, clock, store } = setting;
  const before = state.resources.get(stage.address) ?? state.resources.get(stage.movedFrom ?? "");
  const { inputs, absent: gone } = await readInputs(planned, engines, work);
  const absent = await absentDatabases(project, engines, work);
  const declared = project.resources.get(stage.address);
  const schedule = declared?.kind === "deployment" ? declared.schedule : undefined;
  const resumed = earlierRun(
    planned,
    store,
    stage,
    runId,
    work.inputs.some(({ name }) => inputs[name] === undefined),
  );
  const isGoneOnWith =
    resumed !== null ||
    begunOf(planned.unfinished, stage) !== undefined ||
    (planned.resume && before?.status === "failed");
  const fresh = isGoneOnWith ? freshOf(planned, stage, work, resumed?.run.id === runId ? resumed.steps : null) : [];
  // In another storage than before, it owns nothing.
  const isSame = (entry: Entry | undefined) => entry !== undefined && isSameStorage(entry, work.bundle.clients);
  const earlier = isSame(begunOf(planned.unfinished, stage)?.entry ?? before) ? pathsWritten(resumed?.steps ?? []) : [];
  const wrote = before !== undefined && isSame(before) ? pathsWrittenBy(before) : [];
  const at = resumed?.run.id === runId ? new Date(resumed.run.at) : clock.now();
  const owner = { lineage: plan.lineage, address: stage.address };
  const guarded = { ...setting, guard: stepGuard(guard, work.bundle) };
  const ownPaths = new Set([...wrote, ...earlier, ...fresh]);
  const isIgnored = declared?.kind === "deployment" && !watchesOutputs(declared);
  const outputs = outputsAtRun({
    ...setting,
    bundle: work.bundle,
    known: work.paths,
    ownPaths,
    configOf: (id) => findConfig(project, id),
    mayDelete: isIgnored || isNamedBy(planned.allowDestroy, stage.address),
  });
  const result = await startRun(guarded, {
    bundle: work.bundle,
    configs: configsOf(project, work.bundle.steps),
    times: runTimes(at, work.bundle.timezone, schedule, null),
    owner,
    asStep: true,
    runId,
    earlier: resumed?.steps ?? [],
    resolutions: isGoneOnWith ? planned.resolutions : new Map(),
    inputs: inputsByStep(work, inputs),
    ownPaths,
    stillHeld,
    mayReplace: outputs.mayReplace,
    willWrite: (output) => {
      outputs.note(output);
      return willWrite(stage, output);
    },
  });
  const { run } = result;
  const known = (address: string) => state.resources.has(address);
  const left = { project, engines, work, result, owner, absent, before, fresh, earlier: [...wrote, ...earlier], known };
  const results = await runResults(left);
  for (const list of results.lists) setting.lists.put(list);
  await outputs.list(result);
  const object = { ...results.object, ...(gone.length === 0 ? {} : { absent_inputs: [...gone] }) };
  // Of such an input the run has made a part, which is no change of it.
  if (run.state === "succeeded")
    Object.assign(inputs, (await readInputs(planned, engines, { ...work, inputs: partlyOwn(work) })).inputs);
  const entry: Entry = {
    ...(run.state === "succeeded" ? { status: "applied" } : { status: "failed", run: run.id }),
    ...(run.state === "cancelled" ? { interrupted: true } : {}),
    ...work.draft,
    ...(Object.keys(inputs).length === 0 ? {} : { inputs }),
    ...(Object.keys(object).length === 0 ? {} : { object }),
  };
  if (run.state === "succeeded") return { entry, detail: "ran", run: run.id };
  if (run.state === "cancelled")
    return {
      entry,
      cancelled: true,
      run: run.id,
      detail: `${run.error ?? "The run was interrupted."} See "mason runs logs ${run.id}".`,
    };
  return { entry, ...failedRun(stage, run.error ?? "It did not succeed.", run.id) };
}

/** The outcome of a run that something around it broke. Its entry keeps what the run may have made. */
function halfRun(
  { planned: { state, project }, setting: { engines, store } }: DeploymentRuns,
  stage: Stage,
  run: string,
  thrown: ProviderError,
): StageOutcome {
  const { address, movedFrom = "" } = stage;
  const begun = begunEntry(stage, project, engines);
  if (begun === undefined || store.get(run) === null) throw thrown;
  const before = state.resources.get(address) ?? state.resources.get(movedFrom);
  const { interrupted: _, ...kept } = before === undefined ? begun : withMade(before, begun);
  const entry: Entry = { ...kept, status: "failed", run };
  const detail = `${address}: ${thrown.message}`;
  const problem = error({ code: `provider/${thrown.code}`, summary: "Operation failed", detail, address });
  return { entry, detail: thrown.message, problem, run };
}

/**
 * The run that this one resumes: the interrupted one; with --resume also the last one if it failed. A run may not be resumed, for example
 * if an unwatched input is made again first. Then only its steps with an unknown end count, since the user must still answer for them.
 */
function earlierRun(
  { unfinished, plan, state, resume }: PlannedRuns,
  store: RunStore,
  stage: Stage,
  runId: string,
  isUnwatched: boolean,
): ReturnType<RunStore["get"]> {
  const { address, movedFrom = "" } = stage;
  const begun = begunOf(unfinished, stage);
  const isSame = resume && begun?.token === runId;
  // The records of the interrupted run are missing, and no other run can replace them.
  if (begun !== undefined && !isSame) return null;
  const before = state.resources.get(address) ?? state.resources.get(movedFrom);
  if (!isSame && before?.status !== "failed") return null;
  // Older states don't name the run.
  const id = isSame ? runId : (before?.run ?? store.list({ address, limit: 1 })[0]?.id);
  const found = id === undefined ? null : store.get(id);
  // The records of the interrupted run count even if only its end was not recorded.
  const last = !isSame && found?.run.state === "succeeded" ? null : found;
  const reasons = plan.changes.find((change) => change.address === address)?.reasons ?? [];
  const isStale = isUnwatched && reasons.some((reason) => reason.code === "upstream_runs");
  if (last === null || (resume && !isStale)) return last;
  return { ...last, steps: last.steps.filter(endIsUnknown) };
}

/** Paths that were empty before the interrupted run, so it owns what is there now. Paths of steps that never began are left out. */
function freshOf(
  { unfinished }: PlannedRuns,
  stage: Stage,
  { paths }: RunWork,
  steps: readonly StepRecord[] | null,
): readonly string[] {
  const begun = begunOf(unfinished, stage)?.paths ?? [];
  const began = steps === null ? null : new Set(steps.map(({ step }) => step));
  return begun.flatMap(({ client, path, fresh }) => {
    const place = paths.find((item) => item.path === path && item.client === roleKey("storage", client));
    const isBegun = began === null || place?.steps.some((id) => began.has(id)) === true;
    return fresh === true && place !== undefined && isBegun ? [path] : [];
  });
}

/** Digests of the inputs of each step, by step id. */
function inputsByStep(
  { inputs }: RunWork,
  records: Readonly<Record<string, InputRecord>>,
): ReadonlyMap<string, Readonly<Record<string, string>>> {
  const found = new Map<string, Record<string, string>>();
  for (const { name, steps } of inputs) {
    const record = records[name];
    if (record === undefined) continue;
    for (const step of steps) found.set(step, { ...found.get(step), [name]: record.digest });
  }
  return found;
}

/** The inputs at the start of a run, and the names of those that are not there. */
interface ReadInputs {
  readonly inputs: Readonly<Record<string, InputRecord>>;
  readonly absent: readonly string[];
}

/** The inputs that hold outputs of the same run. */
const partlyOwn = ({ inputs, paths }: RunWork): RunWork["inputs"] =>
  inputs.filter(({ place }) => place.kind === "path" && paths.some(({ path }) => isWithin(path, globRoot(place.path))));

async function readInputs({ project }: PlannedRuns, engines: EngineSource, work: RunWork): Promise<ReadInputs> {
  const inputs: Record<string, InputRecord> = {};
  const absent: string[] = [];
  for (const input of work.inputs) {
    const config = findConfig(project, input.configId);
    if (config === null || !canWatch(input, config, engines)) continue;
    const fingerprint = await fingerprintOf(input, await engines.ofConfig(config));
    if (fingerprint === null) absent.push(input.name);
    else inputs[input.name] = { digest: fingerprint.digest, files: fingerprint.files, bytes: fingerprint.bytes };
  }
  return { inputs, absent };
}

/** The outcome of a stage whose run failed. */
const failedRun = (stage: Stage, reason: string, run: string): Pick<StageOutcome, "problem" | "detail" | "run"> => ({
  detail: reason,
  run,
  problem: error({
    code: "deployment/run-failed",
    summary: "Run failed",
    detail: `${stage.address} failed: ${reason} See "mason runs logs ${run}".`,
    address: stage.address,
  }),
});
