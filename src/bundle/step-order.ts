/** Steps of one bundle that touch one place without an order between them: which of them comes first is left to chance. */
import { type Diagnostic, error } from "../diagnostic/diagnostic.ts";
import type { BundleStep } from "./bundle.ts";
import { ofRun, type Place, placeLabel, type StepEffects } from "./effects.ts";
import { indexPlaces } from "./place-index.ts";
import type { ResolvedBundle } from "./resolve-deployments.ts";

/** An error for each pair of unordered steps of which one writes what the other one reads or writes. */
export function unorderedSteps({ bundle, effects }: Pick<ResolvedBundle, "bundle" | "effects">): readonly Diagnostic[] {
  if (bundle.steps.length < 2) return [];
  const steps = new Map(bundle.steps.map((step) => [step.id, step]));
  const writers = indexPlaces(effects, ({ writes }) => writes);
  const openWriters = indexPlaces(effects, ({ openWrites }) => ofRun(openWrites));
  const ancestors = ancestorsIn(steps);
  const told = new Set<string>();
  const problems: Diagnostic[] = [];
  const look = (own: StepEffects, place: Place, others: Iterable<StepEffects>, verb: "reads" | "writes") => {
    for (const { step: other } of others) {
      const pair = [own.step, other].sort().join(" ");
      if (other === own.step || told.has(pair)) continue;
      if (ancestors(own.step).has(other) || ancestors(other).has(own.step)) continue;
      if (areExclusive(steps.get(own.step), steps.get(other))) continue;
      told.add(pair);
      problems.push(unordered(bundle.address, { first: other, second: own.step, verb, place }));
    }
  };
  for (const own of effects) {
    for (const place of own.writes) look(own, place, writers.touching(place), "writes");
    for (const place of own.reads) look(own, place, writers.touching(place), "reads");
    // The value of a hole is not known yet: what only may overlap needs no order.
    for (const place of ofRun(own.openWrites)) look(own, place, writers.meeting(place), "writes");
    for (const place of [...own.writes, ...ofRun(own.openWrites)])
      look(own, place, openWriters.meeting(place), "writes");
    for (const place of own.reads) look(own, place, openWriters.touching(place), "reads");
  }
  return problems;
}

function unordered(
  address: string,
  { first, second, verb, place }: { first: string; second: string; verb: "reads" | "writes"; place: Place },
): Diagnostic {
  return error({
    code: "deployment/unordered-steps",
    summary: "Steps without an order",
    detail: `Step "${first}" of "${address}" writes "${placeLabel(place)}", which step "${second}" ${verb}, and neither depends on the other, so either may come first. Add "dependencies: [${first}]" to step "${second}", or give one of them another place.`,
    address: `${address}/${second}`,
  });
}

/** The steps that a step waits for, directly or not. Each is computed once, when it is first needed. */
function ancestorsIn(steps: ReadonlyMap<string, BundleStep>): (id: string) => ReadonlySet<string> {
  const known = new Map<string, ReadonlySet<string>>();
  return (id) => {
    const before = known.get(id);
    if (before !== undefined) return before;
    const found = new Set<string>();
    const open = [...directOf(steps.get(id))];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (found.has(next)) continue;
      found.add(next);
      open.push(...directOf(steps.get(next)));
    }
    known.set(id, found);
    return found;
  };
}

const directOf = (step: BundleStep | undefined): readonly string[] => [
  ...(step?.dependencies ?? []),
  ...(step?.gates ?? []).flatMap((gate) => gate.dependencies),
];

/** True if one of two steps runs only when a step failed and the other only when it succeeded. */
function areExclusive(a: BundleStep | undefined, b: BundleStep | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  const [failed, succeeded] = a.when === "failed" ? [a, b] : [b, a];
  if (failed.when !== "failed" || succeeded.when !== "succeeded") return false;
  // The one needs all of its dependencies to succeed, the other needs one of its own to fail.
  return failed.dependencies.every((id) => succeeded.dependencies.includes(id));
}
