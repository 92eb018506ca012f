/** Turns a checked body into its bundle: chooses configs, fills in defaults and attributes of resources, resolves groups of steps. */
import type { Address } from "../address.ts";
import { engineRoles } from "../engine/roles.ts";
import type { FlatStep } from "../graph/expand.ts";
import type { JsonObject } from "../json.ts";
import { withDefaults } from "../operator/check-parameters.ts";
import { findConfig, type Project } from "../project/project.ts";
import type { ConfigResource } from "../project/resource.ts";
import type { EngineSource } from "../provider/engine-source.ts";
import { parseDuration } from "../schedule/duration.ts";
import { parseRetry } from "../schedule/retry.ts";
import { type CheckedBody, directSteps } from "../validate/body.ts";
import { keptSteps } from "../validate/strict.ts";
import { withAttributes } from "./attributes.ts";
import type { Bundle, BundleStep } from "./bundle.ts";
import { type Modules, operatorDigest } from "./operator-digest.ts";

/** What a bundle takes from the resource that it is made for. */
export interface BundleOptions {
  readonly address: Address;
  readonly configId?: string;
  readonly timezone: string;
  readonly timeout?: string;
}

/** The bundle of a body without problems. With `strict: false` it holds the steps that remain. */
export function makeBundle(
  project: Project,
  body: CheckedBody,
  options: BundleOptions,
  modules: Modules,
  engines: EngineSource,
): Bundle {
  const kept = keptSteps(body);
  const ids = new Set(kept.map((step) => step.id));
  const steps = kept.map((step) => makeStep(project, body, step, options, ids, { modules, engines }));
  const timeout = options.timeout === undefined ? null : parseDuration(options.timeout);
  return {
    format: 1,
    address: options.address,
    timezone: options.timezone,
    ...(timeout === null ? {} : { timeoutMs: timeout }),
    steps,
    clients: clientsOf(project, steps, engines),
  };
}

function makeStep(
  project: Project,
  body: CheckedBody,
  step: FlatStep,
  options: BundleOptions,
  ids: ReadonlySet<string>,
  setting: { readonly modules: Modules; readonly engines: EngineSource },
): BundleStep {
  const { modules, engines } = setting;
  const { definition } = step.operator;
  const configId = step.configId ?? options.configId ?? project.settings.defaultConfig ?? "";
  const retry = step.retry === undefined ? null : parseRetry(step.retry);
  const timeout = step.timeout === undefined ? null : parseDuration(step.timeout);
  const operatorModule = definition.work.kind === "module" ? modules.get(definition.work.file) : undefined;
  const stepModule = step.module === undefined ? undefined : modules.get(step.module);
  return {
    id: step.id,
    operator: definition,
    operatorDigest: operatorDigest(definition, modules),
    ...(operatorModule === undefined ? {} : { operatorModule }),
    configId,
    dependencies: directSteps(step, body).filter((id) => ids.has(id)),
    when: step.when,
    ...(step.gates === undefined
      ? {}
      : { gates: step.gates.map((gate) => ({ ...gate, dependencies: directSteps(gate, body) })) }),
    ...(retry === null ? {} : { retry }),
    retryMax: step.retryMax,
    ...(timeout === null ? {} : { timeoutMs: timeout }),
    parameters: withDefaults(definition, withAttributes(project, step, configId, engines)),
    ...(stepModule === undefined ? {} : { stepModule }),
  };
}

/** The configs that steps run with, by id. */
export function configsOf(project: Project, steps: readonly BundleStep[]): ReadonlyMap<string, ConfigResource> {
  const found = new Map<string, ConfigResource>();
  for (const { configId } of steps) {
    const config = found.has(configId) ? null : findConfig(project, configId);
    if (config !== null) found.set(configId, config);
  }
  return found;
}

/** Clients by engine source: all bundles of a config share one object. */
const clientsOfConfigs = new WeakMap<EngineSource, Map<ConfigResource, JsonObject>>();

function clientsOf(project: Project, steps: readonly BundleStep[], engines: EngineSource): JsonObject {
  const known = clientsOfConfigs.get(engines) ?? new Map<ConfigResource, JsonObject>();
  clientsOfConfigs.set(engines, known);
  return Object.fromEntries(
    [...configsOf(project, steps)].map(([id, config]) => {
      const clients = known.get(config) ?? clientsOfConfig(config, engines);
      known.set(config, clients);
      return [id, clients];
    }),
  );
}

function clientsOfConfig(config: ConfigResource, engines: EngineSource): JsonObject {
  return Object.fromEntries(
    engineRoles.flatMap((role) => {
      const found = engines.recordOf(config, role);
      return found === null ? [] : [[role, { provider: found.record.provider, identity: found.record.identity }]];
    }),
  );
}
