/** Makes the graph of a project's resources. It asks no live system: the reads of SQL are known only for embedded engines. */
import type { Address } from "../address.ts";
import { resolveDeployments } from "../bundle/resolve-deployments.ts";
import { resourceEdges } from "../bundle/resource-edges.ts";
import { type Checked, type Diagnostic, hasErrors } from "../diagnostic/diagnostic.ts";
import { createResourceGraph } from "../graph/resource-graph.ts";
import { openCache } from "../io/cache.ts";
import type { Project } from "../project/project.ts";
import type { Resource } from "../project/resource.ts";
import { locate } from "../project/yaml/locate.ts";
import { directSteps } from "../validate/body.ts";
import { keptSteps } from "../validate/strict.ts";
import type { GraphDrawing, StepNode } from "../view/graph/graph-drawing.ts";
import type { CommandWorld } from "./command-world.ts";
import { embeddedEngines } from "./project/embedded-engines.ts";
import { isUsable, type Loaded, loadProject } from "./project/load-project.ts";

/** The graph of a project, with or without the steps of deployments. Without a value the diagnostics hold errors. */
export async function projectGraph(
  world: CommandWorld,
  options: { readonly steps: boolean },
): Promise<Checked<GraphDrawing> & { readonly project: Project }> {
  const loaded = await loadProject(world);
  const { project } = loaded;
  if (!isUsable(loaded)) return { diagnostics: loaded.diagnostics, project };
  const { edges, diagnostics } = await declaredEdges(world, loaded);
  const all = [...loaded.diagnostics, ...diagnostics];
  return hasErrors(all) ? { diagnostics: all, project } : { ...drawn(loaded, edges, options.steps, all), project };
}

/** The edges of a project from its files alone, and their errors, located: cycles, two writers of one place. */
export async function declaredEdges(
  world: CommandWorld,
  loaded: Loaded,
): Promise<{ readonly edges: ReadonlyMap<Address, readonly Address[]>; readonly diagnostics: readonly Diagnostic[] }> {
  const { project } = loaded;
  const engines = embeddedEngines(world, project);
  try {
    const cache = openCache(loaded.masonDirectory, "sql", false);
    const deployments = await resolveDeployments(project, loaded.bodyOf, new Map(), {
      engines,
      cache,
      asksSystems: false,
    });
    cache.save();
    const { edges, diagnostics } = resourceEdges({ project, engines, deployments });
    return { edges, diagnostics: await locate(diagnostics, project.textOf) };
  } finally {
    await engines.close();
  }
}

function drawn(
  { project, bodyOf }: Loaded,
  edges: ReadonlyMap<string, readonly string[]>,
  steps: boolean,
  diagnostics: Checked<GraphDrawing>["diagnostics"],
): Checked<GraphDrawing> {
  const graph = createResourceGraph(edges);
  const nodes = graph.order.flatMap((address) => {
    const resource = project.resources.get(address);
    if (resource === undefined) return [];
    return [
      {
        address,
        kind: resource.kind,
        needs: graph.needs(address),
        closest: graph.closest(address),
        depth: graph.depth(address),
        steps: steps ? stepsOf(resource, bodyOf) : [],
      },
    ];
  });
  return { value: { nodes }, diagnostics };
}

function stepsOf(resource: Resource, bodyOf: Loaded["bodyOf"]): readonly StepNode[] {
  if (resource.kind !== "deployment") return [];
  const body = bodyOf(resource);
  const kept = keptSteps(body);
  const ids = new Set(kept.map((step) => step.id));
  return kept.map((step) => ({
    id: step.id,
    operator: `${step.operator.definition.namespace}:${step.operator.definition.command}`,
    dependencies: directSteps(step, body).filter((id) => ids.has(id)),
    when: step.when,
  }));
}
