/**
 * A bundle: the resolved form of a deployment. It names every step with its operator, config and parameters, so a runner needs nothing
 * else from the project. References to outputs of steps and to the run stay in it: they are holes.
 */
import type { Address } from "../address.ts";
import { digest, type Json, type JsonObject } from "../json.ts";
import type { When } from "../model/when.ts";
import type { OperatorDefinition } from "../operator/definition.ts";

/** A module of the project, identified by the digest of all its files. */
export interface ModuleReference {
  /** Relative to the project's root. */
  readonly file: string;
  readonly digest: string;
}

/** One step, ready to run. */
export interface BundleStep {
  readonly id: string;
  readonly operator: OperatorDefinition;
  /** The digest of what the operator does. A changed description does not change it. */
  readonly operatorDigest: string;
  /** Set when the operator is a module. */
  readonly operatorModule?: ModuleReference;
  readonly configId: string;
  /** Ids of steps. */
  readonly dependencies: readonly string[];
  readonly when: When;
  /** Conditions of the nested workflows that contain this step; dependencies are ids of steps. */
  readonly gates?: readonly { readonly dependencies: readonly string[]; readonly when: When }[];
  readonly retry?: { readonly kind: "exponential" | "constant"; readonly seconds: number };
  /** Tries after the first. */
  readonly retryMax: number;
  readonly timeoutMs?: number;
  readonly parameters: Readonly<Record<string, Json>>;
  /** The step module that decides on the edges from this step. */
  readonly stepModule?: ModuleReference;
}

/** The immutable unit of execution, named by its digest. */
export interface Bundle {
  readonly format: 1;
  /** The deployment, or the operator or workflow that somebody runs by hand. */
  readonly address: Address;
  readonly timezone: string;
  readonly timeoutMs?: number;
  readonly steps: readonly BundleStep[];
  /** Provider and identity of each client, by config and role: another root makes another bundle. */
  readonly clients: JsonObject;
}

/** Ids of the steps whose work is SQL or built in. A module of the project may do more than it declares. */
export const stepsOfMason = ({ steps }: Bundle): ReadonlySet<string> =>
  new Set(steps.flatMap(({ id, operator }) => (operator.work.kind === "module" ? [] : [id])));

/** Ids of the steps that replace what is at their output, or may: for a value that only the run knows. */
export const overwritingSteps = ({ steps }: Bundle): ReadonlySet<string> =>
  new Set(
    steps.flatMap(({ id, parameters }) => ([undefined, false].includes(parameters.overwrite as never) ? [] : [id])),
  );

/** The part of a bundle that decides its results, as JSON. */
export function bundleContent(bundle: Bundle): JsonObject {
  return {
    format: bundle.format,
    timezone: bundle.timezone,
    ...(bundle.timeoutMs === undefined ? {} : { timeout_ms: bundle.timeoutMs }),
    clients: Object.fromEntries(Object.entries(bundle.clients).map(([id, clients]) => [id, digestOnce(clients)])),
    steps: bundle.steps.map(stepContent),
  };
}

function stepContent(step: BundleStep): JsonObject {
  return {
    id: step.id,
    operator: `${step.operator.namespace}:${step.operator.command}`,
    operator_digest: step.operatorDigest,
    config: step.configId,
    dependencies: [...step.dependencies],
    when: step.when,
    ...(step.gates === undefined
      ? {}
      : { gates: step.gates.map((gate) => ({ dependencies: [...gate.dependencies], when: gate.when })) }),
    ...(step.retry === undefined ? {} : { retry: { ...step.retry }, retry_max: step.retryMax }),
    ...(step.timeoutMs === undefined ? {} : { timeout_ms: step.timeoutMs }),
    parameters: step.parameters,
    ...(step.stepModule === undefined ? {} : { step_module: step.stepModule.digest }),
  };
}

const digests = new WeakMap<object, string>();

/** The cached digest of a config's clients: all its bundles share one object. */
function digestOnce(value: Json | undefined): string {
  if (typeof value !== "object" || value === null) return digest(value ?? null);
  const known = digests.get(value) ?? digest(value);
  digests.set(value, known);
  return known;
}

/** The digest that names a bundle. */
export const bundleDigest = (bundle: Bundle): string => digest(bundleContent(bundle));
