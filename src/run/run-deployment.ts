/** Runs a deployment as a stage of an apply: fingerprints of its inputs first, then its bundle, then what it made. */
import type { StageOutcome } from "../apply/apply.ts";
import { error } from "../diagnostic/diagnostic.ts";
import { createRunStore, type RunStore } from "../io/run-store.ts";
import { canonical, type Json } from "../json.ts";
import { normalPath } from "../model/path.ts";
import type { Owner } from "../model/table.ts";
import { canWatch } from "../plan/deployment-parts.ts";
import type { EngineSource } from "../plan/engine-source.ts";
import { fingerprintOf } from "../plan/inputs.ts";
import { configsOf } from "../plan/make-bundle.ts";
import { type Made, madeBy, wroteBy } from "../plan/plan-removed.ts";
import type { Stage, StageWork } from "../plan/stage.ts";
import { findConfig } from "../project/project.ts";
import type { Entry, InputRecord } from "../state/state.ts";
import type { CommandWorld } from "./command-world.ts";
import type { PlannedProject } from "./plan-project.ts";
import type { BundleRun } from "./run-bundle.ts";
import type { Slots } from "./run-context.ts";
import { runTimes } from "./run-times.ts";
import { startRun } from "./start-run.ts";
import { endIsUnknown } from "./step-earlier.ts";

type RunWork = Extract<StageWork, { kind: "run" }>;

/** The run of one deployment, and the entry that follows from it. */
export async function runDeployment(
  world: CommandWorld,
  planned: PlannedProject,
  engines: EngineSource,
  slots: Slots,
  stage: Stage,
  work: RunWork,
  runId: string,
  stillHeld: () => Promise<void>,
): Promise<StageOutcome> {
  const { project, plan, state } = planned;
  const before = state.resources.get(stage.address) ?? state.resources.get(stage.movedFrom ?? "");
  const inputs = await readInputs(planned, engines, work);
  const absent = await absentDatabases(planned, engines, work);
  const declared = project.resources.get(stage.address);
  const schedule = declared?.kind === "deployment" ? declared.schedule : undefined;
  const resumed = earlierRun(planned, stage, runId);
  const at = resumed?.run.id === runId ? new Date(resumed.run.at) : world.clock.now();
  const result = await startRun({
    world,
    project,
    masonDirectory: planned.masonDirectory,
    modules: planned.modules,
    engines,
    slots,
    bundle: work.bundle,
    times: runTimes(at, work.bundle.timezone, schedule, null),
    owner: { lineage: plan.lineage, address: stage.address },
    asStep: true,
    runId,
    earlier: resumed?.steps ?? [],
    resolutions: planned.resolutions,
    ownPaths: new Set(before === undefined ? [] : wroteBy(before)),
    stillHeld,
  });
  const { run } = result;
  const tables = [...work.writes, ...tablesWritten(work, result)];
  const made = await readMade(planned, engines, work, tables, absent, stage.address, before);
  const wrote = [...new Set([...(before === undefined ? [] : wroteBy(before)), ...pathsWritten(result)])].sort();
  const object = {
    ...(made.length === 0 ? {} : { made: made as unknown as Json }),
    ...(wrote.length === 0 ? {} : { wrote }),
  };
  const entry: Entry = {
    status: run.state === "succeeded" ? "applied" : "failed",
    ...work.draft,
    ...(Object.keys(inputs).length === 0 ? {} : { inputs }),
    ...(Object.keys(object).length === 0 ? {} : { object }),
  };
  if (run.state === "succeeded") return { entry, detail: "ran", run: run.id };
  const reason = run.error ?? "It did not succeed.";
  return { entry, ...failedRun(stage, reason, run.id), ...(run.state === "cancelled" ? { cancelled: true } : {}) };
}

/**
 * The run that this one goes on with: the one that was cut off; with --resume also the last one when it failed and its inputs are as they
 * were. Of a run that is not gone on with, only the steps count whose end is not known: they are asked about all the same.
 */
