/** Runs one operator, workflow or deployment by hand. It is validated first and recorded as a run, outside of the state. */

import { type Address, deploymentAddress, operatorAddress, workflowAddress } from "../address.ts";
import { outputsAtRun } from "../apply/outputs-at-run.ts";
import { createTokens } from "../apply/tokens.ts";
import { configsOf, makeBundle } from "../bundle/make-bundle.ts";
import { type Checked, type Diagnostic, error, hasErrors } from "../diagnostic/diagnostic.ts";
import { didYouMean } from "../diagnostic/did-you-mean.ts";
import { leftByRun } from "../facts/left-by-run.ts";
import { createRunStore } from "../io/run-store.ts";
import { normalPath } from "../model/path.ts";
import type { Owner } from "../model/table.ts";
import { effectGuard, stepGuard } from "../plan/stops/effects.ts";
import { findConfig, resourcesOf } from "../project/project.ts";
import type { DeploymentResource, GivenParameters, StepSettings } from "../project/resource.ts";
import { locate } from "../project/yaml/locate.ts";
import { pathsWrittenBy } from "../state/made-objects.ts";
import type { State } from "../state/state.ts";
import type { BundleRun } from "../step/run-bundle.ts";
import { runTimes } from "../step/run-times.ts";
import { startRun } from "../step/start-run.ts";
import { type CheckedBody, checkBody, type PlacedBody } from "../validate/body.ts";
import { droppedSteps } from "../validate/strict.ts";
import type { CommandWorld } from "./command-world.ts";
import { openHandJournal, settleInterruptedRuns } from "./interrupted-runs.ts";
import { enginesFor, type Loaded } from "./project/load-project.ts";
import { bundleModules } from "./project/modules.ts";
import { runSetting } from "./run-setting.ts";
import { mayDelete, runStops } from "./run-stops.ts";
import { nothingApplied, projectState } from "./state/project-state.ts";

/** A request to run something, with values from the command line and a file. */
export interface RunRequest extends GivenParameters {
  readonly target: PlacedBody["target"];
  readonly steps: Readonly<Record<string, StepSettings>>;
  readonly strict: boolean;
  /** Addresses and globs of tables that the run may drop or overwrite. */
  readonly allowDestroy?: readonly string[];
  /** The config of `-c`, else of the session, else the project's default. */
  readonly configId?: string;
  /** Finds places in the parameters file and in `-p`. */
  readonly placeOf: PlacedBody["placeOf"];
  readonly textOf: (file: string) => string | null;
}

