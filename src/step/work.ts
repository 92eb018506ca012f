/** Does the work of one step once: a built-in operator, SQL, or a module of the project. */
import type { BundleStep } from "../bundle/bundle.ts";
import { declaredEffects, placeLabel, type TableOrPath, tablePlace } from "../bundle/effects.ts";
import type { Engines } from "../engine/engines.ts";
import type { Work } from "../job/job.ts";
import type { Job } from "../model/job.ts";
import type { StepJob } from "../model/run.ts";
import { withoutSecrets } from "../model/secret.ts";
import { noDeclaredTables } from "../operator/declared/declared-tables.ts";
import { allParameters, operatorName } from "../operator/definition.ts";
import type { OperatorContext, OperatorModule, OperatorResult, Parameters } from "../operator/operator.ts";
import { dialectOf } from "../operator/source/source.ts";
import { ProviderError } from "../provider/error.ts";
import { type BindValue, bindSql } from "../sql/bind.ts";
import { computeJob } from "./compute-job.ts";
import { declaredVerbs } from "./declared-verbs.ts";
import { withMismatches } from "./mismatches.ts";
import { moduleResult, thrownText } from "./module-result.ts";
import type { RunContext } from "./run-context.ts";
import { compute } from "./wait-for-job.ts";

/** One try of a step. */
export interface Try {
  readonly step: BundleStep;
  readonly parameters: Parameters;
  /** Names this try: `[a-z0-9-]+`. */
  readonly token: string;
  /** Tokens of interrupted tries that this one replaces. */
  readonly supersedes: readonly string[];
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
  readonly progress: (part: number) => void;
}

/** The operator's result. Throws ProviderError if it failed. */
export async function stepWork(context: RunContext, attempt: Try): Promise<OperatorResult> {
  const { step } = attempt;
  const config = context.configs.get(step.configId);
  if (config === undefined) throw new ProviderError("invalid", `Config "${step.configId}" is not known here.`);
  const engines = await context.engines.ofConfig(config);
  const { work, namespace, command } = step.operator;
  if (work.kind === "module") return moduleWork(context, attempt, engines);
  const builtin = work.kind === "sql" ? context.builtin("table", "query") : context.builtin(namespace, command);
  if (builtin === null)
    throw new ProviderError(
      "unsupported",
      `This version of Mason has no operator "${operatorName(step.operator)}". Use the version that made the plan.`,
    );
  const { find = "none", takes = "jobs" } = context.engines.recordOf(config, "execution")?.manifest.execution ?? {};
  const parameters =
    work.kind === "sql"
      ? sqlParameters(work.sql, step, attempt.parameters, engines, builtin.definition)
      : attempt.parameters;
  const client = context.engines.recordOf(config, "storage")?.record;
  const willWrite = async (path: string) => {
    if (client !== undefined) await context.willWrite({ step: step.id, client, path });
  };
  const mayReplace = async (path: string) => {
    const refused = client === undefined ? null : await context.mayReplace?.({ step: step.id, client, path });
    if (typeof refused === "string") throw new ProviderError("invalid", refused);
  };
  const jobs: Job[] = [];
  const given = operatorContext(context, attempt, { engines, parameters, find, takes, jobs });
  return withMismatches(await builtin.run({ ...given, willWrite, mayReplace }), jobs, context.env);
}

interface Engaged {
  readonly engines: Engines;
  readonly parameters: Parameters;
  readonly find: "token" | "name" | "none";
  readonly takes: "jobs" | "statements";
  /** Gets the jobs that ended. */
  readonly jobs: Job[];
}

function operatorContext(
  context: RunContext,
  attempt: Try,
  { engines, parameters, find, takes, jobs }: Engaged,
): OperatorContext {
  let submitted = 0;
  const submit = async (work: Work, isAnew = false): Promise<Job> => {
    submitted++;
    const token = submitted === 1 ? attempt.token : `${attempt.token}-${submitted}`;
    const earlier = isAnew ? [] : context.journal.earlier(attempt.step.id)?.jobs;
    return compute(work, {
      execution: engines.execution,
      find,
      token,
      known: earlier?.find((started) => started.token === token) ?? null,
      record: (started) => recordJob(context, attempt.step.id, { ...started, tryToken: attempt.token }),
      clock: context.clock,
      signal: attempt.signal,
      progress: attempt.progress,
    });
  };
  const config = context.configs.get(attempt.step.configId);
  return {
    parameters,
    engines,
    token: attempt.token,
    supersedes: attempt.supersedes,
    ...(context.owner === undefined ? {} : { owner: context.owner }),
    declared: config === undefined ? noDeclaredTables : context.declared(config),
    now: context.clock.now,
    signal: attempt.signal,
    asStep: context.asStep,
    log: attempt.log,
    progress: attempt.progress,
    compute: async (job) => {
      const ended = await computeJob(job, { takes, engines, submit });
      jobs.push(ended);
      return ended;
    },
  };
}

