/** What refuses a run by hand before it starts: the same checks of effects that a plan makes. */
import { type Address, kindOf } from "../address.ts";
import { type Bundle, stepsOfMason } from "../bundle/bundle.ts";
import { type NamedPlace, type PathPlace, placeKey, withoutKind } from "../bundle/effects.ts";
import { type ResolvedBundle, resolveBundles } from "../bundle/resolve-deployments.ts";
import { unorderedSteps } from "../bundle/step-order.ts";
import { type Diagnostic, error } from "../diagnostic/diagnostic.ts";
import { filesAt } from "../facts/written-files.ts";
import { openCache } from "../io/cache.ts";
import { createOutputLists } from "../io/output-lists.ts";
import type { OutputLists } from "../model/run.ts";
import { outputsOf } from "../plan/drift/outputs.ts";
import { wouldDeleteForeign, writtenDrift, writtenRecord } from "../plan/drift/written-path.ts";
import type { EffectGuard, GuardInput } from "../plan/stops/effects.ts";
import { outputsAbove } from "../plan/stops/outputs-above-others.ts";
import { isNamedBy } from "../plan/targets.ts";
import { findConfig } from "../project/project.ts";
import type { InputRecord } from "../state/state.ts";

/** The paths that a run may write, and the errors of its effects. */
export interface RunStops {
  readonly diagnostics: readonly Diagnostic[];
  readonly paths: readonly NamedPath[];
}

type NamedPath = NamedPlace & PathPlace;

/** The project of a run by hand, and where its `.mason` lies. */
export interface HandRun extends GuardInput {
  readonly masonDirectory: string;
  /** The addresses whose loss was allowed so far. */
  readonly used: ReadonlySet<Address>;
}

/** Checks a bundle's effects; `guard` is the one that its steps ask again. */
export async function runStops(bundle: Bundle, hand: HandRun, guard: EffectGuard): Promise<RunStops> {
  const { project, engines, masonDirectory } = hand;
  const cache = openCache(masonDirectory, "sql", false);
  const resolved = await resolveBundles(project, [bundle], { engines, cache, asksSystems: true });
  cache.save();
  const paths = resolved.flatMap(({ writes }) => writes.filter((place): place is NamedPath => place.kind === "path"));
  const effects = resolved.flatMap((parts) => [
    ...guard(parts),
    ...unorderedSteps(parts),
    ...outputsAbove({ project, engines, deployments: new Map([[bundle.address, parts]]) }),
  ]);
  const foreign = effects.length > 0 ? [] : await foreignFiles(resolved, paths, hand);
  return { diagnostics: [...effects, ...foreign], paths };
}

/** The error of files that the run would delete, and that no run is known to have written. */
async function foreignFiles(
  resolved: readonly ResolvedBundle[],
  paths: readonly NamedPath[],
  { project, engines, state, allowed, used, masonDirectory }: HandRun,
): Promise<readonly Diagnostic[]> {
  const lists = createOutputLists(masonDirectory);
  const diagnostics: Diagnostic[] = [];
  for (const { bundle } of resolved) {
    const ofMason = stepsOfMason(bundle);
    const foreign = new Map<string, readonly string[]>();
    for (const place of paths.filter(({ steps }) => steps.some((step) => ofMason.has(step)))) {
      const config = findConfig(project, place.configId);
      const storage = config === null ? undefined : (await engines.ofConfig(config)).storage;
      const found = storage === undefined ? null : await filesAt(async () => storage, place.path);
      if (found === null || found === "denied" || found.fingerprint === null) continue;
      const before = recordOf(place, bundle, state, lists) ?? (used.size > 0 || isFree(bundle, place) ? null : noFiles);
      if (before === null) continue;
      const { foreign: names } = writtenDrift(before, found, (of) => lists.get(placeKey(place), of), "");
      if (names.length > 0) foreign.set(withoutKind(place.name), names);
    }
    if (foreign.size > 0 && !isNamedBy(allowed, bundle.address))
      diagnostics.push(error({ ...wouldDeleteForeign(bundle.address, foreign), address: bundle.address }));
  }
  return diagnostics;
}

/** The record of a path that no run is known to have written. */
const noFiles: InputRecord = { digest: "", files: 0, bytes: 0 };

/** True if the run by hand replaces nothing at the path: it may not, or a deployment owns what is there. */
const isFree = ({ address, steps }: Bundle, { steps: writers }: NamedPath): boolean =>
  kindOf(address) === "deployment" ||
  !steps.some(({ id, parameters }) => writers.includes(id) && parameters.overwrite === true);

/** What the last run left at a path: of this deployment, or of another one that is known to have written there. */
function recordOf(
  place: NamedPath,
  { address }: Bundle,
  state: GuardInput["state"],
  lists: OutputLists,
): InputRecord | null {
  for (const [of, entry] of state?.resources ?? []) {
    const record = writtenRecord(outputsOf(entry)[place.name]);
    if (record !== null && (of === address || lists.get(placeKey(place), record.digest) !== null)) return record;
  }
  return null;
}
