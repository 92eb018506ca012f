/** Takes the files in a deployment's outputs into the state as its own, so that a run may replace those that others put there. */
import type { Bundle } from "../../bundle/bundle.ts";
import { withoutKind } from "../../bundle/effects.ts";
import { makeBundle } from "../../bundle/make-bundle.ts";
import { resolveBundles } from "../../bundle/resolve-deployments.ts";
import { fail } from "../../diagnostic/diagnostic.ts";
import { type LeftPath, leftAtPaths } from "../../facts/left-by-run.ts";
import { declaredDependencies } from "../../graph/build.ts";
import { invariant } from "../../invariant.ts";
import { openCache } from "../../io/cache.ts";
import { createOutputLists } from "../../io/output-lists.ts";
import { isObject } from "../../json.ts";
import type { ClientRecord } from "../../model/client-record.ts";
import { deploymentDraft } from "../../plan/kinds/deployment-run.ts";
import { findConfig } from "../../project/project.ts";
import type { ConfigResource, DeploymentResource } from "../../project/resource.ts";
import type { Entry } from "../../state/state.ts";
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
  config: ConfigResource,
): Promise<void> {
  const { address } = deployment;
  const { left, bundle, client } = await outputsNow(world, loaded, deployment, config);
  const backend = await openBackend(world, loaded.project);
  await changeState(world, backend, "state import", (state) => {
    const entry = state.resources.get(address) ?? notRun(loaded, deployment, { left, bundle, client });
    const outputs = Object.fromEntries(left.map(({ name, record }) => [name, record]));
    const before = isObject(entry.object?.outputs) ? entry.object.outputs : {};
    const object = { ...entry.object, outputs: { ...before, ...outputs } };
    return { ...state, resources: new Map([...state.resources, [address, { ...entry, object }]]) };
  });
  const lists = createOutputLists(loaded.masonDirectory);
  for (const { list } of left) if (list !== undefined) lists.put(list);
}

/** What is at the output paths of a deployment, and what its entry in the state is made of. */
interface Found {
  readonly left: readonly LeftPath[];
  readonly bundle: Bundle;
  readonly client: ClientRecord;
}

async function outputsNow(
  world: CommandWorld,
  { project, bodyOf, masonDirectory }: Loaded,
  deployment: DeploymentResource,
  config: ConfigResource,
): Promise<Found> {
  const modules = await bundleModules(project, masonDirectory);
  const engines = enginesFor(world, project);
  const cache = openCache(masonDirectory, "sql", false);
  try {
    const bundle = makeBundle(project, bodyOf(deployment), deployment, modules.modules, engines);
    const [parts] = await resolveBundles(project, [bundle], { engines, cache, asksSystems: true });
    const paths = (parts?.writes ?? []).flatMap((place) => (place.kind === "path" ? [place] : []));
    const left = await leftAtPaths(
      { bundle, paths, run: "import", configOf: (id) => findConfig(project, id) },
      engines,
    );
    const client = engines.recordOf(config, "scheduler")?.record;
    invariant(client !== undefined, `${deployment.address} has no scheduler`);
    return { left, bundle, client };
  } finally {
    await engines.close();
  }
}

/** The entry of a deployment that the state does not know, as after the loss of its lockfile. It runs at the next apply. */
function notRun({ project }: Loaded, deployment: DeploymentResource, { left, bundle, client }: Found): Entry {
  const { address } = deployment;
  if (left.length === 0)
    fail({
      code: "import/no-outputs",
      summary: "No outputs to import",
      detail: `"${address}" is not in the state, and there are no files at its output paths. Run "mason apply".`,
    });
  const draft = deploymentDraft(deployment, bundle, client, declaredDependencies(project, deployment));
  const wrote = left.map(({ name }) => withoutKind(name));
  return { status: "applied", ...draft, object: { imported: true, wrote } };
}
