/** What refuses a run by hand before it starts: the same checks of effects that a plan makes. */
import type { Bundle } from "../bundle/bundle.ts";
import { resolveBundles } from "../bundle/resolve-deployments.ts";
import { unorderedSteps } from "../bundle/step-order.ts";
import type { Diagnostic } from "../diagnostic/diagnostic.ts";
import { openCache } from "../io/cache.ts";
import { effectGuard, type GuardInput } from "../plan/stops/effects.ts";
import { outputsAbove } from "../plan/stops/outputs-above-others.ts";

/** The errors of a bundle's effects. */
export async function runStops(
  masonDirectory: string,
  bundle: Bundle,
  input: GuardInput,
): Promise<readonly Diagnostic[]> {
  const { project, engines } = input;
  const cache = openCache(masonDirectory, "sql", false);
  const resolved = await resolveBundles(project, [bundle], { engines, cache, asksSystems: true });
  cache.save();
  const guard = effectGuard(input);
  return resolved.flatMap((parts) => [
    ...guard(parts),
    ...unorderedSteps(parts),
    ...outputsAbove({ project, engines, deployments: new Map([[bundle.address, parts]]) }),
  ]);
}
