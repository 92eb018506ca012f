/**
 * Order and cycles of a directed graph, computed iteratively: a chain of any length costs no stack. (graphlib's topsort and
 * findCycles recurse and overflow at about 5,000 nodes.) The graph maps each node's name to the names that it depends on; unknown
 * names are ignored.
 */

/** The names on which each node depends. */
export type Dependencies = ReadonlyMap<string, readonly string[]>;

/** Counts down the dependencies that nodes wait for. */
export interface Countdown {
  /** Nodes without known dependencies, in the order of the map. */
  readonly ready: readonly string[];
  /** Marks a node as done; returns the nodes that no longer wait. */
  done(node: string): readonly string[];
  /** Nodes that still wait. */
  readonly left: () => readonly string[];
}

/** A countdown for a graph. */
export function countdown(dependencies: Dependencies): Countdown {
  const waiting = new Map<string, number>();
  const dependants = new Map<string, string[]>();
  for (const [node, needs] of dependencies) {
    const known = new Set(needs.filter((need) => dependencies.has(need)));
    waiting.set(node, known.size);
    for (const need of known) {
      const list = dependants.get(need);
      if (list === undefined) dependants.set(need, [node]);
      else list.push(node);
    }
  }
  return {
    ready: [...waiting].filter(([, count]) => count === 0).map(([node]) => node),
    done: (node) =>
      (dependants.get(node) ?? []).filter((next) => {
        const left = (waiting.get(next) ?? 0) - 1;
        waiting.set(next, left);
        return left === 0;
      }),
    left: () => [...waiting].filter(([, count]) => count > 0).map(([node]) => node),
  };
}

/** Nodes with dependencies first; ties in the order of the map. `rest` holds the nodes on or behind a cycle. */
export function dependencyOrder(dependencies: Dependencies): {
  readonly order: readonly string[];
  readonly rest: readonly string[];
} {
  const { ready, done, left } = countdown(dependencies);
  const order = [...ready];
  // One by one: a node may have more dependants than a call may have arguments.
  for (let at = 0; at < order.length; at++) for (const next of done(order[at] ?? "")) order.push(next);
  return { order, rest: order.length === dependencies.size ? [] : left() };
}

/** One cycle for each group of nodes that depend on each other: `[a, b, a]`. Empty when there is none. */
export function cycles(dependencies: Dependencies): readonly (readonly string[])[] {
  const { rest } = dependencyOrder(dependencies);
  if (rest.length === 0) return [];
  const found: string[][] = [];
  const done = new Set<string>();
  const candidates = new Set(rest);
  for (const start of rest) {
    if (done.has(start)) continue;
    const at = new Map<string, number>();
    const path: string[] = [];
    let node: string | undefined = start;
    // Every node of `rest` depends on another one, so the path ends on a cycle or at a visited node.
    while (node !== undefined && !done.has(node) && !at.has(node)) {
      at.set(node, path.length);
      path.push(node);
      node = dependencies.get(node)?.find((need) => candidates.has(need));
    }
    if (node !== undefined && at.has(node)) found.push([...path.slice(at.get(node)), node]);
    for (const visited of path) done.add(visited);
  }
  return found;
}

/** Everything that the given nodes need, themselves included. */
export function closure(starts: Iterable<string>, dependencies: Dependencies): ReadonlySet<string> {
  const seen = new Set<string>();
  const stack = [...starts];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    stack.push(...(dependencies.get(node) ?? []));
  }
  return seen;
}
