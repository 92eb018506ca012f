/**
 * Makes engines for configs. It fills in `{{NAME}}`, as a secret where the manifest says so, and loads a provider when one of its engines is
 * first needed. This folder holds the orchestrators, which join stages of src and decide nothing themselves.
 */
import { join, resolve } from "node:path";
import { liveStorage } from "../catalog/live-storage.ts";
import { fail } from "../diagnostic/diagnostic.ts";
import type { ClientDeclaration, Config } from "../engine/config.ts";
import type { Engines } from "../engine/engines.ts";
import { type EngineOf, type EngineRole, engineRoles } from "../engine/roles.ts";
import { scratchDirectory } from "../io/scratch.ts";
import type { Json, JsonObject } from "../json.ts";
import type { ClientRecord } from "../model/client-record.ts";
import { Secret } from "../model/secret.ts";
import { environmentName, type Variables, variableName } from "../project/variables.ts";
import type { ClientSettings, Manifest, ProviderContext, ProviderEntry } from "../provider/contract.ts";
import type { EngineSource } from "../provider/engine-source.ts";
import { knowsTables } from "../provider/known-tables.ts";
import type { Registry } from "../provider/registry.ts";

/** The input for engines. */
export interface EngineOptions {
  readonly registry: Registry;
  readonly projectRoot: string;
  readonly variables: Variables;
  /** The value of `{{NAME}}`, or `undefined`. */
  readonly lookup: (name: string) => string | undefined;
  /** SQL of a run may read and write files below the config's roots, and a plan looks at their columns. Checks reach no file. */
  readonly purpose: "check" | "work";
  readonly now: () => Date;
  readonly newId: () => string;
  readonly user: string;
}

/** A source of engines; call `close` when done. */
export function createEngineSource(options: EngineOptions): EngineSource {
  const configs = new Map<string, Promise<Engines>>();
  const clients = new Map<string, Promise<EngineOf[EngineRole]>>();
  const made: EngineOf["execution"][] = [];
  const records = new Map<Config, Map<EngineRole, ReturnType<EngineSource["recordOf"]>>>();
  const recordOf: EngineSource["recordOf"] = (config, role) => {
    const known = records.get(config) ?? new Map();
    records.set(config, known);
    if (!known.has(role)) known.set(role, makeRecord(options, config, role));
    return known.get(role) ?? null;
  };
  return {
    recordOf,
    ofConfig: (config) => {
      const known = configs.get(config.address) ?? makeEngines(options, config, made);
      configs.set(config.address, known);
      return known;
    },
    ofClient: (record, role) => {
      const key = JSON.stringify([role, record]);
      const known = clients.get(key) ?? makeClient(options, record, role, made);
      clients.set(key, known);
      return known as Promise<EngineOf[typeof role]>;
    },
    close: async () => {
      await Promise.all(made.map((execution) => execution.close?.()));
    },
  };
}

function makeRecord(options: EngineOptions, config: Config, role: EngineRole) {
  const client = clientOf(config, role);
  const provider = client === null ? null : options.registry.get(client.provider);
  if (client === null || provider === null) return null;
  const { manifest } = provider;
  const settings = fillSettings(
    options,
    manifest,
    client.configuration,
    `client "${client.name}" of config "${config.id}"`,
  );
  const record: ClientRecord = {
    provider: manifest.name,
    identity: manifest.identity(settings),
    settings: writtenSettings(options, client.configuration),
  };
  return { record, manifest };
}

const clientOf = (config: Config, role: EngineRole): ClientDeclaration | null => {
  const name = config.engines[role];
  return name === undefined ? null : (config.clients[name] ?? null);
};

/** Settings for the state: with variables filled in, except sensitive ones, and `{{NAME}}` as written. */
function writtenSettings(options: EngineOptions, configuration: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(configuration).map(([name, value]) => {
      const variable = options.variables.get(variableName(value) ?? "");
      return [name, variable === undefined || variable.sensitive ? value : variable.value];
    }),
  );
}

/** Settings with defaults, variables and the environment filled in. Throws Diagnosed if a name has no value. */
function fillSettings(
  options: EngineOptions,
  manifest: Manifest,
  configuration: JsonObject,
  whose: string,
): ClientSettings {
  const settings: Record<string, string | number | boolean | Secret | undefined> = {};
  for (const [name, setting] of Object.entries(manifest.settings)) {
    const value = fillValue(options, configuration[name], whose) ?? setting.default;
    if (value === undefined || value === null) continue;
    const plain = typeof value === "object" ? JSON.stringify(value) : value;
    settings[name] =
      setting.secret === true ? secretOf(configuration[name], name, String(plain)) : typed(setting.type, plain);
  }
  return settings;
}

/** Secrets are replaced in what systems say; a shorter text is part of too many words. */
const shortestSecret = 4;

function secretOf(written: Json | undefined, name: string, value: string): Secret {
  if (environmentName(written) === null && variableName(written) === null)
    return fail({
      code: "config/secret-in-file",
      summary: "Secret written into a file",
      detail: `The setting "${name}" is secret and accepts only "{{NAME}}". Put the value into the environment or into .env, and write "{{NAME}}" in its place.`,
    });
  if (value.length < shortestSecret)
    return fail({
      code: "config/short-secret",
      summary: "Secret too short",
      detail: `The value of the secret setting "${name}" has fewer than ${shortestSecret} characters, so Mason can't keep it out of messages. Use a longer secret.`,
    });
  return new Secret(value);
}

const typed = (type: string, value: string | number | boolean) =>
  typeof value === "string" && (type === "integer" || type === "number") && Number.isFinite(Number(value))
    ? Number(value)
    : value;

