/** Makes the plan: compares every resource with the state and the facts in the order of the graph, and derives the stages. */

import { type Address, compareAddresses } from "../address.ts";
import { resourceEdges } from "../bundle/resource-edges.ts";
import { unorderedSteps } from "../bundle/step-order.ts";
import type { Diagnostic } from "../diagnostic/diagnostic.ts";
import { dependencyOrder } from "../graph/order.ts";
import type { Resource } from "../project/resource.ts";
import { declaredConfig, declaredOperator, declaredWorkflow } from "../state/declared.ts";
import { tablesMadeBy } from "../state/made-objects.ts";
import type { Entry } from "../state/state.ts";
import { chooseConfig } from "../validate/engines.ts";
import { claimedObjects, objectOf } from "./claimed-objects.ts";
import { planDatabase } from "./kinds/database.ts";
import { planDefinition } from "./kinds/definition.ts";
import { planDeploymentResource } from "./kinds/deployment.ts";
import { type Presence, planForgotten, planRemoved } from "./kinds/removed.ts";
import { planTableResource } from "./kinds/table.ts";
import { movesOf, withMove } from "./moves.ts";
import type { Change, Plan } from "./plan.ts";
import type { PlanInput } from "./plan-input.ts";
import type { Planned } from "./planned.ts";
import { planRefresh } from "./refresh-only.ts";
import type { Stage } from "./stage.ts";
import { effectGuard } from "./stops/effects.ts";
import { fullDatabases } from "./stops/full-databases.ts";
import { lostResources } from "./stops/lost-types.ts";
import { readersOfDropped } from "./stops/missing-inputs.ts";
import { otherStateOnce } from "./stops/other-state.ts";
import { outputsAbove } from "./stops/outputs-above-others.ts";
import { renamedHints } from "./stops/renamed.ts";
import { runsNotStarted } from "./stops/runs-not-started.ts";
import { safetyStops } from "./stops/safety.ts";
import { sharedData } from "./stops/shared-data.ts";
import { type Writers, writersOf } from "./stops/writers.ts";
import { takeovers } from "./takeovers.ts";
import { leftOut, reversed, runsLeftOut } from "./targets.ts";

/** The plan with its diagnostics. It must not be applied if any is an error. */
export async function makePlan(
  input: PlanInput,
): Promise<{ readonly plan: Omit<Plan, "id">; readonly diagnostics: readonly Diagnostic[] }> {
  const { edges, order, diagnostics } = resourceEdges(input);
  const { moves, diagnostics: badMoves } = movesOf(input.project, input.state);
  const planned = new Map<Address, Planned>(input.refreshOnly ? planRefresh(input) : []);
  if (!input.destroy && !input.refreshOnly) {
    const writers = writersOf(input.project, input.deployments);
    for (const address of order) {
      const resource = input.project.resources.get(address);
      if (resource === undefined) continue;
      const from = moves.get(address);
      const entry = input.state.resources.get(from ?? address);
      const part = await planResource(input, resource, { edges, entry, from, writers }, planned);
      planned.set(address, from === undefined || entry === undefined ? part : withMove(part, from, entry));
    }
  }
  for (const [address, part] of planAllGone(input, planned, new Set(moves.values()))) planned.set(address, part);
  const { out, diagnostics: unknown } = leftOut(input.choice, () => ({
    edges: choiceEdges(input, edges, planned),
    // Otherwise everything is planned under its address in the state.
    moves: input.destroy || input.refreshOnly ? new Map() : moves,
  }));
  const notRun = runsLeftOut(input.choice, input.runNow, input.refreshOnly ? new Set(input.runNow) : out);
  const notStarted = out.size > 0 || input.refreshOnly ? [] : runsNotStarted(input, planned);
  for (const address of out) planned.delete(address);
  const stages = stagesOf(input, planned, edges);
  const plan = { ...assemble(input, planned, stages), leftOut: out.size };
  const objects = [...input.state.resources.values()].filter((entry) => entry.client !== undefined).length;
  const used = new Set<Address>([...planned.keys()].filter((address) => mayDeleteForeign(planned.get(address))));
  const effects = input.destroy ? [] : effectStops(input, (address) => used.add(address));
  const stops = [
    ...safetyStops(plan.changes, stages, { objects, destroy: input.destroy, allowed: input.allowDestroy, used }),
    ...sharedData(stages, input),
    ...outputsAbove(input),
    ...fullDatabases(stages, input),
    ...readersOfDropped(stages, input),
    ...effects,
    ...(input.destroy || input.refreshOnly ? [] : lostResources(input.project, planned)),
  ];
  const hints = input.destroy || input.refreshOnly ? [] : renamedHints(input.state, planned);
  const problems = [...planned.values()].flatMap((part) => part.diagnostics);
  return {
    plan,
    diagnostics: [
      ...diagnostics,
      ...badMoves,
      ...unknown,
      ...notRun,
      ...notStarted,
      ...otherStateOnce(problems, input.state.lineage),
      ...stops,
      ...hints,
    ],
  };
}

