/** What refuses a run by hand before it starts: the same checks of effects that a plan makes. */
import type { Bundle } from "../bundle/bundle.ts";
import { resolveBundles } from "../bundle/resolve-deployments.ts";
import { unorderedSteps } from "../bundle/step-order.ts";
import type { Diagnostic } from "../diagnostic/diagnostic.ts";
import { openCache } from "../io/cache.ts";
import type { EffectGuard, GuardInput } from "../plan/stops/effects.ts";
import { outputsAbove } from "../plan/stops/outputs-above-others.ts";

/** The errors of a bundle's effects; `guard` is the one that its steps ask again. */
export async function runStops(
  masonDirectory: string,
  bundle: Bundle,
  { project, engines }: Pick<GuardInput, "project" | "engines">,
  guard: EffectGuard,
): Promise<readonly Diagnostic[]> {
  const cache = openCache(masonDirectory, "sql", false);
  const resolved = await resolveBundles(project, [bundle], { engines, cache, asksSystems: true });
  cache.save();
  return resolved.flatMap((parts) => [
    ...guard(parts),
    ...unorderedSteps(parts),
    ...outputsAbove({ project, engines, deployments: new Map([[bundle.address, parts]]) }),
  ]);
}
