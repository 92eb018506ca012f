/** The plan itself: every resource compared with the state and the facts, in the order of the graph, and the stages that follow. */
import { type Address, compareAddresses, databaseAddress } from "../address.ts";
import type { Diagnostic } from "../diagnostic/diagnostic.ts";
import { declaredDependencies } from "../graph/build.ts";
import { cycles, dependencyOrder } from "../graph/order.ts";
import { digest, type Json } from "../json.ts";
import type { BuiltinOperator } from "../operator/operator.ts";
import type { Project } from "../project/project.ts";
import type { Resource } from "../project/resource.ts";
import type { Facts } from "../state/refresh.ts";
import type { Entry, State } from "../state/state.ts";
import { chooseConfig } from "../validate/engines.ts";
import { type Dataflow, dataEdges } from "./dataflow.ts";
import { declaredConfig, declaredOperator, declaredWorkflow, type Modules } from "./declared.ts";
import type { DeploymentParts } from "./deployment-parts.ts";
import type { EngineSource } from "./engine-source.ts";
import { clientKey } from "./places.ts";
import type { Change, Plan } from "./plan.ts";
import { planDatabase } from "./plan-database.ts";
import { planDefinition } from "./plan-definition.ts";
import { planOneDeployment } from "./plan-one-deployment.ts";
import { cyclicResources, databaseMissing } from "./plan-problems.ts";
import { type Presence, planRemoved } from "./plan-removed.ts";
import { planTable } from "./plan-table.ts";
import type { Planned } from "./planned.ts";
import type { Stage } from "./stage.ts";
import type { World } from "./world.ts";

/** What a plan is made from. */
export interface PlanInput {
  readonly project: Project;
  readonly state: State;
  readonly facts: Facts;
  /** By address: what each deployment runs, reads and writes. */
  readonly deployments: ReadonlyMap<Address, DeploymentParts>;
  readonly modules: Modules;
  readonly engines: EngineSource;
  readonly world: World;
  readonly builtin: (namespace: string, command: string) => BuiltinOperator | null;
  readonly now: Date;
  /** Deployments that are to run whatever changed. */
  readonly run: ReadonlySet<Address>;
  readonly destroy: boolean;
}

/** The plan, and everything that is worth saying about it; with errors it must not be applied. */
export async function makePlan(
  input: PlanInput,
): Promise<{ readonly plan: Plan; readonly diagnostics: readonly Diagnostic[] }> {
  const { edges, diagnostics } = resourceEdges(input);
  const planned = new Map<Address, Planned>();
  if (!input.destroy) {
    const { order } = dependencyOrder(edges);
    for (const address of order) {
      const resource = input.project.resources.get(address);
      if (resource !== undefined) planned.set(address, await planResource(input, resource, edges, planned));
    }
  }
  for (const [address, entry] of input.state.resources) {
    if (planned.has(address)) continue;
    planned.set(address, planGone(input, address, entry));
  }
  const stages = stagesOf(input, planned, edges);
  const plan = assemble(input, planned, stages);
  return { plan, diagnostics: [...diagnostics, ...[...planned.values()].flatMap((part) => part.diagnostics)] };
}

/** Edges of declared resources: what they name, and what they read and write. */
function resourceEdges(input: PlanInput): {
  readonly edges: ReadonlyMap<Address, readonly Address[]>;
  readonly diagnostics: readonly Diagnostic[];
} {
  const { project, engines } = input;
  const flows = [...project.resources.values()].flatMap((resource): readonly Dataflow[] => {
    if (resource.kind === "deployment") {
      const parts = input.deployments.get(resource.address);
      return parts === undefined ? [] : [{ resource, reads: parts.reads, writes: parts.writes, declares: [] }];
    }
    if (resource.kind !== "table") return [];
    const chosen = chooseConfig(project, resource.configId);
    if ("problem" in chosen) return [];
    const { config } = chosen;
    const rest = { configId: config.id };
    const declares = [
      {
        ...rest,
        kind: "table" as const,
        client: clientKey(engines, config, "metastore"),
        database: resource.database,
        table: resource.name,
      },
      { ...rest, kind: "path" as const, client: clientKey(engines, config, "storage"), path: resource.location },
    ];
    return [{ resource, reads: [], writes: [], declares }];
  });
  const data = dataEdges(flows);
  const edges = new Map<Address, readonly Address[]>();
  for (const resource of project.resources.values()) {
    const extra = [...(data.edges.get(resource.address) ?? []), ...databasesOf(input, resource)];
    const declared = declaredDependencies(project, resource);
    edges.set(resource.address, extra.length === 0 ? declared : [...new Set([...declared, ...extra])].sort());
  }
  return { edges, diagnostics: [...data.diagnostics, ...cyclicResources(project, cycles(edges))] };
}

