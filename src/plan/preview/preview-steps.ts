/** What the steps of a deployment would do, in order, each in the world that the steps before it would leave. */
import type { Bundle, BundleStep } from "../../bundle/bundle.ts";
import type { StepEffects } from "../../bundle/effects.ts";
import type { PlannedSql } from "../../bundle/planned-sql.ts";
import type { Predicted } from "../../bundle/predict-parameters.ts";
import { boundOperator, plannedTexts } from "../../bundle/sql-tables.ts";
import { type Diagnostic, error, type Place } from "../../diagnostic/diagnostic.ts";
import { dependencyOrder } from "../../graph/order.ts";
import { allParameters, operatorName } from "../../operator/definition.ts";
import type { BuiltinOperator, Preview } from "../../operator/operator.ts";
import type { ConfigResource } from "../../project/resource.ts";
import { findDialect } from "../../sql/dialect.ts";
import type { StepPlan } from "../plan.ts";
import { asDeclared } from "./as-declared.ts";
import { droppedBefore } from "./dropped-before.ts";
import { existingOutputs, linkedInput, misfitProblems, type StepProblem } from "./output-problems.ts";
import { shownEffects } from "./shown-effects.ts";
import { type DataAround, tablesWithoutFiles } from "./tables-without-files.ts";
import { certainlyUnreadable } from "./unreadable-files.ts";
import type { World } from "./world.ts";

/** The inputs of previews. */
export interface PreviewSetting {
  readonly world: World;
  readonly configs: ReadonlyMap<string, ConfigResource>;
  /** Parameters by step, as they are known before the run. */
  readonly predicted: ReadonlyMap<string, Predicted>;
  readonly builtin: (namespace: string, command: string) => BuiltinOperator | null;
  /** Where a parameter of a step is written. */
  readonly placeOf: (step: string, parameter: string | undefined) => Place | undefined;
  /** The paths that the deployment may write again. Absent: outputs that exist are not looked for. */
  readonly ownPaths?: ReadonlySet<string>;
  /** What each step touches; absent where nobody is shown it. */
  readonly effects?: readonly StepEffects[];
  /** Absent: tables without files are not looked for. */
  readonly around?: DataAround;
}

/** The steps as the plan shows them, in the order of the DAG, the errors that are certain to occur, and notes about their data. */
export async function previewSteps(
  bundle: Bundle,
  setting: PreviewSetting,
): Promise<{
  readonly steps: readonly StepPlan[];
  readonly diagnostics: readonly Diagnostic[];
  readonly notes: readonly string[];
}> {
  const { predicted } = setting;
  const { order } = dependencyOrder(new Map(bundle.steps.map((step) => [step.id, step.dependencies])));
  const byId = new Map(bundle.steps.map((step) => [step.id, step]));
  const { ownPaths, effects = [] } = setting;
  const existing = ownPaths === undefined ? null : existingOutputs(bundle, ownPaths, effects);
  const touched = new Map(effects.map((item) => [item.step, item]));
  const dropped = droppedBefore(bundle);
  const steps: StepPlan[] = [];
  const diagnostics: Diagnostic[] = [];
  const notes = new Set<string>();
  for (const id of order) {
    const step = byId.get(id);
    const known = predicted.get(id);
    if (step === undefined || known === undefined) continue;
    const config = setting.configs.get(step.configId);
    const view = config === undefined ? null : await setting.world.view(config);
    const alone = await previewStep(step, known, setting);
    const preview = view === null ? alone : asDeclared(alone, view);
    // A step that runs only after a failure does not change the world of the other steps.
    if (config !== undefined && step.when !== "failed") setting.world.make(config, preview.makes);
    const tables =
      view === null || setting.around === undefined
        ? null
        : await tablesWithoutFiles(step, known, setting.around, view);
    const output = view === null ? undefined : await existing?.look(step, known, view);
    const own = touched.get(id);
    const shown = own === undefined ? {} : { effects: shownEffects(own, output?.replaces ?? []) };
    steps.push({ ...stepPlan(step, preview), ...shown });
    for (const note of [...(preview.notes ?? []), ...(tables?.notes ?? [])]) notes.add(note);
    const problems = [
      ...preview.problems,
      ...(view === null ? [] : certainlyUnreadable(preview, step, view, setting.around)),
      ...(view === null ? [] : misfitProblems(preview, view)),
      ...(view === null ? [] : await linkedInput(preview, known, view)),
      ...(tables?.problems ?? []),
      ...(own === undefined || view === null ? [] : dropped.look(step, own, preview, view)),
      ...(output?.problems ?? []),
    ];
    diagnostics.push(...saidOnce(problems).map((problem) => problemOf(bundle, step, problem, setting)));
  }
  return { steps, diagnostics, notes: [...notes] };
}

/** Two looks at one step may find the same problem. */
const saidOnce = (problems: readonly StepProblem[]): readonly StepProblem[] => [
  ...new Map(problems.map((problem) => [`${problem.parameter} ${problem.message}`, problem])).values(),
];

const nothing: Preview = { summary: "", certainty: "unknown", statements: [], makes: [], problems: [] };