/** A checked request. */
export interface CheckedRequest {
  readonly body: CheckedBody;
  /** Located. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Checks a request against the project. With `strict: false`, problems of steps are warnings. */
export async function checkRequest(world: CommandWorld, loaded: Loaded, request: RunRequest): Promise<CheckedRequest> {
  const body = checkBody(loaded.project, world.registry, request);
  const problems = request.strict ? body.problems.map((problem) => problem.diagnostic) : warnings(body);
  const textOf = (file: string) => request.textOf(file) ?? loaded.project.textOf(file);
  return { body, diagnostics: await locate([...body.general, ...problems], textOf) };
}

const warnings = (body: CheckedBody): readonly Diagnostic[] =>
  [...droppedSteps(body)].map(([step, why]) => ({
    severity: "warning",
    code: "deployment/step-dropped",
    summary: "Invalid step dropped",
    detail: `Step "${step}" is left out, since "strict" is false: ${why}`,
  }));

/** Runs a checked request. */
export async function runRequest(
  world: CommandWorld,
  loaded: Loaded,
  request: RunRequest,
  checked: CheckedRequest,
  at: Date | null,
): Promise<Checked<BundleRun>> {
  const { namespace, command, type } = request.target;
  const address = type === "operator" ? operatorAddress(namespace, command) : workflowAddress(namespace, command);
  return runChecked(
    world,
    loaded,
    checked.body,
    { address, timezone: "UTC", ...(request.configId === undefined ? {} : { configId: request.configId }) },
    {
      asStep: type === "workflow",
      at,
      state: await projectState(world, loaded.project),
      allowed: request.allowDestroy,
    },
  );
}

/** What a bundle is made with, beside its body. */
interface BundleSetting {
  readonly address: Address;
  readonly configId?: string;
  readonly timezone: string;
  readonly timeout?: string;
}

async function runChecked(
  world: CommandWorld,
  loaded: Loaded,
  body: CheckedBody,
  setting: BundleSetting,
  how: {
    readonly asStep: boolean;
    readonly at: Date | null;
    readonly schedule?: string;
    readonly owner?: Owner;
    readonly ownPaths?: ReadonlySet<string>;
    readonly state: State | null;
    readonly allowed: readonly string[] | undefined;
  },
): Promise<Checked<BundleRun>> {
  const { project, masonDirectory } = loaded;
  const modules = await bundleModules(project, masonDirectory);
  if (hasErrors(modules.diagnostics)) return { diagnostics: modules.diagnostics };
  const engines = enginesFor(world, project);
  try {
    const state = async () => how.state ?? nothingApplied;
    const settled = await settleInterruptedRuns(masonDirectory, engines);
    const bundle = makeBundle(project, body, setting, modules.modules, engines);
    const used = new Set<Address>();
    const allowed = how.allowed ?? [];
    const onAllowed = (address: Address) => void used.add(address);
    const ownPaths = how.ownPaths ?? new Set();
    const pathsOfRuns = (address: Address) => pathsOfEarlierRuns(loaded, address, how.state);
    const hand = {
      project,
      state: how.state,
      engines,
      allowed,
      onAllowed,
      used,
      ownPaths,
      masonDirectory,
      pathsOfRuns,
    };
    const guard = effectGuard(hand);
    const { paths, diagnostics } = await runStops(bundle, hand, guard);
    const stops = await locate(diagnostics, project.textOf);
    if (hasErrors(stops)) return { diagnostics: [...modules.diagnostics, ...stops] };
    const times = runTimes(how.at ?? world.clock.now(), setting.timezone, how.schedule, null);
    const shared = {
      ...runSetting(world, { project, modules, masonDirectory, state }, engines),
      guard: stepGuard(guard, bundle),
    };
    const runId = createTokens(world, shared.store).next();
    const journal = openHandJournal(world, masonDirectory, engines, runId);
    const configOf = (id: string) => findConfig(project, id);
    const outputs = outputsAtRun({
      ...shared,
      bundle,
      known: paths,
      ownPaths,
      configOf,
      mayDelete: mayDelete(hand, bundle),
    });
    const run = await startRun(shared, {
      bundle,
      runId,
      mayReplace: outputs.mayReplace,
      willWrite: (output) => {
        outputs.note(output);
        return journal.willWrite(output);
      },
      configs: configsOf(project, bundle.steps),
      times,
      asStep: how.asStep,
      ...(how.owner === undefined ? {} : { owner: how.owner }),
      ...(how.ownPaths === undefined ? {} : { ownPaths: how.ownPaths }),
    });
    for (const { list } of await leftByRun(run, { bundle, configOf, paths }, engines))
      if (list !== undefined) shared.lists.put(list);
    await outputs.list(run);
    // The journal closes last: without it nobody lists the files of a killed run.
    await journal.end(run.run.state);
    return { value: run, diagnostics: [...modules.diagnostics, ...settled] };
  } finally {
    await engines.close();
  }
}

/** Finds a deployment, or suggests another name. */
export function findDeployment(loaded: Loaded, name: string): Checked<DeploymentResource> {
  const found = loaded.project.resources.get(deploymentAddress(name));
  if (found?.kind === "deployment") return { value: found, diagnostics: [] };
  const known = resourcesOf(loaded.project, "deployment").map((deployment) => deployment.name);
  return {
    diagnostics: [
      error({
        code: "run/unknown-deployment",
        summary: "Unknown deployment",
        detail: `There is no deployment "${name}" in this project.${didYouMean(name, known) || " Declare it, or name another."}`,
      }),
    ],
  };
}

/** Runs a deployment for an instant. It owns the tables that it makes, as after an apply. */
export async function runDeploymentByHand(
  world: CommandWorld,
  loaded: Loaded,
  deployment: DeploymentResource,
  { at, allowDestroy }: { readonly at: Date | null; readonly allowDestroy: readonly string[] },
): Promise<Checked<BundleRun>> {
  const state = await projectState(world, loaded.project);
  const owner = state === null ? {} : { owner: { lineage: state.lineage, address: deployment.address } };
  return runChecked(world, loaded, loaded.bodyOf(deployment), deployment, {
    asStep: true,
    at,
    state,
    allowed: allowDestroy,
    ownPaths: pathsOfEarlierRuns(loaded, deployment.address, state),
    ...(deployment.schedule === undefined ? {} : { schedule: deployment.schedule }),
    ...owner,
  });
}

/** Paths that the deployment wrote before, from the state and the kept runs. It may write there again, and no other if they are protected. */
function pathsOfEarlierRuns({ masonDirectory }: Loaded, address: Address, state: State | null): ReadonlySet<string> {
  const entry = state?.resources.get(address);
  const store = createRunStore(masonDirectory);
  const steps = store.list({ address }).flatMap((run) => store.get(run.id)?.steps ?? []);
  const written = steps.flatMap(({ state: ended, outputs: { output_path: path } }) =>
    ended === "succeeded" && typeof path === "string" ? [normalPath(path) ?? path] : [],
  );
  return new Set([...(entry === undefined ? [] : pathsWrittenBy(entry)), ...written]);
}
