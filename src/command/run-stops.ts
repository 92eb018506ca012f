/** What refuses a run by hand before it starts: the same checks of effects that a plan makes. */
import type { Address } from "../address.ts";
import type { Bundle } from "../bundle/bundle.ts";
import { type ResolvedBundle, resolveBundles } from "../bundle/resolve-deployments.ts";
import { unorderedSteps } from "../bundle/step-order.ts";
import { type Diagnostic, error } from "../diagnostic/diagnostic.ts";
import { type FilesAt, filesAt } from "../facts/written-files.ts";
import { openCache } from "../io/cache.ts";
import { createOutputLists } from "../io/output-lists.ts";
import { filesReplaced, type NamedPath, replacedPaths, wouldDeleteForeign } from "../plan/drift/foreign-files.ts";
import { watchesOutputs } from "../plan/drift/outputs.ts";
import { movesOf } from "../plan/moves.ts";
import type { EffectGuard } from "../plan/stops/effects.ts";
import type { GuardInput } from "../plan/stops/guarded.ts";
import { outputsAbove } from "../plan/stops/outputs-above-others.ts";
import { isNamedBy } from "../plan/targets.ts";
import { findConfig, type Project } from "../project/project.ts";
import type { Entry, State } from "../state/state.ts";

/** The paths that a run may write, and the errors of its effects. */
export interface RunStops {
  readonly diagnostics: readonly Diagnostic[];
  readonly paths: readonly NamedPath[];
}

/** The project of a run by hand, and where its `.mason` lies. */
export interface HandRun extends GuardInput {
  readonly masonDirectory: string;
  /** The addresses whose loss was allowed so far. */
  readonly used: ReadonlySet<Address>;
  /** The paths that a deployment may write again. */
  readonly ownPaths: ReadonlySet<string>;
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
  const foreign = effects.length > 0 ? [] : await foreignFiles(resolved, hand);
  return { diagnostics: [...effects, ...foreign], paths };
}

/** True if the run may delete files of others in its outputs. */
export function mayDelete({ project, allowed, used }: HandRun, { address }: Bundle): boolean {
  const resource = project.resources.get(address);
  const isIgnored = resource?.kind === "deployment" && !watchesOutputs(resource);
  return isNamedBy(allowed, address) || used.size > 0 || isIgnored;
}

/** The error of files that the run would delete, and that no run is known to have written. */
async function foreignFiles(resolved: readonly ResolvedBundle[], hand: HandRun): Promise<readonly Diagnostic[]> {
  const { project, engines, state, ownPaths, masonDirectory } = hand;
  const lists = createOutputLists(masonDirectory);
  const diagnostics: Diagnostic[] = [];
  for (const { bundle, writes } of resolved) {
    const { address } = bundle;
    if (mayDelete(hand, bundle)) continue;
    const run = { bundle, writes, state, lists, ownPaths, entry: entryOf(project, state, address) };
    const found = new Map<NamedPath, FilesAt | null>();
    for (const place of replacedPaths(run)) {
      const config = findConfig(project, place.configId);
      const storage = config === null ? undefined : (await engines.ofConfig(config)).storage;
      const there = storage === undefined ? null : await filesAt(async () => storage, place.path);
      if (there !== "denied") found.set(place, there);
    }
    const { foreign } = filesReplaced(run, (place) => found.get(place));
    if (foreign.size > 0) diagnostics.push(error({ ...wouldDeleteForeign(address, foreign), address }));
  }
  return diagnostics;
}

/** The entry of a deployment, under its former name too. */
const entryOf = (project: Project, state: State | null, address: Address): Entry | undefined =>
  state?.resources.get(movesOf(project, state).moves.get(address) ?? address);
