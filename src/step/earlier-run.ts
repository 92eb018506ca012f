/** What a resumed run reuses of an earlier step: its result if nothing that decides it changed. If its end is unknown, the user must answer. */
import type { Address } from "../address.ts";
import type { Bundle, BundleStep } from "../bundle/bundle.ts";
import { hasFiles } from "../catalog/has-files.ts";
import { digest, type Json } from "../json.ts";
import type { StepRecord } from "../model/run.ts";
import { ProviderError } from "../provider/error.ts";
import { stepParameters } from "./parameters.ts";
import type { EarlierRun, RunContext } from "./run-context.ts";

/** The digest of everything that decides a step's result, or `null` if its parameters have no values. */
export function stepIdentity(
  context: RunContext,
  step: BundleStep,
  given: Readonly<Record<string, Json>>,
): string | null {
  try {
    // Permission to overwrite does not change what is written.
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

/** True for a step that began and may or may not have ended. */
export const endIsUnknown = ({ state, error }: StepRecord): boolean => state === "running" || error?.code === "unknown";

/**
 * The number of an attempt. An interrupted step keeps its number if nothing that decides its result changed, so its job can be found
 * again. Any other step gets a new number.
 */
export function nextAttempt(earlier: StepRecord | null, identity: string | null): number {
  if (earlier === null) return 1;
  const isSame = earlier.identity === undefined || earlier.identity === identity;
  return endIsUnknown(earlier) && isSame ? earlier.attempt : earlier.attempt + 1;
}

/** The record to reuse, or `null` if the step must run. */
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
    // A step that follows a repeated step is repeated too.
    const follows = step.dependencies.some((id) => context.journal.step(id) !== context.journal.earlier(id));
    if (identity === null || earlier.identity !== identity || follows) return null;
    const gone = said === "done" ? [] : await outputsGone(context, step, earlier);
    if (gone.length === 0) return earlier;
    const text = `It was done before, but its outputs are gone: ${gone.join(", ")}.`;
    if (step.operator.repeatable || said === "redo") {
      context.journal.log(step.id, context.clock.now().toISOString(), `${text} It runs again.`);
      return null;
    }
    return asked(context, step, base, text, undefined);
  }
  if (!endIsUnknown(earlier) || step.operator.repeatable || said === "redo") return null;
  if (said === "done") return saidDone(step, base, identity);
  return asked(context, step, base, "It is not known whether this step ended.", earlier.identity);
}

/** The record of a step that the user declared done. Its outputs are those that its parameters give. */
function saidDone(step: BundleStep, base: Omit<StepRecord, "state">, identity: string | null): StepRecord {
  const outputs = step.operator.outputs.flatMap(({ name }) => {
    const value = step.parameters[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...base,
    state: "succeeded",
    outputs: Object.fromEntries(outputs),
    info: ["Declared done with --done."],
    ...(identity === null ? {} : { identity }),
  };
}

/** The user's answer for a step (--redo or --done), by its address or its deployment's. */
export const answerFor = (
  resolutions: RunContext["resolutions"],
  deployment: Address,
  step: string,
): "redo" | "done" | undefined => resolutions.get(`${deployment}/${step}`) ?? resolutions.get(deployment);

/** Instructions for the user. `finish` is the command that resumes. */
export const howToAnswer = (operator: string, address: string, finish: string): string =>
  `Its operator "${operator}" is not marked "repeatable". Check what it did. Then either: ${finish} --redo ${address}; or: ${finish} --done ${address}`;

/** The record of a step that waits for the user's answer. */
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

/** Reads the facts about a run as a whole from its records. */
export function earlierRunOf({ steps }: Bundle, records: readonly StepRecord[]): EarlierRun {
  const done = new Set(records.flatMap(({ step, state }) => (state === "succeeded" ? [step] : [])));
  return {
    isAtHand: records.length > 0,
    tookAway: steps.some(({ id, operator }) => done.has(id) && operator.needs.includes("metastore.deleteTable")),
  };
}

/** Outputs of a step that no longer exist. */
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
