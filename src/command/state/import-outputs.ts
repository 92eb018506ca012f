/** Takes the files in a deployment's outputs into the state as its own, so that a run may replace those that others put there. */
import type { Address } from "../../address.ts";
import { makeBundle } from "../../bundle/make-bundle.ts";
import { resolveBundles } from "../../bundle/resolve-deployments.ts";
import { fail } from "../../diagnostic/diagnostic.ts";
import { type LeftPath, leftAtPaths } from "../../facts/left-by-run.ts";
import { openCache } from "../../io/cache.ts";
import { createOutputLists } from "../../io/output-lists.ts";
import { isObject } from "../../json.ts";
import { findConfig } from "../../project/project.ts";
import type { DeploymentResource } from "../../project/resource.ts";
import type { Entry, State } from "../../state/state.ts";
import type { CommandWorld } from "../command-world.ts";
import { enginesFor, type Loaded } from "../project/load-project.ts";
import { bundleModules } from "../project/modules.ts";
import { changeState } from "./change.ts";
import { openBackend } from "./open-backend.ts";

/** Records the files that are now in the outputs of a deployment that Mason runs itself. */
export async function importOutputs(
  world: CommandWorld,
  loaded: Loaded,
  deployment: DeploymentResource,
): Promise<void> {
  const { address } = deployment;
  const left = await outputsNow(world, loaded, deployment);
  const backend = await openBackend(world, loaded.project);
  await changeState(world, backend, "state import", (state) => {
    const entry = requireRun(state, address);
    const outputs = Object.fromEntries(left.map(({ name, record }) => [name, record]));
    const before = isObject(entry.object?.outputs) ? entry.object.outputs : {};
    const object = { ...entry.object, outputs: { ...before, ...outputs } };
    return { ...state, resources: new Map([...state.resources, [address, { ...entry, object }]]) };
  });
  const lists = createOutputLists(loaded.masonDirectory);
  for (const { list } of left) if (list !== undefined) lists.put(list);
}

async function outputsNow(
  world: CommandWorld,
  { project, bodyOf, masonDirectory }: Loaded,
  deployment: DeploymentResource,
): Promise<readonly LeftPath[]> {
  const modules = await bundleModules(project, masonDirectory);
  const engines = enginesFor(world, project);
  const cache = openCache(masonDirectory, "sql", false);
  try {
    const bundle = makeBundle(project, bodyOf(deployment), deployment, modules.modules, engines);
    const [parts] = await resolveBundles(project, [bundle], { engines, cache, asksSystems: true });
    const paths = (parts?.writes ?? []).flatMap((place) => (place.kind === "path" ? [place] : []));
    return await leftAtPaths({ bundle, paths, run: "import", configOf: (id) => findConfig(project, id) }, engines);
  } finally {
    await engines.close();
  }
}

function requireRun(state: State, address: Address): Entry {
  const entry = state.resources.get(address);
  return (
    entry ??
    fail({
      code: "import/not-run",
      summary: "Deployment has not run",
      detail: `"${address}" has not run yet, so it has no outputs in the state. Run "mason apply"; its first run replaces what is there only with "overwrite: true".`,
    })
  );
}
