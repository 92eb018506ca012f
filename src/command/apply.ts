/** The second orchestrator: a plan -> what it says, done and recorded. */

import type { Address } from "../address.ts";
import { type ApplyResult, applyStages } from "../apply/apply-stages.ts";
import type { StageResult } from "../apply/events.ts";
import { executeStage } from "../apply/execute-stage.ts";
import { beginEntry, withOutput } from "../apply/interrupted/begun-entry.ts";
import { settleOutputs, sweepOutputs } from "../apply/interrupted/outputs.ts";
import { type RunWork, runDeployment } from "../apply/run-deployment.ts";
import { createTokens } from "../apply/tokens.ts";
import { createOutputLists } from "../io/output-lists.ts";
import { createRunStore } from "../io/run-store.ts";
import { addHistory } from "../io/state/history.ts";
import { applyName, deleteJournals, type Journal, leaseLost, openJournal } from "../io/state/journal.ts";
import type { Lease } from "../io/state/lease.ts";
import { digest } from "../json.ts";
import { shownDigest } from "../plan/file/moved.ts";
import type { Stage } from "../plan/stage.ts";
import { effectGuard } from "../plan/stops/effects.ts";
import type { BeginEntry } from "../state/journal-entry.ts";
import { begunOf, type JournalEntry, type Unfinished } from "../state/journal-entry.ts";
import { outputDigests } from "../state/outputs.ts";
import type { State } from "../state/state.ts";
import type { StepOutput } from "../step/run-context.ts";
import type { CommandWorld } from "./command-world.ts";
import { notRecorded } from "./not-recorded.ts";
import type { PlannedProject } from "./plan.ts";
import { enginesFor } from "./project/load-project.ts";
import { runSetting } from "./run-setting.ts";
import { rememberBackend } from "./state/migrate.ts";
import { requireUnmoved } from "./state/read-state.ts";
import { withLease } from "./state/under-lease.ts";

/** Options of an apply. */
export interface ApplyOptions {
  /** Overrides the project's setting. */
  readonly parallelism?: number | undefined;
  /** How long to wait for another apply to end. */
  readonly leaseTimeoutMs: number;
  /** The plan file that is applied, for messages. */
  readonly planFile?: string;
}

/** Applies a plan. Throws NotRecorded when something changed that could not be recorded. */
export async function applyPlan(
  world: CommandWorld,
  planned: PlannedProject,
  options: ApplyOptions,
): Promise<ApplyResult> {
  const work = { isBegun: false };
  try {
    return await applyUnderLease(world, planned, options, () => {
      work.isBegun = true;
    });
  } catch (thrown) {
    throw work.isBegun ? notRecorded(thrown, planned.plan, options.planFile) : thrown;
  }
}

/** Applies a plan under the lease. The state is saved once, at the end; until then the journal holds the finished work. `begins` is called before a verb is. */
function applyUnderLease(
  world: CommandWorld,
  planned: PlannedProject,
  options: ApplyOptions,
  begins: () => void,
): Promise<ApplyResult> {
  const { backend, plan, state, unfinished } = planned;
  return withLease(
    world,
    backend,
    { purpose: plan.destroy ? "destroy" : "apply", timeoutMs: options.leaseTimeoutMs },
    async (lease) => {
      await requireUnmoved(backend, state, unfinished);
      const { holder } = lease;
      const { files, variables } = planned.bound;
      const source = digest({ files, variables });
      // If the project was edited since, another plan finishes the begun work.
      const isSame = unfinished !== undefined && (unfinished.start.project ?? source) === source;
      const first = isSame ? unfinished.start : null;
      const planId = first?.plan_id ?? plan.id;
      const shown = first === null ? shownDigest(plan) : first.shown;
      const start: JournalEntry = {
        kind: "start",
        plan_id: planId,
        project: source,
        ...(shown === undefined ? {} : { shown }),
        ...(Object.keys(planned.asked).length === 0 ? {} : { asked: planned.asked }),
        lineage: plan.lineage,
        serial: state.serial,
        environment: plan.environment,
        destroy: plan.destroy,
        who: holder.who,
        host: holder.host,
        at: holder.since,
      };
      const apply = applyName(state.serial, lease.epoch);
      const known = [start, ...takenOver(unfinished)];
      const journal = await openJournal(backend.storage, backend.prefix, apply, known, lease.isHeld);
      await deleteJournals(backend.storage, backend.prefix, apply);
      const applied = await applyWithJournal(world, planned, { ...options, begins }, lease, journal, planId);
      const ended = unfinished?.ended.size ?? 0;
      if (ended > 0 || changedAnything(applied.results)) await save(planned, journal, applied, start);
      // Begun work that this apply does not reach either stays unfinished.
      if (!isAnyLeft(planned, applied)) await deleteJournals(backend.storage, backend.prefix);
      pruneRuns(world, planned, applied.state);
      rememberBackend(planned.project);
      return applied;
    },
  );
}

/** Journal entries of the resumed apply. Its begun work is included, in case this apply must be resumed too. */
const takenOver = (unfinished: Unfinished | undefined): readonly JournalEntry[] => [
  ...[...(unfinished?.ended ?? [])].map(
    ([address, entry]): JournalEntry => ({ kind: "end", address, status: "done", entry }),
  ),
  ...(unfinished?.begun.values() ?? []),
];