/** The pull between addresses: a created resource brings its needs, a dropped one its dependants, and a takeover the resource that lets go. */
function choiceEdges(
  { state, destroy }: PlanInput,
  edges: ReadonlyMap<Address, readonly Address[]>,
  planned: ReadonlyMap<Address, Planned>,
): ReadonlyMap<Address, readonly Address[]> {
  // A destroy uses only what was applied, with the edges of that time.
  const stays = destroy ? new Map<Address, readonly Address[]>() : edges;
  const gone = [...state.resources].filter(([address]) => !stays.has(address));
  const goes = reversed(new Map(gone.map(([address, entry]) => [address, entry.depends_on])));
  const all = new Map([...stays, ...goes]);
  for (const [first, second] of takeovers(planned)) all.set(second, [...(all.get(second) ?? []), first]);
  return all;
}

async function planResource(
  input: PlanInput,
  resource: Resource,
  {
    edges,
    entry,
    from,
    writers,
  }: {
    readonly edges: ReadonlyMap<Address, readonly Address[]>;
    readonly entry: Entry | undefined;
    /** The address of its entry in the state, if it differs. */
    readonly from: Address | undefined;
    readonly writers: Writers;
  },
  before: ReadonlyMap<Address, Planned>,
): Promise<Planned> {
  const { project, state, facts, modules } = input;
  const dependsOn = edges.get(resource.address) ?? [];
  switch (resource.kind) {
    case "config":
      return planDefinition(resource, declaredConfig(resource), dependsOn, entry);
    case "operator":
      return planDefinition(resource, declaredOperator(resource, modules), dependsOn, entry);
    case "workflow":
      return planDefinition(resource, declaredWorkflow(resource, modules), dependsOn, entry);
    case "deployment":
      return planDeploymentResource(input, resource, {
        dependsOn,
        known: entry === undefined ? undefined : { address: from ?? resource.address, entry },
        before,
        writers,
      });
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
        offline: input.offline,
        dropping: input.dropping.has(resource.address),
        ...(storage === null ? {} : { storage: storage.record }),
      };
      if (resource.kind === "database")
        return planDatabase(resource, facts.databases.get(resource.address) ?? null, setting);
      return planTableResource(input, resource, { config: chosen.config, metastore, setting, from });
    }
  }
}

/** The config of a resource. Validation has made sure that it exists. */
function invariantConfig(
  chosen: ReturnType<typeof chooseConfig>,
): asserts chosen is Extract<typeof chosen, { config: unknown }> {
  if ("problem" in chosen) throw new Error(chosen.problem.detail);
}

