/**
 * Outputs of runs that were cut off. A run that goes on with the same step at the same place looks after what is there itself; but the
 * project may have been edited since: the place may be another one, or nothing may write there any more.
 */
import type { Emit } from "../apply/events.ts";
import type { Storage } from "../engine/storage.ts";
import { type CutOffOutput, putBack, sweep } from "../operator/publish.ts";
import type { EngineSource } from "../plan/engine-source.ts";
import { recordKey } from "../plan/places.ts";
import { isProviderError } from "../provider/error.ts";
import type { Unfinished } from "../state/journal-entry.ts";
import { isTokenOf } from "./step-token.ts";

/** Before anything else is done: outputs that were set aside to be replaced, and were not, get their names back. */
export const putBackOutputs = (engines: EngineSource, unfinished: Unfinished | undefined, emit: Emit): Promise<void> =>
  ofEachClient(engines, unfinished, emit, putBack);

/** After it: what the runs had ready or set aside, and nobody went on with, is removed. */
export const sweepOutputs = (engines: EngineSource, unfinished: Unfinished | undefined, emit: Emit): Promise<void> =>
  ofEachClient(engines, unfinished, emit, sweep);

async function ofEachClient(
  engines: EngineSource,
  unfinished: Unfinished | undefined,
  emit: Emit,
  act: (storage: Storage, outputs: readonly CutOffOutput[]) => Promise<void>,
): Promise<void> {
  for (const { address, token, paths = [] } of unfinished?.begun.values() ?? []) {
    const clients = new Map(paths.map(({ client }) => [recordKey(client), client]));
    for (const [key, client] of clients) {
      const outputs = paths.flatMap(({ client: own, path, steps }) =>
        recordKey(own) === key ? steps.map((step) => ({ path, isTheirs: isTokenOf(token, step) })) : [],
      );
      try {
        await act(await engines.ofClient(client, "storage"), outputs);
      } catch (thrown) {
        // The client may be gone by now: that must not keep the rest from being finished.
        if (!isProviderError(thrown)) throw thrown;
        const line = `What the run that was cut off left beside its outputs could not be looked for: ${thrown.message}`;
        emit({ type: "step_log", address, step: paths[0]?.steps[0] ?? "", line });
      }
    }
  }
}
