/**
 * The graph of resources as a value to look around in: graphlib holds it, and what graphlib does by recursion (order, cycles) is done by
 * src/graph/order.ts in its place. Edges go from what is needed to what needs it, the way that work flows.
 */
import { Graph } from "@dagrejs/graphlib";
import type { Address } from "../address.ts";
import { type Dependencies, dependencyOrder } from "./order.ts";

/** A graph without cycles; every list is in the order of addresses as they were given. */
export interface ResourceGraph {
  /** All nodes, what is needed first. */
  readonly order: readonly Address[];
  /** What the node needs directly. */
  needs(address: Address): readonly Address[];
  /** What needs the node directly. */
  neededBy(address: Address): readonly Address[];
  /** What the node needs directly and through nothing else: enough to draw, since the rest follows. */
  closest(address: Address): readonly Address[];
  /** Edges on the longest way to a node that needs nothing. */
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

/** Needs that no other need implies. What lies less deep than the least deep of them can't lead to any, so it is not walked. */
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
