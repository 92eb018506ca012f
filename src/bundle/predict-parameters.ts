/** Parameters of steps as they are known before the run. An output that a step takes from its own parameters is known too. */
import { dependencyOrder } from "../graph/order.ts";
import type { Json } from "../json.ts";
import { fillReferences, hasReference, referencesIn } from "../model/references.ts";
import { allParameters } from "../operator/definition.ts";
import { tableNameFrom } from "../operator/register/location.ts";
import type { Bundle, BundleStep } from "./bundle.ts";

/** Parameters of one step, with all known values filled in. */
export interface Predicted {
  readonly parameters: Readonly<Record<string, Json>>;
  /** Names of parameters that are known after apply. */
  readonly unknown: ReadonlySet<string>;
}

/** Predicted parameters by step, earlier steps first. */
export function predictParameters(bundle: Bundle): ReadonlyMap<string, Predicted> {
  const steps = new Map(bundle.steps.map((step) => [step.id, step]));
  const { order } = dependencyOrder(new Map(bundle.steps.map((step) => [step.id, step.dependencies])));
  const predicted = new Map<string, Predicted>();
  for (const id of order) {
    const step = steps.get(id);
    if (step !== undefined) predicted.set(id, predictStep(step, predicted));
  }
  return predicted;
}

function predictStep(step: BundleStep, earlier: ReadonlyMap<string, Predicted>): Predicted {
  const unknown = new Set<string>();
  const filled = Object.entries(step.parameters).map(([name, value]): [string, Json] => {
    if (!mayHold(value)) return [name, value];
    const after = fillReferences(
      value,
      name,
      (reference) => {
        if (reference.kind !== "pull" && reference.kind !== "output") return undefined;
        const source = earlier.get(reference.step);
        return source === undefined || source.unknown.has(reference.name)
          ? undefined
          : source.parameters[reference.name];
      },
      { literals: false },
    );
    if (referencesIn(after, name).length > 0) unknown.add(name);
    return [name, after];
  });
  return { parameters: withNames(step, Object.fromEntries(filled), unknown), unknown };
}

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
