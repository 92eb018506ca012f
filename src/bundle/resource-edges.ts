/** The edges between declared resources, from references and from data. The plan and `mason graph` share them. */
import { type Address, databaseAddress } from "../address.ts";
import type { Diagnostic } from "../diagnostic/diagnostic.ts";
import { declaredDependencies } from "../graph/build.ts";
import { cyclesIn, dependencyOrder } from "../graph/order.ts";
import type { Project } from "../project/project.ts";
import type { Resource } from "../project/resource.ts";
import type { EngineSource } from "../provider/engine-source.ts";
import { chooseConfig } from "../validate/engines.ts";
import { cyclicResources } from "../validate/rules/cycles.ts";
import { type Dataflow, dataEdges } from "./data-flow.ts";
import { clientKey, tablePlaces } from "./effects.ts";
import type { ResolvedDeployment } from "./resolve-deployments.ts";

/** The input for the edges. */
export interface EdgeInput {
  readonly project: Project;
  readonly engines: EngineSource;
  /** Reads and writes of each deployment, by address. */
  readonly deployments: ReadonlyMap<
    Address,
    Pick<ResolvedDeployment, "bundle" | "configs" | "reads" | "writes" | "openWrites">
  >;
}

/** The direct dependencies of each declared resource, their order, and their errors: cycles, two writers of one place. */
export function resourceEdges(input: EdgeInput): {
  readonly edges: ReadonlyMap<Address, readonly Address[]>;
  /** Addresses with dependencies first, without those on or behind a cycle. */
  readonly order: readonly Address[];
  readonly diagnostics: readonly Diagnostic[];
} {
  const { project, engines } = input;
  const flows = [...project.resources.values()].flatMap((resource): readonly Dataflow[] => {
    if (resource.kind === "deployment") {
      const parts = input.deployments.get(resource.address);
      return parts === undefined
        ? []
        : [{ resource, reads: parts.reads, writes: parts.writes, openWrites: parts.openWrites }];
    }
    if (resource.kind !== "table") return [];
    const chosen = chooseConfig(project, resource.configId);
    if ("problem" in chosen) return [];
    return [{ resource, reads: [], writes: [], declares: tablePlaces(resource, chosen.config, engines) }];
  });
  const data = dataEdges(flows);
  const edges = new Map<Address, readonly Address[]>();
  for (const resource of project.resources.values()) {
    const extra = [...(data.edges.get(resource.address) ?? []), ...databasesOf(input, resource)];
    const declared = declaredDependencies(project, resource);
    edges.set(resource.address, extra.length === 0 ? declared : [...new Set([...declared, ...extra])].sort());
  }
  const { order, rest } = dependencyOrder(edges);
  return { edges, order, diagnostics: [...data.diagnostics, ...cyclicResources(project, cyclesIn(rest, edges))] };
}

/** The declared databases that a deployment depends on: those of its tables, and those that its steps name. */
function databasesOf({ project, engines, deployments }: EdgeInput, resource: Resource): readonly Address[] {
  const parts = deployments.get(resource.address);
  if (parts === undefined) return [];
  const used = [...parts.reads, ...parts.writes].flatMap((place) =>
    place.kind === "table" ? [{ name: place.database, client: place.client }] : [],
  );
  const named = parts.bundle.steps.flatMap(({ configId, parameters: { database_name: name } }) => {
    const config = parts.configs.get(configId);
    return typeof name !== "string" || config === undefined
      ? []
      : [{ name, client: clientKey(engines, config, "metastore") }];
  });
  return [...used, ...named].flatMap(({ name, client }) => {
    const database = project.resources.get(databaseAddress(name));
    if (database?.kind !== "database") return [];
    const chosen = chooseConfig(project, database.configId);
    return "problem" in chosen || clientKey(engines, chosen.config, "metastore") !== client ? [] : [database.address];
  });
}
