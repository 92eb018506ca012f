/** What a resumed run takes over of a step: its end when nothing that decides on it changed; a question when its end is not known. */
import { digest, type Json } from "../json.ts";
import type { StepRecord } from "../model/run.ts";
import type { BundleStep } from "../plan/bundle.ts";
import { ProviderError } from "../provider/error.ts";
import type { RunContext } from "./run-context.ts";
import { stepParameters } from "./step-parameters.ts";

/** The digest of everything that decides on a step's result, or `null` when its parameters can't be had. */
export function stepIdentity(
  context: RunContext,
  step: BundleStep,
  given: Readonly<Record<string, Json>>,
): string | null {
  try {
    // Whether a place may be written again says nothing about what is written.
    const { overwrite: _, ...parameters } = stepParameters(context, step, given);
    return digest({
      operator: step.operatorDigest,
      module: step.stepModule?.digest ?? null,
      client: context.bundle.clients[step.configId] ?? null,
      parameters,
      upstream: step.dependencies.map((id) => context.journal.step(id)?.identity ?? null),
    });
  } catch (thrown) {
    if (thrown instanceof ProviderError) return null;
    throw thrown;
  }
}

/** True for a step that began and of which nobody knows whether it ended. */
export const endIsUnknown = ({ state, error }: StepRecord): boolean => state === "running" || error?.code === "unknown";

/** The record to take over, or `null` when the step is to be run. */
export function takeOver(
  context: RunContext,
  step: BundleStep,
  base: Omit<StepRecord, "state">,
  identity: string | null,
): StepRecord | null {
  const earlier = context.journal.earlier(step.id);
  if (earlier === null) return null;
  if (earlier.state === "succeeded") return identity !== null && earlier.identity === identity ? earlier : null;
  if (!endIsUnknown(earlier) || step.operator.repeatable) return null;
  const address = `${context.bundle.address}/${step.id}`;
  const said = context.resolutions.get(address) ?? context.resolutions.get(context.bundle.address);
  if (said === "redo") return null;
  if (said === "done") {
    const outputs = step.operator.outputs.flatMap(({ name }) => {
      const value = step.parameters[name];
      return value === undefined ? [] : [[name, value] as const];
    });
    return {
      ...base,
      state: "succeeded",
      outputs: Object.fromEntries(outputs),
      info: ["Said to be done with --done."],
      ...(identity === null ? {} : { identity }),
    };
  }
  return {
    ...base,
    state: "failed",
    error: {
      code: "unknown",
      message: `It is not known whether this step came to its end, and its operator "${base.operator}" is not marked "repeatable". Look at what it does. Then either: mason apply --resume --redo ${address}; or: mason apply --resume --done ${address}`,
    },
  };
}
