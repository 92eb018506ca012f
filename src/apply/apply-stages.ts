/**
 * Executes exactly the stages of a plan, dependencies first and several at once. This folder calls verbs and turns their results into the
 * next state; it neither plans nor prints. A failed stage skips its dependants; the others continue.
 */
import type { Address } from "../address.ts";
import { Diagnosed, type Diagnostic, error } from "../diagnostic/diagnostic.ts";
import { walk } from "../graph/walk.ts";
import type { Plan } from "../plan/plan.ts";
import type { Stage } from "../plan/stage.ts";
import { ProviderError } from "../provider/error.ts";
import type { Entry, State } from "../state/state.ts";
import type { Emit, StageResult } from "./events.ts";

/** The result of executing one stage: the resource's next entry (`null` for none), and a few words on what was done. */
export interface StageOutcome {
  readonly entry: Entry | null;
  readonly detail: string;
  readonly run?: string;
  /** Set if the work failed but the entry is kept, as for a failed run. */
  readonly problem?: Diagnostic;
  readonly cancelled?: boolean;
}

/** The input for an apply. */
export interface ApplySetting {
  readonly plan: Plan;
  readonly state: State;
  /** The plan id that the state records: that of the resumed apply, else the plan's own. */
  readonly planId: string;
  /** How many stages run at once. */
  readonly parallelism: number;
  readonly execute: (stage: Stage, token: string) => Promise<StageOutcome>;
  /** The token of a stage's work, by which it is found after a crash. */
  readonly tokenOf: (stage: Stage) => string;
  /** The journal of the apply. Its failure stops the apply. */
  readonly journal: ApplyJournal;
  readonly signal: AbortSignal;
  readonly emit: Emit;
}

/** A write-ahead record of an apply's work. Its methods resolve when the entry is durable. */
export interface ApplyJournal {
  begin(stage: Stage, token: string): Promise<void>;
  /** `entry` is absent if nothing is known to have changed. `movedFrom` is the old address, whose entry goes too. */
  end(address: Address, status: "done" | "failed", entry?: Entry | null, movedFrom?: Address): Promise<void>;
}

/** The results of the stages, and the state after them. */
export interface ApplyResult {
  readonly state: State;
  readonly results: readonly StageResult[];
}

/** Runs the stages. After an abort it starts no new ones and waits for the running ones. */
export async function applyStages(setting: ApplySetting): Promise<ApplyResult> {
  const { plan, signal, emit } = setting;
  const stages = new Map(plan.stages.map((stage) => [stage.address, stage]));
  const results = new Map<Address, StageResult>();
  const resources = new Map(setting.state.resources);
  const current = (): State => ({
    ...setting.state,
    serial: setting.state.serial + 1,
    lastPlan: setting.planId,
    resources,
  });
  // Unrecorded work must not be done: a journal that fails stops the apply.
  const stop = new AbortController();
  let unwritten: unknown;
  const writing: Promise<void>[] = [];
  const halt = (thrown: unknown) => {
    unwritten ??= thrown;
    stop.abort();
  };
  const finish = (result: StageResult) => {
    results.set(result.address, result);
    emit({ type: "stage_end", result });
  };
  const visit = async (stage: Stage) => {
    const blocked = stage.dependencies.find((dependency) => results.get(dependency)?.status !== "done");
    if (blocked !== undefined) {
      const detail = `needs ${blocked}, which ${ended(results.get(blocked))}`;
      return finish({ address: stage.address, action: stage.action, status: "skipped", detail });
    }
    emit({ type: "stage_start", address: stage.address, action: stage.action });
    const token = setting.tokenOf(stage);
    if (callsVerbs(stage)) await setting.journal.begin(stage, token);
    const { result, entry } = await executeStage(stage, token, setting);
    // No need to wait: entries stay in order, so the next "begin" is not durable before this one.
    const movedFrom = entry === undefined ? undefined : stage.movedFrom;
    const status = result.status === "done" ? "done" : "failed";
    writing.push(setting.journal.end(stage.address, status, entry, movedFrom).catch(halt));
    if (movedFrom !== undefined) resources.delete(movedFrom);
    if (entry === null) resources.delete(stage.address);
    else if (entry !== undefined) resources.set(stage.address, entry);
    finish(result);
  };
  await walk(
    new Map(plan.stages.map((stage) => [stage.address, stage.dependencies])),
    setting.parallelism,
    async (address) => {
      const stage = stages.get(address);
      if (stage === undefined || stop.signal.aborted) return;
      await visit(stage).catch(halt);
    },
    AbortSignal.any([signal, stop.signal]),
  );
  await Promise.all(writing);
  if (unwritten !== undefined) throw unwritten;
  for (const stage of plan.stages) {
    if (results.has(stage.address)) continue;
    finish({ address: stage.address, action: stage.action, status: "cancelled", detail: "not started" });
  }
  return { state: current(), results: plan.stages.flatMap((stage) => results.get(stage.address) ?? []) };
}

/** True for stages that need a "begin" entry. Those that only change the record don't. */
const callsVerbs = ({ work }: Stage): boolean => work.kind !== "record" && work.kind !== "forget";

const ended = (result: StageResult | undefined) =>
  result?.status === "failed" ? "failed" : result?.status === "skipped" ? "was skipped" : "was not done";

async function executeStage(
  stage: Stage,
  token: string,
  setting: ApplySetting,
): Promise<{ readonly result: StageResult; readonly entry?: Entry | null }> {
  const base = { address: stage.address, action: stage.action };
  try {
    const outcome = await setting.execute(stage, token);
    const { problem, detail } = outcome;
    const status = outcome.cancelled === true ? "cancelled" : problem === undefined ? "done" : "failed";
    const result: StageResult = {
      ...base,
      status,
      detail,
      ...(outcome.run === undefined ? {} : { run: outcome.run }),
      ...(problem === undefined ? {} : { problem }),
    };
    return { result, entry: outcome.entry };
  } catch (thrown) {
    const problem = problemOf(stage, thrown);
    return { result: { ...base, status: "failed", detail: problem.detail, problem } };
  }
}

function problemOf(stage: Stage, thrown: unknown): Diagnostic {
  if (thrown instanceof Diagnosed) {
    const [first] = thrown.diagnostics;
    if (first !== undefined) return { ...first, address: stage.address };
  }
  if (!(thrown instanceof ProviderError)) throw thrown;
  return error({
    code: `provider/${thrown.code}`,
    summary: "Operation failed",
    detail: `${stage.address}: ${thrown.message}`,
    address: stage.address,
  });
}