/** Adds the job to the step's record, or renews its handle there. */
function recordJob({ journal }: RunContext, id: string, job: StepJob): void {
  const record = journal.step(id);
  if (record === null) return;
  const others = record.jobs?.filter(({ token }) => token !== job.token) ?? [];
  journal.putStep({ ...record, jobs: [...others, job] });
}

/** Parameters that turn a SQL operator into a query: its text with all parameters bound, and the parameters that both share. */
function sqlParameters(
  sql: string,
  step: BundleStep,
  parameters: Parameters,
  engines: Engines,
  query: BundleStep["operator"],
): Parameters {
  const values = allParameters(step.operator).map((spec): [string, BindValue] => [
    spec.name,
    { type: spec.type, value: parameters[spec.name] },
  ]);
  const bound = bindSql(sql, Object.fromEntries(values), dialectOf(engines));
  if (!bound.ok) throw new ProviderError("invalid", bound.problems.map((problem) => problem.message).join(" "));
  const names = new Set(allParameters(query).map((spec) => spec.name));
  const shared = Object.entries(parameters).filter(([name]) => names.has(name));
  return { ...Object.fromEntries(shared), query_string: bound.sql };
}

async function moduleWork(context: RunContext, attempt: Try, engines: Engines): Promise<OperatorResult> {
  const { step } = attempt;
  if (step.operatorModule === undefined)
    throw new ProviderError(
      "invalid",
      `The module of operator "${operatorName(step.operator)}" is missing from the bundle.`,
    );
  const loaded = await context.loadModule(step.operatorModule);
  const module = operatorModule(loaded);
  if (module === null)
    throw new ProviderError(
      "invalid",
      `"${step.operatorModule.file}" exports no operator. Write: export default defineOperator({ run }).`,
    );
  const shown = (text: string) => withoutSecrets(text, context.env);
  const changed = new Set<string>();
  let given: Awaited<ReturnType<OperatorModule["run"]>>;
  try {
    given = await module.run({
      config: watchedEngines(context, attempt, engines, (place) => changed.add(placeLabel(place))),
      parameters: attempt.parameters,
      env: context.env,
      log: (line) => attempt.log(shown(line)),
      signal: attempt.signal,
    });
  } catch (thrown) {
    if (thrown instanceof ProviderError)
      throw new ProviderError(thrown.code, shown(thrown.message), { cause: thrown, retryable: thrown.retryable });
    const message = shown(thrownText(thrown));
    throw new ProviderError("failed", `Operator "${operatorName(step.operator)}" threw an error: ${message}`, {
      cause: thrown,
    });
  }
  const made = moduleResult(step, given);
  const unseen = [...changed].map(
    (name) =>
      `It changed "${shown(name)}", which its "writes" do not name, so plans can't see it. Add it to "writes" of "${operatorName(step.operator)}".`,
  );
  return { ...made, info: made.info.map(shown), warnings: [...made.warnings, ...unseen] };
}

/** The engines of a module, with the guard on what it drops. */
function watchedEngines(
  context: RunContext,
  { step, parameters }: Try,
  engines: Engines,
  onUndeclared: (place: TableOrPath) => void,
): Engines {
  const config = context.configs.get(step.configId);
  if (config === undefined) return engines;
  const known = { parameters, unknown: new Set<string>(), sql: new Map() };
  const effects = declaredEffects(step, known, config, context.engines);
  const onDrop = (database: string, table: string) => {
    const place = tablePlace(config, context.engines, database, table);
    const drops = place.kind === "table" ? [{ ...place, data: null }] : [];
    const refused =
      context.guard?.({ step: step.id, reads: [], writes: [], openWrites: [], drops }, parameters) ?? null;
    if (refused !== null) throw new ProviderError("denied", refused);
  };
  return declaredVerbs(engines, step, effects, { onUndeclared, onDrop });
}

function operatorModule(loaded: unknown): OperatorModule | null {
  const exported = (loaded as { readonly default?: unknown }).default ?? loaded;
  const run = (exported as { readonly run?: unknown } | null)?.run;
  return typeof run === "function" ? (exported as OperatorModule) : null;
}