/** The plan for a resource that only the state has: dropped, or forgotten if a declaration claims its object under another address. */
function planAllGone(
  input: PlanInput,
  planned: ReadonlyMap<Address, Planned>,
  movedAway: ReadonlySet<Address>,
): readonly (readonly [Address, Planned])[] {
  const { state, destroy } = input;
  const gone = [...state.resources].filter(
    ([address]) => !planned.has(address) && (destroy || !movedAway.has(address)),
  );
  if (gone.length === 0) return [];
  const claimed = destroy ? new Map<string, Address>() : claimedObjects(input.project, input.engines);
  return gone.map(([address, entry]) => {
    const claimant = claimed.get(objectOf(address, entry) ?? "");
    if (claimant === undefined) return [address, planGone(input, address, entry)];
    return [address, planForgotten(address, entry, `its object now belongs to ${claimant}`)];
  });
}

function planGone(input: PlanInput, address: Address, entry: Entry): Planned {
  const { facts, project, destroy } = input;
  const declared = project.resources.get(address);
  const preventDestroy = declared !== undefined && "lifecycle" in declared && declared.lifecycle.preventDestroy;
  const [database, table] = [facts.databases.get(address) ?? null, facts.tables.get(address) ?? null];
  const owner = (database ?? table)?.owner;
  // An adopted database has no mark. A table without one was made by somebody else in the meantime.
  const owned = owner === undefined ? table === null : owner.lineage === input.state.lineage;
  const isGone = database === null && table === null && !input.offline;
  const isLeft = isGone && !input.dropping.has(address);
  const presence: Presence = isLeft ? null : { owned: owned || input.offline };
  if (!destroy && project.settings.removed.get(address) === false)
    return planForgotten(address, entry, "the object stays");
  return planRemoved(address, entry, presence, {
    destroy,
    preventDestroy,
    made: madePresence(input, address, entry),
    registers: entry.object?.bundle !== undefined,
  });
}

/** Tables that runs of a deployment made, and whether it still owns them. */
function madePresence({ facts, state, offline }: PlanInput, address: Address, entry: Entry) {
  return tablesMadeBy(address, entry).map(({ fact, database, table }) => {
    const owner = facts.tables.get(fact)?.owner;
    const owned = offline || (owner?.lineage === state.lineage && owner.address === address);
    const isGone = facts.tables.get(fact) === null && !offline;
    return { table: `${database}.${table}`, presence: isGone ? null : { owned } };
  });
}

/** Stages in a valid order: a created resource after its needs, a dropped one before them. */
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
  for (const [first, second] of takeovers(planned)) needs.get(second)?.push(first);
  return dependencyOrder(needs).order.flatMap((address) => {
    const part = planned.get(address);
    if (part?.stage === undefined) return [];
    const dependencies = [...new Set(needs.get(address))].sort();
    return [{ address, action: part.change.action, ...part.stage, dependencies }];
  });
}

function assemble(
  input: PlanInput,
  planned: ReadonlyMap<Address, Planned>,
  stages: readonly Stage[],
): Omit<Plan, "id" | "leftOut"> {
  const parts = [...planned.values()];
  const changes: Change[] = parts.filter((part) => part.stage !== undefined).map((part) => part.change);
  return {
    environment: input.project.settings.environment,
    lineage: input.state.lineage,
    serial: input.state.serial,
    destroy: input.destroy,
    changes: changes.sort((a, b) => compareAddresses(a.address, b.address)),
    drift: parts.flatMap((part) => part.drift ?? []).sort((a, b) => compareAddresses(a.address, b.address)),
    unchanged: parts.length - changes.length,
    stages,
  };
}

/** True for a run that finds files of others in its outputs. */
const mayDeleteForeign = (part: Planned | undefined): boolean =>
  part?.change.action === "run" && part.drift?.some(({ code }) => code === "foreign_files") === true;

/** What the guard says of all deployments, and steps whose order is left to chance. */
function effectStops(
  { project, state, engines, allowDestroy, deployments }: PlanInput,
  onAllowed: (address: Address) => void,
): readonly Diagnostic[] {
  const guard = effectGuard({ project, state, engines, allowed: allowDestroy, onAllowed });
  return [...deployments.values()].flatMap((parts) => [...guard(parts), ...unorderedSteps(parts)]);
}