async function applyWithJournal(
  world: CommandWorld,
  planned: PlannedProject,
  options: ApplyOptions & { readonly begins: () => void },
  lease: Lease,
  journal: Journal,
  planId: string,
): Promise<ApplyResult> {
  const { project, plan, unfinished } = planned;
  const atOnce = options.parallelism ?? project.settings.parallelism;
  const engines = enginesFor(world, project);
  const looking = { engines, emit: world.emit };
  const runs = createRunStore(planned.masonDirectory);
  const tokens = createTokens(world, runs);
  const lost = new AbortController();
  const signal = AbortSignal.any([world.signal, lost.signal]);
  const stillHeld = async () => {
    if (await lease.isHeld()) return;
    lost.abort();
    throw leaseLost(journal.apply);
  };
  const setting = runSetting({ ...world, signal }, { ...planned, state: async () => planned.state }, engines, atOnce);
  const guard = effectGuard({ project, state: planned.state, engines, allowed: planned.allowDestroy });
  const begun = new Map<Address, BeginEntry>();
  const begin = async (entry: BeginEntry) => {
    begun.set(entry.address, entry);
    await journal.append(entry);
    options.begins();
  };
  // The plan knows most outputs; the others are recorded when their step names them.
  const willWrite = async ({ address }: Stage, output: StepOutput) => {
    const entry = begun.get(address);
    const next = entry && withOutput(entry, output);
    if (next !== undefined && next !== entry) await begin(next);
  };
  const run = (stage: Stage, work: RunWork, token: string) =>
    runDeployment({ planned, setting, guard, stillHeld, willWrite }, stage, work, token);
  try {
    await settleOutputs(looking, plan.stages, unfinished, journal.append);
    return await applyStages({
      plan,
      state: planned.state,
      planId,
      parallelism: atOnce,
      execute: async (stage, token) => {
        const outcome = await executeStage(stage, token, { engines, lineage: plan.lineage, run });
        if (stage.movedFrom !== undefined) runs.move(stage.movedFrom, stage.address);
        const before = begunOf(unfinished, stage);
        if (before !== undefined) await sweepOutputs(looking, before);
        return outcome;
      },
      tokenOf: (stage) => {
        const { token } = begunOf(unfinished, stage) ?? {};
        // Without a run's records the purpose of its jobs is unknown, so this run must not adopt them.
        const isLost = stage.work.kind === "run" && token !== undefined && runs.get(token) === null;
        return token === undefined || isLost ? tokens.next() : token;
      },
      journal: {
        begin: async (stage, token) => {
          const before = begunOf(unfinished, stage);
          return begin(await beginEntry(stage, token, { project, engines }, before));
        },
        end: (address, status, entry, movedFrom) =>
          journal.append({
            kind: "end",
            address,
            status,
            ...(entry === undefined ? {} : { entry }),
            ...(movedFrom === undefined ? {} : { moved_from: movedFrom }),
          }),
      },
      signal: world.signal,
      emit: world.emit,
    });
  } finally {
    await engines.close();
  }
}

/** True if a stage that resumes begun work was skipped or cancelled before it started. */
function isAnyLeft({ plan, unfinished }: PlannedProject, { results }: ApplyResult): boolean {
  const notStarted = new Set(
    results.flatMap(({ address, status, run }) =>
      status === "skipped" || (status === "cancelled" && run === undefined) ? [address] : [],
    ),
  );
  return plan.stages.some((stage) => notStarted.has(stage.address) && begunOf(unfinished, stage) !== undefined);
}

/** True if any stage changed something. One that never started, or failed before it changed an entry, did not. */
const changedAnything = (results: readonly StageResult[]): boolean =>
  results.some((result) => result.status === "done" || result.run !== undefined);

async function save(
  { backend, unfinished }: PlannedProject,
  journal: Journal,
  { state, results }: ApplyResult,
  start: Extract<JournalEntry, { kind: "start" }>,
): Promise<void> {
  await journal.append({ kind: "commit", serial: state.serial });
  await backend.save(state, start.serial);
  const again = new Set(results.map(({ address }) => address));
  const doneBefore = [...(unfinished?.ended ?? [])].filter(
    ([address, entry]) => !again.has(address) && entry?.status !== "failed",
  );
  const count = (status: StageResult["status"]) => results.filter((result) => result.status === status).length;
  await addHistory(backend.storage, backend.prefix, {
    serial: state.serial,
    plan_id: start.plan_id,
    who: start.who,
    host: start.host,
    at: start.at,
    destroy: start.destroy,
    done: count("done") + doneBefore.length,
    failed: count("failed"),
    skipped: count("skipped"),
    cancelled: count("cancelled"),
  });
}

function pruneRuns(world: CommandWorld, { project, masonDirectory }: PlannedProject, state: State): void {
  const days = project.settings.retentionDays;
  const before = new Date(world.clock.now().getTime() - days * 86_400_000).toISOString();
  createRunStore(masonDirectory).prune(before);
  createOutputLists(masonDirectory).prune(before, outputDigests(state));
}