async function previewStep(step: BundleStep, predicted: Predicted, setting: PreviewSetting): Promise<Preview> {
  const config = setting.configs.get(step.configId);
  if (config === undefined) return nothing;
  const { work, namespace, command } = step.operator;
  if (work.kind === "sql") return previewSql(step, work.sql, predicted, config, setting);
  const builtin = work.kind === "builtin" ? setting.builtin(namespace, command) : null;
  if (builtin?.preview === undefined) return { ...nothing, summary: touched(step, predicted) };
  const view = await setting.world.view(config);
  const { parameters, unknown } = predicted;
  const dialect = findDialect(view.engines.execution?.dialect ?? "");
  const [text] = dialect === null ? [] : plannedTexts(step, predicted, dialect);
  const preview = builtin.preview;
  if (text === undefined || text.isOpen) return preview({ ...view, parameters, unknown });
  return previewHoles(text, (form) => {
    const texts = Object.fromEntries([...predicted.sql].map(([name, planned]) => [name, planned[form]]));
    return preview({ ...view, parameters: { ...parameters, ...texts }, unknown });
  });
}

/**
 * The preview of SQL with holes. A sample may be wrong where the value of the run is right, so a problem counts only if NULL in its place
 * gives one too.
 */
async function previewHoles(
  text: PlannedSql,
  preview: (form: "parsed" | "sample" | "loose") => Promise<Preview>,
): Promise<Preview> {
  const sample = await preview("sample");
  if (text.sample === text.shown) return sample;
  const loose = sample.problems.length > 0 ? await preview("loose") : sample;
  const isLoose = loose.problems.length < sample.problems.length;
  const typed = isLoose ? loose : sample;
  // Only this form has globs in the paths that the SQL reads: the files of other days have the columns of those to come.
  const parsed = typed.summary === "" ? typed : await preview("parsed");
  const isLike = typed.columns === undefined && parsed.columns !== undefined && parsed.problems.length === 0;
  const best = isLike ? { ...parsed, problems: typed.problems, makes: parsed.makes.map(asPredicted) } : typed;
  const isPredicted = best.certainty === "checked" && (isLoose || isLike || text.isPredicted);
  return {
    ...best,
    summary: parsed.summary,
    ...(isPredicted ? { certainty: "predicted" } : {}),
    statements: best.statements.map((sql) => ([text.sample, text.loose, text.parsed].includes(sql) ? text.shown : sql)),
  };
}

const asPredicted = (made: Preview["makes"][number]): Preview["makes"][number] =>
  "dropped" in made ? made : { ...made, isPredicted: true };

/** A SQL operator is a query whose text is bound first. */
async function previewSql(
  step: BundleStep,
  sql: string,
  predicted: Predicted,
  config: ConfigResource,
  setting: PreviewSetting,
): Promise<Preview> {
  const view = await setting.world.view(config);
  const dialect = findDialect(view.engines.execution?.dialect ?? "");
  const query = setting.builtin("table", "query");
  if (dialect === null || query?.preview === undefined) return nothing;
  const text = boundOperator(step, sql, predicted, dialect);
  if (text === null || text.isOpen) return { ...nothing, summary: touched(step, predicted) };
  const [found] = (await view.engines.execution?.references?.([text.parsed])) ?? [];
  // The engine may understand it, and the operator says what it reads.
  if (found?.ok === false && found.undecided === true && step.operator.reads.length > 0)
    return { ...nothing, summary: touched(step, predicted), statements: [text.shown] };
  const names = new Set(allParameters(query.definition).map((spec) => spec.name));
  const given = Object.fromEntries(Object.entries(predicted.parameters).filter(([name]) => names.has(name)));
  const preview = query.preview;
  return previewHoles(text, (form) =>
    preview({ ...view, parameters: { ...given, query_string: text[form] }, unknown: predicted.unknown }),
  );
}

/** What a step's declaration says it reads and writes: `raw/orders -> out/orders`. */
function touched(step: BundleStep, { parameters, unknown }: Predicted): string {
  const side = (touches: BundleStep["operator"]["reads"]) =>
    touches
      .map((touch) => ("table" in touch ? touch.table : touch.path))
      .map((text) =>
        text.replace(/\$\{([^}]*)\}/g, (match, name: string) =>
          unknown.has(name) ? "(known after apply)" : parameters[name] === undefined ? match : String(parameters[name]),
        ),
      )
      .filter((text) => !text.includes("${"))
      .join(", ");
  const [reads, writes] = [side(step.operator.reads), side(step.operator.writes)];
  return [reads, writes].filter((text) => text !== "").join(" -> ");
}

const stepPlan = (step: BundleStep, preview: Preview): StepPlan => ({
  id: step.id,
  operator: operatorName(step.operator),
  summary: preview.summary,
  ...(step.when === "succeeded" ? {} : { when: step.when }),
  ...(preview.columns === undefined ? {} : { columns: preview.columns }),
  certainty: preview.certainty,
  statements: preview.statements,
  raw: allParameters(step.operator).flatMap((spec) =>
    spec.type === "sql" && step.operator.work.kind === "sql" && step.parameters[spec.name] !== undefined
      ? [spec.name]
      : [],
  ),
});

function problemOf(bundle: Bundle, step: BundleStep, problem: StepProblem, setting: PreviewSetting): Diagnostic {
  const place = setting.placeOf(step.id, problem.parameter);
  return error({
    code: "step/would-fail",
    summary: "Step would fail",
    detail: `Step "${step.id}" (${operatorName(step.operator)}) would fail: ${problem.message}${problem.output === undefined ? "" : afterLoss(bundle.address)}`,
    address: `${bundle.address}/${step.id}`,
    ...(problem.output === undefined ? {} : { inTheWay: { output: problem.output } }),
    ...(place === undefined ? {} : { place }),
  });
}

/** The way out for a deployment that made the output itself, before its lockfile was lost. */
const afterLoss = (address: string): string =>
  ` If "${address}" made it and the lockfile was lost, take it over with "mason state import ${address}".`;
