/**
 * Takes an existing object into the state. Its present form counts as applied, so the next plan shows how it differs from its declaration.
 * With `write` the YAML follows the object: in a new file, or by an edit of its declaration. For an object that is already in the state,
 * that adopts a change made by hand.
 */
import { type Address, databaseAddress, kindOf, nameOf } from "../../address.ts";
import { fail, required } from "../../diagnostic/diagnostic.ts";
import { declaredDependencies } from "../../graph/build.ts";
import { digest, type Json } from "../../json.ts";
import type { ClientRecord } from "../../model/client-record.ts";
import type { Owner } from "../../model/table.ts";
import { belongsToOthers } from "../../plan/stops/ownership.ts";
import { findConfig, type Project } from "../../project/project.ts";
import type { ConfigResource, Resource } from "../../project/resource.ts";
import type { EngineSource } from "../../provider/engine-source.ts";
import type { Entry, State } from "../../state/state.ts";
import { chooseConfig } from "../../validate/engines.ts";
import type { CommandWorld } from "../command-world.ts";
import { enginesFor, type Loaded } from "../project/load-project.ts";
import { changeState } from "./change.ts";
import { importOutputs } from "./import-outputs.ts";
import { type Declared, editYaml, newYaml, writeNewYaml } from "./import-yaml.ts";
import {
  type Importable,
  importableKind,
  importableKinds,
  readDatabase,
  readRegistration,
  readTable,
} from "./importable.ts";
import { openBackend } from "./open-backend.ts";

/** One import. */
export interface ImportRequest {
  readonly address: Address;
  /** The object's name in its system; by default that of the address. */
  readonly id?: string | undefined;
  /** The config whose engine holds the object; by default that of the declaration, else the project's. */
  readonly configId?: string | undefined;
  /** Also write the YAML that declares it, or edit its declaration to match. */
  readonly write: boolean;
}

/** The result of an import. `file`: the YAML file that was written or changed; `adopted`: the object was already in the state. */
export interface Imported {
  readonly address: Address;
  readonly adopted: boolean;
  readonly file?: string;
  /** True for the files in the outputs of a deployment. */
  readonly outputs?: true;
}

/** Imports a database, a table or a registration, or the files in the outputs of a deployment that Mason runs itself. */
export async function importObject(world: CommandWorld, loaded: Loaded, request: ImportRequest): Promise<Imported> {
  const { address } = request;
  const { project } = loaded;
  importableKind(address);
  const resource = project.resources.get(address);
  const declared = isDeclared(resource) ? resource : undefined;
  const config = configFor(project, request, declared);
  const engines = enginesFor(world, project);
  const mode = engines.recordOf(config, "scheduler")?.manifest.scheduler?.mode;
  if (declared?.kind === "deployment" && mode === "runs") {
    await engines.close();
    await importOutputs(world, loaded, declared, config);
    return { address, adopted: true, outputs: true };
  }
  try {
    const backend = await openBackend(world, project);
    const { found, record } = await read(engines, config, request, declared);
    const before = entryFor(required(await backend.read(world.newId())), request, found.owner);
    const file = yamlFor(project, request, config, declared, found);
    const dependsOn =
      declared === undefined ? dependenciesOfNew(project, address, config) : declaredDependencies(project, declared);
    const state = await changeState(world, backend, "state import", (state) => {
      const entry = entryFor(state, request, found.owner);
      const next = entry === undefined ? newEntry(found, record, dependsOn) : adopted(entry, found);
      return { ...state, resources: new Map([...state.resources, [address, next]]) };
    });
    await found.mark?.({ lineage: state.lineage, address });
    return { address, adopted: before !== undefined, ...(file === undefined ? {} : { file }) };
  } finally {
    await engines.close();
  }
}

const isDeclared = (resource: Resource | undefined): resource is Declared =>
  resource?.kind === "database" || resource?.kind === "table" || resource?.kind === "deployment";

function configFor(project: Project, request: ImportRequest, declared: Declared | undefined): ConfigResource {
  const chosen = chooseConfig(project, request.configId ?? declared?.configId);
  if ("problem" in chosen) return fail(chosen.problem);
  return findConfig(project, chosen.config.id) ?? chosen.config;
}

