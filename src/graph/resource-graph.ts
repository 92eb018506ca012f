/**
 * The graph of resources, for queries. graphlib holds it; src/graph/order.ts computes order and cycles, because graphlib recurses
 * there. Edges lead from a resource to those that need it, in the direction of the work.
 */
import { Graph } from "@dagrejs/graphlib";
import type { Address } from "../address.ts";
import { type Dependencies, dependencyOrder } from "./order.ts";

/** A graph without cycles; every list keeps the order of the given addresses. */
export interface ResourceGraph {
  /** All nodes, dependencies first. */
  readonly order: readonly Address[];
  /** The nodes that this node needs directly. */
  needs(address: Address): readonly Address[];
  /** The nodes that need this node directly. */
  neededBy(address: Address): readonly Address[];
  /** The nodes that this node needs directly and through no other: enough for a drawing, since the rest follows. */
  closest(address: Address): readonly Address[];
  /** Edges on the longest path to a node without needs. */
  depth(address: Address): number;
}

/** The graph of these dependencies; nodes on or behind a cycle are left out. */
export function createResourceGraph(dependencies: Dependencies): ResourceGraph {
  const { order } = dependencyOrder(dependencies);
  const graph = new Graph({ directed: true });
  for (const node of order) graph.setNode(node);
  for (const node of order) {
    for (const need of dependencies.get(node) ?? []) if (graph.hasNode(need)) graph.setEdge(need, node);
  }
  const needs = (address: Address) => graph.predecessors(address) ?? [];
  const depths = depthsOf(order, needs);
  const depth = (address: Address) => depths.get(address) ?? 0;
  return {
    order,
    needs,
    neededBy: (address) => graph.successors(address) ?? [],
    closest: (address) => closestOf(address, needs, depth),
    depth,
  };
}

type Needs = (address: Address) => readonly Address[];

function depthsOf(order: readonly Address[], needs: Needs): ReadonlyMap<Address, number> {
  const depths = new Map<Address, number>();
  for (const node of order) {
    depths.set(
      node,
      needs(node).reduce((most, need) => Math.max(most, (depths.get(need) ?? 0) + 1), 0),
    );
  }
  return depths;
}

/** Needs that no other need implies. A node above the shallowest need can't lead to any need, so the walk skips it. */
function closestOf(address: Address, needs: Needs, depth: (address: Address) => number): readonly Address[] {
  const direct = needs(address);
  if (direct.length < 2) return direct;
  const floor = direct.reduce((least, need) => Math.min(least, depth(need)), Number.POSITIVE_INFINITY);
  const implied = new Set<Address>();
  const stack = [...direct];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    for (const need of needs(node)) {
      if (implied.has(need) || depth(need) < floor) continue;
      implied.add(need);
      stack.push(need);
    }
  }
  return direct.filter((need) => !implied.has(need));
}
