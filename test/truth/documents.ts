/** The YAML files of a spec's project, and which deployments read and write what. */
import type { Meaning, Oracle } from "./oracle.ts";
import { type Group, type Op, type Source, type Spec, sourcesOf } from "./spec.ts";
import { mason } from "./types.ts";

const config = {
  type: "config",
  id: 1,
  metastore_engine: "local",
  storage_engine: "local",
  execution_engine: "local",
  scheduler_engine: "local",
  clients: { local: { configuration: { root: "data" } } },
};

/** The file with all resources. */
export function documentsOf(spec: Spec, oracle: Oracle): string {
  const databases = [...new Set(spec.declared.map(({ database }) => database))];
  const documents = [
    config,
    ...databases.map((name) => ({ type: "database", name })),
    ...spec.declared.map(({ database, name, raw }) => {
      const files = spec.raws[raw];
      const dataset = oracle.raws[raw];
      const inFolder = new Set(dataset?.partitions);
      const columns = (dataset?.columns ?? []).map((column) => ({ name: column.name, type: mason(column.type) }));
      const partitions = columns.filter((column) => inFolder.has(column.name));
      return {
        type: "table",
        database,
        name,
        format: files?.format,
        location: files?.path,
        columns: columns.filter((column) => !inFolder.has(column.name)),
        ...(partitions.length === 0 ? {} : { partitions }),
      };
    }),
    ...groupsOf(spec).flatMap((group) => deploymentOf(oracle, group)),
  ];
  return documents.map((document) => JSON.stringify(document)).join("\n---\n");
}

/** Deployments of which something is left. */
export const groupsOf = (spec: Spec): readonly Group[] =>
  spec.groups
    .map((group) => ({ ...group, ops: group.ops.filter((at) => spec.ops[at] !== null && spec.ops[at] !== undefined) }))
    .filter((group) => group.ops.length > 0);

const meaningAt = (oracle: Oracle, at: number): Meaning => {
  const meaning = oracle.meanings[at];
  if (meaning === undefined || meaning === null) throw new Error(`operation ${at} has no meaning yet`);
  return meaning;
};

/** The id of a step. */
export const stepId = (group: Group, at: number): string =>
  group.ops.length === 1 ? "run" : `step_${group.ops.indexOf(at) + 1}`;

function deploymentOf(oracle: Oracle, group: Group): readonly object[] {
  const moved = group.movedFrom === undefined ? {} : { moved_from: `deployment.${group.movedFrom}` };
  const base = { type: "deployment", name: group.name, ...moved };
  const [only] = group.ops;
  if (group.ops.length === 1 && only !== undefined) {
    const { op, parameters } = meaningAt(oracle, only);
    return [{ ...base, operator: `table:${op.kind}`, parameters }];
  }
  const command = `flow_${group.ops.join("_")}`;
  const dag = group.ops.map((at, place) => ({
    id: stepId(group, at),
    type: "operator",
    namespace: "table",
    command: meaningAt(oracle, at).op.kind,
    ...(place === 0 ? {} : { dependencies: [`step_${place}`] }),
  }));
  const steps = Object.fromEntries(
    group.ops.map((at) => [
      stepId(group, at),
      { parameters: group.pulls ? pulled(oracle, group, at) : meaningAt(oracle, at).parameters },
    ]),
  );
  return [
    { type: "workflow", namespace: "truth", command, dag },
    { ...base, workflow: `truth:${command}`, steps },
  ];
}

/** The parameters with values pulled from earlier steps of the deployment. */
function pulled(oracle: Oracle, group: Group, at: number): Readonly<Record<string, unknown>> {
  const { op, parameters } = meaningAt(oracle, at);
  const [source] = sourcesOf(op);
  if (source === undefined || !("op" in source) || !group.ops.includes(source.op)) return parameters;
  const from = stepId(group, source.op);
  if ("input_path" in parameters && source.by === "path")
    return { ...parameters, input_path: `\${${from}.output_path}` };
  if ("table_name" in parameters && source.by === "table")
    return { ...parameters, database_name: `<<PULLED FROM ${from}>>`, table_name: `\${${from}.table_name}` };
  return parameters;
}

/** For each deployment the ones that it must wait for, by name. */
export function edgesOf(spec: Spec): ReadonlyMap<string, ReadonlySet<string>> {
  const groups = groupsOf(spec);
  const ownerOf = new Map(groups.flatMap((group) => group.ops.map((at) => [at, group.name])));
  return new Map(
    groups.map((group) => {
      const reads = group.ops.flatMap((at) => sourcesOf(spec.ops[at] as Op));
      const owners = reads.flatMap((source) => ("op" in source ? (ownerOf.get(source.op) ?? []) : []));
      return [group.name, new Set(owners.filter((owner) => owner !== group.name))];
    }),
  );
}

/** Raw files that a deployment reads by itself: by path, or through a table over them. */
export function rawsReadBy(spec: Spec, group: Group): ReadonlySet<number> {
  const rawOf = (source: Source): readonly number[] => {
    if ("raw" in source) return [source.raw];
    if ("declared" in source) return [spec.declared[source.declared]?.raw ?? -1];
    const op = spec.ops[source.op];
    return source.by === "table" && op?.kind === "infer" ? rawOf(op.source) : [];
  };
  return new Set(group.ops.flatMap((at) => sourcesOf(spec.ops[at] as Op).flatMap(rawOf)));
}