function earlierRun(planned: PlannedProject, stage: Stage, runId: string): ReturnType<RunStore["get"]> {
  const { unfinished, plan, state, masonDirectory, resume } = planned;
  const store = createRunStore(masonDirectory);
  if (resume && unfinished?.begun.get(stage.address) === runId) return store.get(runId);
  if (state.resources.get(stage.address)?.status !== "failed") return null;
  const [summary] = store.list({ address: stage.address, limit: 1 });
  const last = summary === undefined || summary.state === "succeeded" ? null : store.get(summary.id);
  const reasons = plan.changes.find((change) => change.address === stage.address)?.reasons ?? [];
  const isStale = reasons.some((reason) => reason.code === "inputs_changed" || reason.code === "upstream_runs");
  if (last === null || (resume && !isStale)) return last;
  return { ...last, steps: last.steps.filter(endIsUnknown) };
}

/** Paths that the steps of a run wrote. */
function pathsWritten({ steps }: BundleRun): readonly string[] {
  return steps.flatMap(({ state, outputs: { output_path: path } }) =>
    state === "succeeded" && typeof path === "string" ? [normalPath(path) ?? path] : [],
  );
}

async function readInputs(
  { project }: PlannedProject,
  engines: EngineSource,
  work: RunWork,
): Promise<Readonly<Record<string, InputRecord>>> {
  const found: Record<string, InputRecord> = {};
  for (const input of work.inputs) {
    const config = findConfig(project, input.configId);
    if (config === null || !canWatch(input, config, engines)) continue;
    const fingerprint = await fingerprintOf(input, await engines.ofConfig(config));
    if (fingerprint !== null)
      found[input.name] = { digest: fingerprint.digest, files: fingerprint.files, bytes: fingerprint.bytes };
  }
  return found;
}

/** Databases of the tables that it writes that are not there yet: if they are afterwards, the run made them. */
async function absentDatabases(
  { project }: PlannedProject,
  engines: EngineSource,
  work: RunWork,
): Promise<ReadonlySet<string>> {
  const absent = new Set<string>();
  for (const { configId, database } of work.writes) {
    const config = findConfig(project, configId);
    const metastore = config === null ? undefined : (await engines.ofConfig(config)).metastore;
    const real = await metastore?.getDatabase(database);
    if (real === null || real?.catalogued === false) absent.add(`${configId} ${database}`);
  }
  return absent;
}

const keyOf = (item: Made): string => canonical(item as unknown as Json);

/** Tables that steps say they wrote: their names may have been unknown before. */
function tablesWritten({ bundle }: RunWork, { steps }: BundleRun): RunWork["writes"] {
  const records = new Map(steps.map((record) => [record.step, record]));
  return bundle.steps.flatMap(({ id, configId, operator }) => {
    const { database_name: database, table_name: table } = records.get(id)?.outputs ?? {};
    const writes = operator.writes.some((touch) => "table" in touch);
    return writes && typeof database === "string" && typeof table === "string" ? [{ configId, database, table }] : [];
  });
}

/** Tables that belong to the deployment now, and databases that its runs made. */
async function readMade(
  { project, plan }: PlannedProject,
  engines: EngineSource,
  work: RunWork,
  tables: RunWork["writes"],
  absent: ReadonlySet<string>,
  address: string,
  before: Entry | undefined,
): Promise<readonly Made[]> {
  const made = new Map<string, Made>((before === undefined ? [] : madeBy(before)).map((item) => [keyOf(item), item]));
  const configs = configsOf(project, work.bundle.steps);
  const isOurs = (owner: Owner | undefined) => owner?.lineage === plan.lineage && owner.address === address;
  for (const { configId, database, table } of tables) {
    const config = configs.get(configId);
    const record = config === undefined ? null : engines.recordOf(config, "metastore");
    const metastore = config === undefined ? undefined : (await engines.ofConfig(config)).metastore;
    if (record === null || metastore === undefined) continue;
    const real = await metastore.getTable(database, table);
    const item: Made = { client: record.record, database, table };
    if (isOurs(real?.owner)) made.set(keyOf(item), item);
    else made.delete(keyOf(item));
    const home = await metastore.getDatabase(database);
    if (home?.catalogued === true && (absent.has(`${configId} ${database}`) || isOurs(home.owner))) {
      const { table: _, ...whole } = item;
      made.set(keyOf(whole), whole);
    }
  }
  // In an order of its own: a run that is done again after a crash knows of them in another one.
  return [...made].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
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