async function read(
  engines: EngineSource,
  config: ConfigResource,
  { address, id }: ImportRequest,
  declared: Declared | undefined,
): Promise<{ readonly found: Importable; readonly record: ClientRecord }> {
  const kind = importableKind(address);
  const role = importableKinds[kind];
  const record = engines.recordOf(config, role)?.record;
  const { metastore, scheduler } = await engines.ofConfig(config);
  const lacking = () =>
    fail({
      code: "config/no-engine",
      summary: "Config lacks an engine",
      detail: `Config "${config.id}" has no ${role}. Choose another config with --config.`,
    });
  if (record === undefined) return lacking();
  if (kind === "deployment") {
    if (scheduler?.getRegistration === undefined)
      return fail({
        code: "import/registers-nothing",
        summary: "Scheduler keeps no registrations",
        detail: `The scheduler of config "${config.id}" keeps nothing to import: it runs deployments when they are applied. Choose another config with --config.`,
      });
    const name = id ?? (declared?.kind === "deployment" ? declared.scheduleName : nameOf(address));
    return { found: await readRegistration(scheduler, address, name), record };
  }
  if (metastore === undefined) return lacking();
  const found = await (kind === "table" ? readTable(metastore, address, id) : readDatabase(metastore, address, id));
  return { found, record };
}

/** The entry in the state, if there is one; refuses what can't be imported. Called before the YAML is touched, and again under the lease. */
function entryFor(state: State, { address, write }: ImportRequest, owner: Owner | undefined): Entry | undefined {
  refuseForeign(address, owner, state);
  refuseTwice(address, owner, state);
  const entry = state.resources.get(address);
  if (entry === undefined || write) return entry;
  return fail({
    code: "import/exists",
    summary: "Already in the state",
    detail: `"${address}" is already in the state. "mason plan" shows how it differs; --write changes its YAML to match the object.`,
  });
}

/** Writes the YAML if asked to. Refuses an undeclared object without it, since the next apply would delete the object. */
function yamlFor(
  project: Project,
  { address, write }: ImportRequest,
  config: ConfigResource,
  declared: Declared | undefined,
  { kind, attributes }: Importable,
): string | undefined {
  if (declared !== undefined) return write ? editYaml(project, declared, attributes) : undefined;
  if (kind === "deployment")
    return fail({
      code: "import/not-declared",
      summary: "Not declared",
      detail: `"${address}" is not declared in this project, and what it runs can't be read from a registration. Declare it first, then import it.`,
    });
  const yaml = newYaml(address, config.id, attributes);
  if (write) return writeNewYaml(project, address, yaml);
  return fail({
    code: "import/not-declared",
    summary: "Not declared",
    detail: `"${address}" is not declared in this project, so the next apply would delete it. Add --write to write its YAML, or declare it:\n\n${yaml}`,
  });
}

function refuseForeign(address: Address, owner: Owner | undefined, state: State): void {
  const foreign = belongsToOthers(owner === undefined ? {} : { owner }, address, state.lineage);
  if (foreign !== null) fail(foreign);
}

function refuseTwice(address: Address, owner: Owner | undefined, state: State): void {
  if (owner === undefined || owner.address === address || !state.resources.has(owner.address)) return;
  fail({
    code: "import/other-address",
    summary: "Object has another address",
    detail: `This object is already in the state as "${owner.address}". ${kindOf(owner.address) === kindOf(address) ? `Move it: mason state mv ${owner.address} ${address}` : `Declare "${address}" with "on_existing: adopt" and apply: then it takes the object over.`}`,
  });
}

const newEntry = (
  { content, declared, digest: whole }: Importable,
  client: ClientRecord,
  dependsOn: readonly Address[],
): Entry => ({
  status: "applied",
  client,
  digest: digestOf(whole),
  declared,
  object: content,
  depends_on: dependsOn,
});

/** The dependencies of a resource whose YAML is written by this import. */
function dependenciesOfNew(project: Project, address: Address, config: ConfigResource): readonly Address[] {
  const database = databaseAddress(nameOf(address).split(".")[0] ?? "");
  const needs = kindOf(address) === "table" ? [config.address, database] : [config.address];
  return needs.filter((other) => project.resources.has(other)).sort();
}

/** The entry with the object's present form. A registration does not tell what a deployment runs, so that part is kept. */
function adopted(entry: Entry, { kind, content, declared, digest: whole, attributes }: Importable): Entry {
  if (kind !== "deployment") return { ...entry, digest: digestOf(whole), declared, object: content };
  const schedule = Object.fromEntries(Object.keys(attributes).map((key) => [key, content[key] ?? undefined]));
  const kept = { ...entry.declared, ...schedule, paused: content.paused === true ? true : undefined };
  const known = Object.entries(kept).filter(([, value]) => value !== undefined);
  return { ...entry, declared: Object.fromEntries(known) as Entry["declared"], object: content };
}

/** The digest of what was found; for a registration `whole` is already the digest of its bundle. */
const digestOf = (whole: Json): string => (typeof whole === "string" ? whole : digest(whole));
