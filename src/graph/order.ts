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
  const { names, placeOf, waiting, dependants } = counted(dependencies);
  return {
    ready: names.filter((_, at) => waiting[at] === 0),
    done: (node) =>
      (dependants[placeOf.get(node) ?? -1] ?? []).flatMap((next) => {
        const left = (waiting[next] ?? 0) - 1;
        waiting[next] = left;
        return left === 0 ? [names[next] ?? ""] : [];
      }),
    left: () => names.filter((_, at) => (waiting[at] ?? 0) > 0),
  };
}

/** The graph by the places of its nodes. */
interface Counted {
  readonly names: readonly string[];
  readonly placeOf: ReadonlyMap<string, number>;
  /** How many known nodes each node waits for. */
  readonly waiting: Int32Array;
  readonly dependants: readonly (number[] | undefined)[];
}

function counted(dependencies: Dependencies): Counted {
  const names = [...dependencies.keys()];
  const placeOf = new Map(names.map((node, at) => [node, at]));
  const waiting = new Int32Array(names.length);
  const dependants: (number[] | undefined)[] = new Array(names.length);
  // By need: the last node that named it, so that a need that is named twice counts once.
  const namedBy = new Int32Array(names.length).fill(-1);
  let node = -1;
  for (const needs of dependencies.values()) {
    node++;
    for (const need of needs) {
      const at = placeOf.get(need);
      if (at === undefined || namedBy[at] === node) continue;
      namedBy[at] = node;
      waiting[node] = (waiting[node] ?? 0) + 1;
      const list = dependants[at];
      if (list === undefined) dependants[at] = [node];
      else list.push(node);
    }
  }
  return { names, placeOf, waiting, dependants };
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
export const cycles = (dependencies: Dependencies): readonly (readonly string[])[] =>
  cyclesIn(dependencyOrder(dependencies).rest, dependencies);

/** The same for a graph whose order is known. `rest` are its nodes on or behind a cycle. */
export function cyclesIn(rest: readonly string[], dependencies: Dependencies): readonly (readonly string[])[] {
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
