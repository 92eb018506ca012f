/**
 * Executes the stages of a plan, dependencies first and several at once, and nothing but them. This folder calls verbs and turns what
 * they gave into the next state; it neither plans nor prints. A failed stage skips what needs it; the others go on.
 */
import type { Address } from "../address.ts";
import { Diagnosed, type Diagnostic, error } from "../diagnostic/diagnostic.ts";
import { walk } from "../graph/walk.ts";
import type { Plan } from "../plan/plan.ts";
import type { Stage } from "../plan/stage.ts";
import { ProviderError } from "../provider/error.ts";
import type { Entry, State } from "../state/state.ts";
import type { Emit, StageResult } from "./events.ts";

/** What executing one stage gives: the resource's next entry (`null`: none), and what was done in a few words. */
export interface StageOutcome {
  readonly entry: Entry | null;
  readonly detail: string;
  readonly run?: string;
  /** Set when the work failed but the entry is to be kept: a failed run. */
  readonly problem?: Diagnostic;
  readonly cancelled?: boolean;
}

/** What applying needs. */
export interface ApplySetting {
  readonly plan: Plan;
  readonly state: State;
  /** Stages at once. */
  readonly parallelism: number;
  readonly execute: (stage: Stage) => Promise<StageOutcome>;
  /** Called with each new state; decides itself how often it writes. Throws when it can't. */
  readonly save: (state: State) => void;
  readonly signal: AbortSignal;
  readonly emit: Emit;
}

/** What became of the stages, and the state after them. */
export interface Applied {
  readonly state: State;
  readonly results: readonly StageResult[];
}

/** Runs the stages. After an abort no new one starts; those under way are waited for. */
export async function apply(setting: ApplySetting): Promise<Applied> {
  const { plan, signal, emit } = setting;
  const stages = new Map(plan.stages.map((stage) => [stage.address, stage]));
  const results = new Map<Address, StageResult>();
  const resources = new Map(setting.state.resources);
  const current = (): State => ({ ...setting.state, serial: setting.state.serial + 1, lastPlan: plan.id, resources });
  // A state that can't be saved stops the apply: what would follow could not be recorded either.
  const stop = new AbortController();
  let unsaved: unknown;
  const finish = (result: StageResult) => {
    results.set(result.address, result);
    emit({ type: "stage_end", result });
  };
  await walk(
    new Map(plan.stages.map((stage) => [stage.address, stage.dependencies])),
    setting.parallelism,
    async (address) => {
      const stage = stages.get(address);
      if (stage === undefined) return;
      const blocked = stage.dependencies.find((dependency) => results.get(dependency)?.status !== "done");
      if (blocked !== undefined)
        return finish({
          address,
          action: stage.action,
          status: "skipped",
          detail: `needs ${blocked}, which ${ended(results.get(blocked))}`,
        });
      emit({ type: "stage_start", address, action: stage.action });
      const { result, entry } = await executeStage(stage, setting);
      if (entry === null) resources.delete(address);
      else if (entry !== undefined) resources.set(address, entry);
      try {
        if (entry !== undefined) setting.save(current());
      } catch (thrown) {
        unsaved ??= thrown;
        stop.abort();
      }
      finish(result);
    },
    AbortSignal.any([signal, stop.signal]),
  );
  if (unsaved !== undefined) throw unsaved;
  for (const stage of plan.stages) {
    if (!results.has(stage.address))
      finish({ address: stage.address, action: stage.action, status: "cancelled", detail: "not started" });
  }
  return { state: current(), results: plan.stages.flatMap((stage) => results.get(stage.address) ?? []) };
}

const ended = (result: StageResult | undefined) =>
  result?.status === "failed" ? "failed" : result?.status === "skipped" ? "was skipped" : "was not done";

async function executeStage(
  stage: Stage,
  setting: ApplySetting,
): Promise<{ readonly result: StageResult; readonly entry?: Entry | null }> {
  const base = { address: stage.address, action: stage.action };
  try {
    const outcome = await setting.execute(stage);
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
    summary: "A verb failed",
    detail: `${stage.address}: ${thrown.message}`,
    address: stage.address,
  });
}