function fillValue(options: EngineOptions, value: Json | undefined, whose: string): Json | undefined {
  const name = environmentName(value);
  if (name !== null) return options.lookup(name) ?? missing(name, whose);
  const variable = variableName(value);
  return variable === null ? value : options.variables.get(variable)?.value;
}

function missing(name: string, whose: string): never {
  return fail({
    code: "environment/undefined",
    summary: "Undefined environment variable",
    detail: `"{{${name}}}" of ${whose} has no value. Set ${name} in the environment, or in a .env file of the project.`,
  });
}

async function makeEngines(options: EngineOptions, config: Config, made: EngineOf["execution"][]): Promise<Engines> {
  const entries = new Map<EngineRole, { readonly entry: ProviderEntry; readonly context: ProviderContext }>();
  const contexts = new Map<string, ProviderContext>();
  const roots = options.purpose === "work" ? rootsOf(options, config) : [];
  for (const role of engineRoles) {
    const client = clientOf(config, role);
    const provider = client === null ? null : options.registry.get(client.provider);
    if (client === null || provider === null) continue;
    const whose = `client "${client.name}" of config "${config.id}"`;
    const context =
      contexts.get(client.name) ??
      contextOf(
        options,
        fillSettings(options, provider.manifest, client.configuration, whose),
        provider.manifest.name,
        roots,
        whose,
      );
    contexts.set(client.name, context);
    entries.set(role, { entry: await provider.load(), context });
  }
  const isKnown = knowsTables(config, (role) => entries.get(role)?.entry.manifest ?? null);
  return { ...assemble(config.id, entries, made), ...(isKnown ? { knowsTables: true } : {}) };
}

function assemble(
  configId: string,
  entries: ReadonlyMap<EngineRole, { readonly entry: ProviderEntry; readonly context: ProviderContext }>,
  made: EngineOf["execution"][],
): Engines {
  const make = <R extends EngineRole>(role: R) => entries.get(role);
  const storage = make("storage");
  const rawStorage = storage?.entry.storage?.(storage.context);
  const storageEngine = rawStorage === undefined ? undefined : liveStorage(rawStorage);
  const metastore = make("metastore");
  const metastoreEngine = metastore?.entry.metastore?.(metastore.context, storageEngine ?? null);
  const execution = make("execution");
  const executionEngine = execution?.entry.execution?.(execution.context, storageEngine ?? null);
  const scheduler = make("scheduler");
  const schedulerEngine = scheduler?.entry.scheduler?.(scheduler.context);
  if (executionEngine !== undefined) made.push(inItsDialect(executionEngine, execution?.entry.manifest));
  return {
    configId,
    ...(storageEngine === undefined ? {} : { storage: storageEngine }),
    ...(metastoreEngine === undefined ? {} : { metastore: metastoreEngine }),
    ...(executionEngine === undefined ? {} : { execution: executionEngine }),
    ...(schedulerEngine === undefined ? {} : { scheduler: schedulerEngine }),
  };
}

/** Values are quoted for the dialect of the manifest while planning, and for that of the engine when it runs: they are one. */
function inItsDialect(engine: EngineOf["execution"], manifest: Manifest | undefined): EngineOf["execution"] {
  const declared = manifest?.execution?.dialect;
  if (engine.dialect === declared) return engine;
  throw new Error(
    `The execution engine of provider "${manifest?.name}" speaks the dialect "${engine.dialect}", but its manifest says "${declared}". Change one of the two.`,
  );
}

/** The absolute directories of all `path` settings, for every client of the config. */
function rootsOf(options: EngineOptions, config: Config): readonly string[] {
  const roots = Object.values(config.clients).flatMap((client) => {
    const manifest = options.registry.get(client.provider)?.manifest;
    if (manifest === undefined || !Object.values(config.engines).includes(client.name)) return [];
    const settings = fillSettings(options, manifest, client.configuration, `client "${client.name}"`);
    return Object.entries(manifest.settings).flatMap(([name, setting]) => {
      const value = settings[name];
      return setting.type === "path" && typeof value === "string" ? [resolve(options.projectRoot, value)] : [];
    });
  });
  return [...new Set(roots)];
}

function contextOf(
  options: EngineOptions,
  settings: ClientSettings,
  provider: string,
  allowedDirectories: readonly string[],
  client: string,
): ProviderContext {
  const mason = join(options.projectRoot, ".mason");
  return {
    settings,
    projectRoot: options.projectRoot,
    scratch: scratchDirectory(mason),
    keep: join(mason, provider),
    allowedDirectories,
    now: options.now,
    newId: options.newId,
    user: options.user,
    client,
  };
}

async function makeClient(
  options: EngineOptions,
  record: ClientRecord,
  role: EngineRole,
  made: EngineOf["execution"][],
): Promise<EngineOf[EngineRole]> {
  const provider = options.registry.get(record.provider);
  if (provider === null)
    return fail({
      code: "provider/unknown",
      summary: "Unknown provider",
      detail: `The state names provider "${record.provider}", which this version of Mason does not have. Use the version that wrote the state.`,
    });
  const whose = `provider "${record.provider}" of the state`;
  const settings = fillSettings(options, provider.manifest, record.settings, whose);
  const context = contextOf(options, settings, record.provider, [], `the ${record.provider} client`);
  const entry = await provider.load();
  const engines = assemble(
    "",
    new Map(
      engineRoles
        .filter((known) => provider.manifest.engines[known] !== undefined)
        .map((known) => [known, { entry, context }]),
    ),
    made,
  );
  const engine = engines[role];
  if (engine === undefined)
    return fail({
      code: "provider/lacks-role",
      summary: "Provider lacks a role",
      detail: `Provider "${record.provider}", named in the state, can't be a ${role} engine. Use the version that wrote the state.`,
    });
  return engine;
}
