/** What a resumed run takes over of a step: its end when nothing that decides on it changed; a question when its end is not known. */
import type { Address } from "../address.ts";
import type { Bundle, BundleStep } from "../bundle/bundle.ts";
import { hasFiles } from "../catalog/has-files.ts";
import { digest, type Json } from "../json.ts";
import type { StepRecord } from "../model/run.ts";
import { ProviderError } from "../provider/error.ts";
import { stepParameters } from "./parameters.ts";
import type { EarlierRun, RunContext } from "./run-context.ts";

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
      inputs: context.inputs.get(step.id) ?? {},
      upstream: step.dependencies.map((id) => context.journal.step(id)?.identity ?? null),
    });
  } catch (thrown) {
    if (thrown instanceof ProviderError) return null;
    throw thrown;
  }
}

/** True for a step that began and of which nobody knows whether it ended. */
export const endIsUnknown = ({ state, error }: StepRecord): boolean => state === "running" || error?.code === "unknown";

/**
 * The number of an attempt. Of a step that was cut off the job may be found again by the same attempt, as long as all that decides on its
 * result is the same; anything else is a new one.
 */
export function nextAttempt(earlier: StepRecord | null, identity: string | null): number {
  if (earlier === null) return 1;
  const isSame = earlier.identity === undefined || earlier.identity === identity;
  return endIsUnknown(earlier) && isSame ? earlier.attempt : earlier.attempt + 1;
}

/** The record to take over, or `null` when the step is to be run. */
export async function reuseEarlierEnd(
  context: RunContext,
  step: BundleStep,
  base: Omit<StepRecord, "state">,
  identity: string | null,
): Promise<StepRecord | null> {
  const earlier = context.journal.earlier(step.id);
  const said = answerFor(context.resolutions, context.bundle.address, step.id);
  if (earlier === null) {
    const isUnknown = !context.earlierRun.isAtHand && !step.operator.repeatable;
    return said === "done" && isUnknown ? saidDone(step, base, identity) : null;
  }
  if (earlier.state === "succeeded") {
    // What follows a step that was done again in this run is done again.
    const follows = step.dependencies.some((id) => context.journal.step(id) !== context.journal.earlier(id));
    if (identity === null || earlier.identity !== identity || follows) return null;
    const gone = said === "done" ? [] : await outputsGone(context, step, earlier);
    if (gone.length === 0) return earlier;
    const text = `It was done before, and what it wrote is gone: ${gone.join(", ")}.`;
    if (step.operator.repeatable || said === "redo") {
      context.journal.log(step.id, context.clock.now().toISOString(), `${text} It is done again.`);
      return null;
    }
    return asked(context, step, base, text, undefined);
  }
  if (!endIsUnknown(earlier) || step.operator.repeatable || said === "redo") return null;
  if (said === "done") return saidDone(step, base, identity);
  return asked(context, step, base, "It is not known whether this step came to its end.", earlier.identity);
}

/** The record of a step that somebody looked at: its outputs are those that it was given as parameters. */
function saidDone(step: BundleStep, base: Omit<StepRecord, "state">, identity: string | null): StepRecord {
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

/** What was said of a step with --redo or --done, by its address or by that of its deployment. */
export const answerFor = (
  resolutions: RunContext["resolutions"],
  deployment: Address,
  step: string,
): "redo" | "done" | undefined => resolutions.get(`${deployment}/${step}`) ?? resolutions.get(deployment);

/** What is to be looked at and said; `finish`: the command that goes on. */
export const howToAnswer = (operator: string, address: string, finish: string): string =>
  `Its operator "${operator}" is not marked "repeatable". Look at what it does. Then either: ${finish} --redo ${address}; or: ${finish} --done ${address}`;

/** The record of a step about which nobody but the people who run it can tell what to do. */
function asked(
  { bundle }: RunContext,
  step: BundleStep,
  base: Omit<StepRecord, "state">,
  why: string,
  identity: string | undefined,
): StepRecord {
  const address = `${bundle.address}/${step.id}`;
  const message = `${why} ${howToAnswer(base.operator, address, "mason apply --resume")}`;
  return {
    ...base,
    state: "failed",
    error: { code: "unknown", message },
    ...(identity === undefined ? {} : { identity }),
  };
}

/** What the records of a run say of it as a whole. */
export function earlierRunOf({ steps }: Bundle, records: readonly StepRecord[]): EarlierRun {
  const done = new Set(records.flatMap(({ step, state }) => (state === "succeeded" ? [step] : [])));
  return {
    isAtHand: records.length > 0,
    tookAway: steps.some(({ id, operator }) => done.has(id) && operator.needs.includes("metastore.deleteTable")),
  };
}

/** What a step left and what is not there any more. */
async function outputsGone(
  { configs, engines, earlierRun }: RunContext,
  { configId, operator }: BundleStep,
  { outputs: { output_path: path, database_name: database, table_name: table } }: StepRecord,
): Promise<readonly string[]> {
  const config = configs.get(configId);
  if (config === undefined || earlierRun.tookAway) return [];
  const { storage, metastore } = await engines.ofConfig(config);
  const gone: string[] = [];
  if (typeof path === "string" && storage !== undefined && (await hasFiles(async () => storage, path)) === false)
    gone.push(path);
  const writesTable = operator.writes.some((touch) => "table" in touch);
  if (writesTable && metastore !== undefined && typeof database === "string" && typeof table === "string") {
    const isThere = (await metastore.getTable(database, table))?.catalogued === true;
    if (!isThere) gone.push(`${database}.${table}`);
  }
  return gone;
}
