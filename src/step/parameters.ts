/** The parameters of a step when it starts: with outputs of earlier steps and fields of the run filled in, and checked again. */
import type { BundleStep } from "../bundle/bundle.ts";
import { fillSql, outputType, sqlText, textWithin } from "../bundle/fill-sql.ts";
import type { Json } from "../json.ts";
import { normalPath } from "../model/path.ts";
import { fillReferences, hasReference, type Reference, referencesIn } from "../model/references.ts";
import { checkParameters, withDefaults } from "../operator/check-parameters.ts";
import { allParameters } from "../operator/definition.ts";
import type { Parameters } from "../operator/operator.ts";
import { ProviderError } from "../provider/error.ts";
import { type Dialect, requireDialect } from "../sql/dialect.ts";
import { QuoteError } from "../sql/quote.ts";
import type { RunContext } from "./run-context.ts";

/** The values, overlaid with those that a step module gave. Throws ProviderError `invalid` if a reference has no value. */
export function stepParameters(
  context: RunContext,
  step: BundleStep,
  given: Readonly<Record<string, Json>>,
): Parameters {
  const types = new Map(allParameters(step.operator).map((spec) => [spec.name, spec.type]));
  const values = { ...step.parameters, ...given };
  const filled = Object.entries(values).map(([name, value]): [string, Json] => {
    if (types.get(name) === "sql" && typeof value === "string") return [name, sqlFilled(context, step, name, value)];
    return [name, fillReferences(value, name, (reference) => referenced(context, reference), { literals: true })];
  });
  const holds =
    Object.entries(values).some(([name, value]) => referencesIn(value, name).length > 0) ||
    Object.keys(given).length > 0;
  // Checked before unknown names are dropped: a step module may give one.
  if (holds) requireFit(step, Object.fromEntries(filled));
  return writingAgain(context, step, withDefaults(step.operator, Object.fromEntries(filled)));
}

/** Allows a deployment to overwrite what it wrote before. */
function writingAgain({ ownPaths }: RunContext, step: BundleStep, parameters: Parameters): Parameters {
  const { output_path: path } = parameters;
  // A SQL operator runs as a query, which has this parameter.
  const takes =
    step.operator.work.kind === "sql" || step.operator.parameters.optional.some((spec) => spec.name === "overwrite");
  return takes && typeof path === "string" && ownPaths.has(normalPath(path) ?? path)
    ? { ...parameters, overwrite: true }
    : parameters;
}

function dialectOf(context: RunContext, step: BundleStep): Dialect {
  const config = context.configs.get(step.configId);
  const manifest = config === undefined ? undefined : context.engines.recordOf(config, "execution")?.manifest;
  if (manifest?.execution !== undefined) return requireDialect(manifest.execution.dialect);
  throw new ProviderError(
    "unsupported",
    `Config "${step.configId}" has no execution engine, so no value can be written into the SQL of step "${step.id}". Set "execution_engine", or write the value into the SQL.`,
  );
}

function sqlFilled(context: RunContext, step: BundleStep, name: string, sql: string): string {
  if (!hasReference(sql)) return sql;
  const dialect = dialectOf(context, step);
  try {
    return fillSql(sql, name, dialect, (reference, quotes) => {
      const value = referenced(context, reference);
      if (quotes !== null) return textWithin(value, quotes);
      return sqlText(value, outputType(context.bundle.steps, reference), dialect);
    });
  } catch (thrown) {
    if (!(thrown instanceof QuoteError)) throw thrown;
    throw new ProviderError("invalid", `A value can't be written into the SQL of "${name}": ${thrown.message}`);
  }
}

function referenced(context: RunContext, reference: Reference): Json {
  if (reference.kind === "run") {
    const value = (context.times as unknown as Readonly<Record<string, string>>)[reference.field];
    if (value !== undefined) return value;
  } else if (reference.kind !== "resource") {
    const record = context.journal.step(reference.step);
    const value = record?.outputs[reference.name];
    if (value !== undefined) return value;
    const why =
      record === null
        ? "has not run"
        : record.state === "succeeded"
          ? `gave no output "${reference.name}"`
          : `${record.state === "skipped" ? "was" : "has"} ${record.state}`;
    throw new ProviderError("invalid", `"${reference.text}" has no value: step "${reference.step}" ${why}.`);
  }
  throw new ProviderError("invalid", `"${reference.text}" has no value in this run. Use a reference that has one.`);
}

function requireFit(step: BundleStep, parameters: Parameters): void {
  const problems = checkParameters(step.operator, parameters);
  const [first] = problems;
  if (first !== undefined) throw new ProviderError("invalid", first.detail);
}
