/** Runs by hand whose processes were killed: their outputs are restored, and what they left beside them is removed. */
import type { Emit } from "../apply/events.ts";
import { sweepOutputs } from "../apply/interrupted/outputs.ts";
import { type Diagnostic, warning } from "../diagnostic/diagnostic.ts";
import { openRunOutputs, type UnfinishedOutputs, unfinishedRunOutputs } from "../io/run-outputs.ts";
import { sweepScratch } from "../io/scratch.ts";
import { isGone, thisProcess } from "../io/this-process.ts";
import type { RunState } from "../model/schedule.ts";
import type { EngineSource } from "../provider/engine-source.ts";
import type { StepOutput } from "../step/run-context.ts";
import type { CommandWorld } from "./command-world.ts";
import { listPublished } from "./published-by-killed.ts";

/** The journal of a run by hand. */
export interface HandJournal {
  /** Records an output; it is durable when this resolves. */
  readonly willWrite: (output: StepOutput) => Promise<void>;
  /** Closes the journal of a run that has ended. What it could not undo by itself is undone. */
  readonly end: (state: RunState) => Promise<void>;
}

/** Opens the journal of a run by hand. */
export function openHandJournal(
  { emit }: Pick<CommandWorld, "emit">,
  masonDirectory: string,
  engines: EngineSource,
  run: string,
): HandJournal {
  const journal = openRunOutputs(masonDirectory, run, thisProcess());
  return {
    willWrite: async ({ step, client, path }) => journal.add({ client, path, steps: [step], runs: [run] }),
    end: async (state) => {
      const paths = unfinishedRunOutputs(masonDirectory).find((unfinished) => unfinished.run === run)?.paths ?? [];
      if (state === "succeeded" || (await sweepOutputs({ engines, emit }, { address: run, paths }))) journal.close();
    },
  };
}

/**
 * Restores and sweeps what killed runs left, and says so. It needs no lease: it touches only what carries the token of a run whose process
 * has certainly ended. A run whose storage can't be reached is kept for the next time.
 */
export async function settleInterruptedRuns(
  masonDirectory: string,
  engines: EngineSource,
): Promise<readonly Diagnostic[]> {
  sweepScratch(masonDirectory);
  const said: Diagnostic[] = [];
  for (const unfinished of killedRuns(masonDirectory)) {
    const lines: string[] = [];
    const emit: Emit = (event) => void (event.type === "step_log" && lines.push(event.line));
    const { run, paths, close } = unfinished;
    if (await sweepOutputs({ engines, emit }, { address: run, paths })) {
      await listPublished(masonDirectory, engines, unfinished);
      close();
      said.push(settled(unfinished));
    } else said.push(unreachable(unfinished, lines.join(" ")));
  }
  return said;
}

/** What a plan says about killed runs. Without engines it changes nothing; with them it settles the runs first. */
export const interruptedRuns = async (
  masonDirectory: string,
  engines: EngineSource | null,
): Promise<readonly Diagnostic[]> =>
  engines === null ? interruptedRunWarnings(masonDirectory) : settleInterruptedRuns(masonDirectory, engines);

/** Warnings about killed runs, for a command that changes nothing. */
export const interruptedRunWarnings = (masonDirectory: string): readonly Diagnostic[] =>
  killedRuns(masonDirectory).map((unfinished) =>
    warning({
      code: "run/outputs-unfinished",
      summary: "Interrupted run",
      detail: `Run "${unfinished.run}" was killed while it wrote ${named(unfinished)}. That output may be missing or old. Run "mason doctor", which restores it, then plan again.`,
    }),
  );

const killedRuns = (masonDirectory: string): readonly UnfinishedOutputs[] =>
  unfinishedRunOutputs(masonDirectory).filter(({ process }) => isGone(process));

/** The outputs, without those that the run only needed on the way. */
const named = ({ paths }: UnfinishedOutputs): string =>
  [...new Set(paths.map(({ path }) => `"${path}"`))].sort().join(", ");

const settled = (unfinished: UnfinishedOutputs): Diagnostic =>
  warning({
    code: "run/outputs-restored",
    summary: "Interrupted run",
    detail: `Run "${unfinished.run}" was killed while it wrote ${named(unfinished)}. Outputs that it had not replaced are as before, and its temporary files were removed. Run it again if you need its result.`,
  });

const unreachable = (unfinished: UnfinishedOutputs, why: string): Diagnostic =>
  warning({
    code: "run/outputs-unreachable",
    summary: "Interrupted run",
    detail: `Run "${unfinished.run}" was killed while it wrote ${named(unfinished)}. ${why} The next run, apply or "mason doctor" tries again.`,
  });
