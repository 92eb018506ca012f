/** Parameters of steps as they are known before the run. An output that a step takes from its own parameters is known too. */
import { dependencyOrder } from "../graph/order.ts";
import type { Json } from "../json.ts";
import { fillReferences, hasReference, type Reference, referencesIn } from "../model/references.ts";
import { allParameters } from "../operator/definition.ts";
import { tableNameFrom } from "../operator/register/location.ts";
import type { Dialect } from "../sql/dialect.ts";
import type { Bundle, BundleStep } from "./bundle.ts";
import { outputType } from "./fill-sql.ts";
import { type HoleValue, type PlannedSql, plannedSql, type RunHole, runHole } from "./planned-sql.ts";

/** Parameters of one step, with all known values filled in. */
export interface Predicted {
  readonly parameters: Readonly<Record<string, Json>>;
  /** Names of parameters that are known after apply. */
  readonly unknown: ReadonlySet<string>;
  /** Parameters of type `sql`, by name. One whose holes are values counts as known, with samples in their place. */
  readonly sql: ReadonlyMap<string, PlannedSql>;
}

/** The dialect of a step's SQL; `null` without an execution engine. */
export type DialectOf = (step: BundleStep) => Dialect | null;

/** Predicted parameters by step, earlier steps first. */
export function predictParameters(bundle: Bundle, dialectOf: DialectOf): ReadonlyMap<string, Predicted> {
  const steps = new Map(bundle.steps.map((step) => [step.id, step]));
  const { order } = dependencyOrder(new Map(bundle.steps.map((step) => [step.id, step.dependencies])));
  const predicted = new Map<string, Predicted>();
  for (const id of order) {
    const step = steps.get(id);
    if (step !== undefined) predicted.set(id, predictStep(step, bundle.steps, predicted, dialectOf(step)));
  }
  return predicted;
}

type Earlier = ReadonlyMap<string, Predicted>;

function predictStep(
  step: BundleStep,
  steps: readonly BundleStep[],
  earlier: Earlier,
  dialect: Dialect | null,
): Predicted {
  const unknown = new Set<string>();
  const sql = new Map<string, PlannedSql>();
  const types = new Map(allParameters(step.operator).map((spec) => [spec.name, spec.type]));
  const filled = Object.entries(step.parameters).map(([name, value]): [string, Json] => {
    if (types.get(name) === "sql" && dialect !== null && typeof value === "string") {
      const planned = plannedSql(value, name, dialect, (reference) => sqlValue(reference, steps, earlier));
      if (planned !== null) sql.set(name, planned);
      if (planned?.isOpen === false) return [name, planned.sample];
    }
    if (!mayHold(value)) return [name, value];
    const after = fillReferences(value, name, (reference) => knownText(reference, earlier), { literals: false });
    if (referencesIn(after, name).length > 0) unknown.add(name);
    return [name, after];
  });
  return { parameters: withNames(step, Object.fromEntries(filled), unknown), unknown, sql };
}

/** The value of an output that is a parameter of its step. Fields of the run may stay in it: they mean the same in every step. */
function knownText(reference: Reference, earlier: Earlier): Json | undefined {
  if (reference.kind !== "pull" && reference.kind !== "output") return undefined;
  const source = earlier.get(reference.step);
  const value = source?.parameters[reference.name];
  if (value === undefined || source?.unknown.has(reference.name) !== true) return value;
  return referencesIn(value, reference.name).every(({ kind }) => kind === "run") ? value : undefined;
}

/** The value of a reference in SQL, or the hole that it leaves. */
function sqlValue(reference: Reference, steps: readonly BundleStep[], earlier: Earlier): HoleValue | undefined {
  if (reference.kind === "run") return runHole(reference.field);
  if (reference.kind === "resource") return undefined;
  const type = outputType(steps, reference);
  const value = knownText(reference, earlier);
  if (value === undefined) return { hole: type ?? "string" };
  const rest = type === undefined ? {} : { type };
  if (typeof value !== "string")
    return hasReference(JSON.stringify(value)) ? { hole: type ?? "string" } : { value, ...rest };
  if (referencesIn(value, reference.name).length === 0) return { value: value.replaceAll("$${", "${"), ...rest };
  return { hole: type ?? "string", glob: globOf(value), sample: sampleOf(value) };
}

/** A text with holes as a pattern of paths. */
export const globOf = (text: string): string => filledText(text, (hole) => hole?.glob ?? "**");

/** A text with something like the run's values in its holes. */
export const sampleOf = (text: string): string => filledText(text, (hole) => hole?.sample ?? "text");

const filledText = (text: string, fill: (hole: RunHole | null) => string): string =>
  String(
    fillReferences(text, "", (reference) => fill(reference.kind === "run" ? runHole(reference.field) : null), {
      literals: true,
    }),
  );

/** Adds the names that tables take from the paths of their files. */
function withNames(
  step: BundleStep,
  parameters: Readonly<Record<string, Json>>,
  unknown: Set<string>,
): Readonly<Record<string, Json>> {
  const names = allParameters(step.operator).flatMap(({ name, namedAfter }): [string, Json][] => {
    if (namedAfter === undefined || parameters[name] !== undefined) return [];
    if (unknown.has(namedAfter)) unknown.add(name);
    const path = unknown.has(namedAfter) ? undefined : parameters[namedAfter];
    const found = typeof path === "string" ? tableNameFrom(path) : null;
    return found === null ? [] : [[name, found]];
  });
  return names.length === 0 ? parameters : { ...parameters, ...Object.fromEntries(names) };
}

const mayHold = (value: Json): boolean => typeof value === "object" || hasReference(value);