/** Declared databases of the tables that a deployment reads and writes. */
function databasesOf({ project, engines, deployments }: PlanInput, resource: Resource): readonly Address[] {
  const parts = deployments.get(resource.address);
  if (parts === undefined) return [];
  return [...parts.reads, ...parts.writes].flatMap((place) => {
    const database = place.kind === "table" ? project.resources.get(databaseAddress(place.database)) : undefined;
    if (database?.kind !== "database") return [];
    const chosen = chooseConfig(project, database.configId);
    return "problem" in chosen || clientKey(engines, chosen.config, "metastore") !== place.client
      ? []
      : [database.address];
  });
}

async function planResource(
  input: PlanInput,
  resource: Resource,
  edges: ReadonlyMap<Address, readonly Address[]>,
  before: ReadonlyMap<Address, Planned>,
): Promise<Planned> {
  const { project, state, facts, modules } = input;
  const entry = state.resources.get(resource.address);
  const dependsOn = edges.get(resource.address) ?? [];
  switch (resource.kind) {
    case "config":
      return planDefinition(resource, declaredConfig(resource), dependsOn, entry);
    case "operator":
      return planDefinition(resource, declaredOperator(resource, modules), dependsOn, entry);
    case "workflow":
      return planDefinition(resource, declaredWorkflow(resource, modules), dependsOn, entry);
    case "deployment":
      return planOneDeployment(input, resource, dependsOn, entry, before);
    case "database":
    case "table": {
      const chosen = chooseConfig(project, resource.configId);
      invariantConfig(chosen);
      const metastore = input.engines.recordOf(chosen.config, "metastore");
      const storage = input.engines.recordOf(chosen.config, "storage");
      if (metastore === null) return planDefinition(resource, {}, dependsOn, entry);
      const setting = {
        lineage: state.lineage,
        client: metastore.record,
        dependsOn,
        entry,
        ...(storage === null ? {} : { storage: storage.record }),
      };
      if (resource.kind === "database")
        return planDatabase(resource, facts.databases.get(resource.address) ?? null, setting);
      const planned = planTable(resource, facts.tables.get(resource.address) ?? null, setting);
      const missing = databaseMissing(
        project,
        resource,
        facts.hasDatabase(clientKey(input.engines, chosen.config, "metastore"), resource.database) === true,
      );
      input.world.make(chosen.config, [{ table: { ...resource, catalogued: true } }]);
      return {
        ...planned,
        diagnostics: [...planned.diagnostics, ...(planned.change.action === "create" ? missing : [])],
      };
    }
  }
}

/** Validation has seen to it that there is a config. */
function invariantConfig(
  chosen: ReturnType<typeof chooseConfig>,
): asserts chosen is Extract<typeof chosen, { config: unknown }> {
  if ("problem" in chosen) throw new Error(chosen.problem.detail);
}

function planGone(input: PlanInput, address: Address, entry: Entry): Planned {
  const { facts, project, destroy } = input;
  const declared = project.resources.get(address);
  const preventDestroy = declared !== undefined && "lifecycle" in declared && declared.lifecycle.preventDestroy;
  const found = facts.databases.get(address) ?? facts.tables.get(address);
  const presence: Presence =
    found === undefined || found === null ? null : { owned: found.owner?.lineage === input.state.lineage };
  return planRemoved(address, entry, presence, {
    destroy,
    preventDestroy,
    registers: entry.object?.bundle !== undefined,
  });
}

/** Stages in an order in which they may run: what is made after what it needs, what goes before what it needed. */
function stagesOf(
  input: PlanInput,
  planned: ReadonlyMap<Address, Planned>,
  edges: ReadonlyMap<Address, readonly Address[]>,
): readonly Stage[] {
  const goes = (address: Address) => ["delete", "forget"].includes(planned.get(address)?.change.action ?? "");
  const needs = new Map<Address, Address[]>();
  for (const [address, part] of planned) if (part.stage !== undefined) needs.set(address, []);
  for (const address of needs.keys()) {
    const depends = goes(address) ? (input.state.resources.get(address)?.depends_on ?? []) : (edges.get(address) ?? []);
    for (const other of depends) {
      if (!needs.has(other)) continue;
      if (goes(address) && goes(other)) needs.get(other)?.push(address);
      else if (!goes(address) && !goes(other)) needs.get(address)?.push(other);
    }
  }
  return dependencyOrder(needs).order.flatMap((address) => {
    const part = planned.get(address);
    if (part?.stage === undefined) return [];
    return [{ address, action: part.change.action, ...part.stage, dependencies: (needs.get(address) ?? []).sort() }];
  });
}

function assemble(input: PlanInput, planned: ReadonlyMap<Address, Planned>, stages: readonly Stage[]): Plan {
  const parts = [...planned.values()];
  const changes: Change[] = parts.filter((part) => part.stage !== undefined).map((part) => part.change);
  const bound = {
    lineage: input.state.lineage,
    serial: input.state.serial,
    environment: input.project.settings.environment,
    stages: stages as unknown as Json,
  };
  return {
    id: stages.length === 0 ? digest([bound.lineage, bound.serial]) : digest(bound),
    environment: bound.environment,
    lineage: bound.lineage,
    serial: bound.serial,
    destroy: input.destroy,
    changes: changes.sort((a, b) => compareAddresses(a.address, b.address)),
    unchanged: parts.length - changes.length,
    stages,
  };
}
