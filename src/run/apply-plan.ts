/** The second orchestrator: a plan -> what it says, done and recorded. */
import { type Applied, apply } from "../apply/apply.ts";
import { executeStage } from "../apply/execute-stage.ts";
import { createRunStore } from "../io/run-store.ts";
import type { Stage, StageWork } from "../plan/stage.ts";
import { requireSerial } from "../state/lockfile.ts";
import type { State } from "../state/state.ts";
import type { CommandWorld } from "./command-world.ts";
import { enginesFor } from "./load-project.ts";
import type { PlannedProject } from "./plan-project.ts";
import { runDeployment } from "./run-deployment.ts";
import { createSlots } from "./slots.ts";

/** Applies a plan. `parallelism` overrides the project's. */
export async function applyPlan(world: CommandWorld, planned: PlannedProject, parallelism?: number): Promise<Applied> {
  const { project, plan, store } = planned;
  const atOnce = parallelism ?? project.settings.parallelism;
  requireSerial(store.read().value?.serial ?? 0, planned.state.serial, store.name);
  const engines = enginesFor(world, project, "run");
  const slots = createSlots({ ...project.settings.clientLimits, "*": atOnce });
  const saver = createSaver(world, planned);
  const run = (stage: Stage, work: Extract<StageWork, { kind: "run" }>) =>
    runDeployment(world, planned, engines, slots, stage, work);
  try {
    const applied = await apply({
      plan,
      state: planned.state,
      parallelism: atOnce,
      execute: (stage) => executeStage(stage, { engines, lineage: plan.lineage, run }),
      save: saver.save,
      signal: world.signal,
      emit: world.emit,
    });
    if (applied.results.some((result) => result.status !== "cancelled" && result.status !== "skipped"))
      saver.flush(applied.state);
    pruneRuns(world, planned);
    return applied;
  } catch (thrown) {
    saver.flushLast();
    throw thrown;
  } finally {
    await engines.close();
  }
}

/** Writes the state at most once a second, and at the end: what is written is always whole. */
function createSaver(world: CommandWorld, { store, state: before }: PlannedProject) {
  let serial = before.serial;
  let last: State | null = null;
  let written = 0;
  const write = (state: State) => {
    store.save(state, serial);
    serial = state.serial;
    written = world.clock.now().getTime();
    last = null;
  };
  return {
    save: (state: State) => {
      last = { ...state, resources: new Map(state.resources) };
      if (world.clock.now().getTime() - written >= 1000) write(last);
    },
    flush: write,
    flushLast: () => {
      if (last !== null) write(last);
    },
  };
}

function pruneRuns(world: CommandWorld, { project, masonDirectory }: PlannedProject): void {
  const days = project.settings.retentionDays;
  const before = new Date(world.clock.now().getTime() - days * 86_400_000).toISOString();
  createRunStore(masonDirectory).prune(before);
}
