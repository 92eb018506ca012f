/**
 * The outputs of interrupted runs. A resumed run that writes to the same place with the same step cares for its own outputs. But the
 * project may have been edited since: the step may write elsewhere, or no step may write there any longer.
 */
import { recordKey } from "../../bundle/effects.ts";
import { Diagnosed } from "../../diagnostic/diagnostic.ts";
import type { Storage } from "../../engine/storage.ts";
import { restoreOutput, sweep } from "../../operator/sink/leftovers.ts";
import type { InterruptedOutput } from "../../operator/sink/output-work.ts";
import type { Stage } from "../../plan/stage.ts";
import type { EngineSource } from "../../provider/engine-source.ts";
import { isProviderError } from "../../provider/error.ts";
import { type BeginEntry, begunOf, type JournalEntry, type Unfinished } from "../../state/journal-entry.ts";
import { isTokenOf } from "../../step/token.ts";
import type { Emit } from "../events.ts";

/** What a run had begun to write. */
type Begun = Pick<BeginEntry, "address" | "paths">;

/** The means to reach outputs and to report. */
interface Looking {
  readonly engines: EngineSource;
  readonly emit: Emit;
}

/** Gives outputs their names back that were set aside but not replaced. Called before a run is resumed. */
export const restoreOutputs = (looking: Looking, begun: Begun): Promise<boolean> =>
  ofEachClient(looking, begun, restoreOutput);

/** Removes what a run had prepared or set aside, after restoring what it did not replace. Called when nothing resumes the run. */
export const sweepOutputs = (looking: Looking, begun: Begun): Promise<boolean> => ofEachClient(looking, begun, sweep);

/** False when a client could not be reached. */
async function ofEachClient(
  { engines, emit }: Looking,
  { address, paths = [] }: Begun,
  act: (storage: Storage, outputs: readonly InterruptedOutput[]) => Promise<void>,
): Promise<boolean> {
  let isReached = true;
  const clients = new Map(paths.map(({ client }) => [recordKey(client), client]));
  for (const [key, client] of clients) {
    const outputs = paths.flatMap(({ client: own, path, steps, runs }) =>
      recordKey(own) === key
        ? steps.flatMap((step) => runs.map((run) => ({ path, isTheirs: isTokenOf(run, step) })))
        : [],
    );
    try {
      await act(await engines.ofClient(client, "storage"), outputs);
    } catch (thrown) {
      // The client may no longer exist, and that must not keep the rest from being finished.
      if (!isProviderError(thrown) && !(thrown instanceof Diagnosed)) throw thrown;
      const line = `Mason could not look for what the interrupted run left beside its outputs: ${thrown.message}`;
      emit({ type: "step_log", address, step: paths[0]?.steps[0] ?? "", line });
      isReached = false;
    }
  }
  return isReached;
}

/** Restores outputs that interrupted runs were replacing. Begun work that no stage resumes is swept, which ends it. */
export async function settleOutputs(
  looking: Looking,
  stages: readonly Stage[],
  unfinished: Unfinished | undefined,
  append: (entry: JournalEntry) => Promise<void>,
): Promise<void> {
  const goesOn = new Set(stages.map((stage) => begunOf(unfinished, stage)));
  for (const begun of unfinished?.begun.values() ?? []) {
    if (goesOn.has(begun)) await restoreOutputs(looking, begun);
    else {
      await sweepOutputs(looking, begun);
      await append({ kind: "end", address: begun.address, status: "done" });
    }
  }
}
