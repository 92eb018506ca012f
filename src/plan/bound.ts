/**
 * The values that a plan is bound to: everything that decides its stages, as JSON. Their digest is the plan's id, so a reviewed plan and
 * an applied one are equal exactly if their ids are.
 */
import type { Modules } from "../bundle/operator-digest.ts";
import type { ResolvedDeployment } from "../bundle/resolve-deployments.ts";
import type { Facts } from "../facts/refresh.ts";
import { canonical, digest, type Json, type JsonObject, sha256 } from "../json.ts";
import type { Project, SourceFile } from "../project/project.ts";
import { sourceDigest } from "../project/yaml/source-digest.ts";
import { tableContent } from "../state/declared.ts";
import type { State } from "../state/state.ts";
import type { Plan } from "./plan.ts";
import type { Stage } from "./stage.ts";

/** The bound values by part. Each part is compared and named on its own. */
export interface Bound {
  readonly lineage: string;
  readonly serial: number;
  readonly environment: string | null;
  readonly options: JsonObject;
  /** Values of variables. A sensitive one appears by name only. */
  readonly variables: JsonObject;
  /** SHA-256 of the project's files by path; digests of operator modules. */
  readonly files: JsonObject;
  /** Provider and identity by config and role. */
  readonly clients: JsonObject;
  /** Versions of the used providers. */
  readonly providers: JsonObject;
  /** The facts: databases, tables, fingerprints of inputs and of files that would be deleted. */
  readonly facts: JsonObject;
  readonly stages: Json;
}

/** The input for binding a plan. */
export interface BoundInput {
  readonly plan: Omit<Plan, "id">;
  readonly project: Project;
  readonly state: State;
  readonly facts: Facts;
  readonly deployments: ReadonlyMap<string, ResolvedDeployment>;
  readonly modules: Modules;
  readonly files: readonly SourceFile[];
  readonly options: JsonObject;
  readonly clients: JsonObject;
  readonly providers: JsonObject;
  /** Fingerprints of the files that the plan would delete. */
  readonly data: JsonObject;
}

/**
 * The id of a plan: the digest of its bound values. An unsaved state has a new lineage in each process, so its lineage does not count:
 * equal first plans have equal ids.
 */
export function planId(bound: Bound): string {
  const text = canonical(bound as unknown as Json);
  return sha256(bound.serial === 0 ? text.replaceAll(JSON.stringify(bound.lineage), '""') : text);
}

/** The bound values of a plan. */
export function boundOf(input: BoundInput): Bound {
  const { project, state, plan } = input;
  return {
    lineage: state.lineage,
    serial: state.serial,
    environment: project.settings.environment,
    options: input.options,
    variables: boundVariables(project),
    files: Object.fromEntries([
      ...input.files.map((source): [string, Json] => [source.file, sourceDigest(source)]),
      ...[...input.modules.values()].map((module): [string, Json] => [module.file, module.digest]),
    ]),
    clients: input.clients,
    providers: input.providers,
    facts: { ...factsJson(input.facts, input.deployments), ...input.data },
    stages: plan.stages.map(stageJson),
  };
}

/** The bound form of the variables. */
export const boundVariables = (project: Project): JsonObject =>
  Object.fromEntries(
    [...project.settings.variables].map(([name, variable]) => [
      name,
      variable.sensitive ? { sensitive: true } : { value: variable.value ?? null },
    ]),
  );

/** The bound form of a stage: its work, with digests in place of declarations. */
function stageJson({ address, action, dependencies, movedFrom, client, work }: Stage): Json {
  return {
    address,
    action,
    dependencies,
    ...(movedFrom === undefined ? {} : { moved_from: movedFrom }),
    ...(client === undefined ? {} : { client: client as unknown as Json }),
    work: workJson(work),
  };
}

function workJson(work: Stage["work"]): Json {
  switch (work.kind) {
    case "record":
      return {
        kind: work.kind,
        digest: work.entry.digest,
        depends_on: work.entry.depends_on,
        object: digestOf(work.entry.object),
      };
    case "database":
    case "table":
    case "register":
      return {
        kind: work.kind,
        verb: work.verb,
        digest: work.draft.digest,
        depends_on: work.draft.depends_on,
        version: "ifVersion" in work ? work.ifVersion : undefined,
        from: "from" in work ? work.from : undefined,
        ...("partitions" in work ? { partitions: work.partitions as unknown as Json } : {}),
      };
    case "run":
      return {
        kind: work.kind,
        bundle: work.draft.digest,
        inputs: work.inputs.map((input) => input.name),
        writes: work.writes.map(({ configId, database, table }) => ({ configId, database, table })),
      };
    default:
      return work as unknown as Json;
  }
}

const digestOf = (value: JsonObject | undefined): string | null => (value === undefined ? null : digest(value));

function factsJson(facts: Facts, deployments: ReadonlyMap<string, ResolvedDeployment>): JsonObject {
  const found: Record<string, Json> = {};
  for (const [address, database] of facts.databases) {
    found[address] =
      database === null ? null : { location: database.location ?? null, owner: (database.owner ?? null) as Json };
  }
  for (const [address, table] of facts.tables) {
    found[address] = table === null ? null : { ...tableContent(table), owner: (table.owner ?? null) as Json };
  }
  for (const [address, drift] of facts.files) found[`${address} files`] = drift as unknown as Json;
  for (const [name, at] of facts.outputs)
    found[name] = at === null ? null : { digest: at.fingerprint?.digest ?? null, names: digest([...at.names]) };
  for (const [address, parts] of deployments) {
    for (const [name, fingerprint] of parts.fingerprints)
      found[`${address} reads ${name}`] = fingerprint?.digest ?? null;
  }
  return found;
}
