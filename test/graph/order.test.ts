import fc from "fast-check";
import { expect, test } from "vitest";
import { closure, cycles, type Dependencies, dependencyOrder } from "../../src/graph/order.ts";
import { walk } from "../../src/graph/walk.ts";

const graphOf = (edges: Readonly<Record<string, readonly string[]>>): Dependencies => new Map(Object.entries(edges));

/** Any graph of up to eight nodes, cycles too. */
const anyGraph = fc.integer({ min: 1, max: 8 }).chain((size) =>
  fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), { maxLength: 16 }).map((pairs) => {
    const graph = new Map<string, string[]>(Array.from({ length: size }, (_, node) => [`n${node}`, []]));
    for (const [from, to] of pairs) graph.get(`n${from}`)?.push(`n${to}`);
    return graph;
  }),
);
/** Only edges to earlier nodes. */
const anyDag = anyGraph.map(
  (graph) => new Map([...graph].map(([node, needs]) => [node, needs.filter((need) => need < node)])),
);

test("what a node needs comes before it, each node once; the rest are those on or behind a cycle", () => {
  fc.assert(
    fc.property(anyGraph, (graph) => {
      const { order, rest } = dependencyOrder(graph);
      expect([...order, ...rest].sort()).toEqual([...graph.keys()].sort());
      const at = new Map(order.map((node, index) => [node, index]));
      for (const node of order)
        for (const need of graph.get(node) ?? []) expect(at.get(need) ?? 99).toBeLessThan(at.get(node) ?? -1);
      for (const node of rest) expect((graph.get(node) ?? []).some((need) => rest.includes(need))).toBe(true);
    }),
  );
});

test("there is a cycle exactly when not all can be ordered, and each that is given is one", () => {
  fc.assert(
    fc.property(anyGraph, (graph) => {
      const found = cycles(graph);
      expect(found.length > 0).toBe(dependencyOrder(graph).rest.length > 0);
      for (const cycle of found) {
        expect(cycle[0]).toBe(cycle.at(-1));
        expect(new Set(cycle).size).toBe(cycle.length - 1);
        cycle.slice(1).forEach((need, index) => {
          expect(graph.get(cycle[index] ?? "")).toContain(need);
        });
      }
    }),
  );
});

test("two cycles apart are both told; a node that waits for itself is one", () => {
  const found = cycles(graphOf({ a: ["b"], b: ["a"], c: ["d"], d: ["c"], e: ["e"], f: ["a"] }));
  expect(found.map((cycle) => cycle.join(""))).toEqual(["aba", "cdc", "ee"]);
});

test("names that are no nodes are left out", () => {
  expect(dependencyOrder(graphOf({ a: ["absent"] })).order).toEqual(["a"]);
});

test("the closure of some nodes is all that they need", () => {
  expect([...closure(["c"], graphOf({ a: [], b: ["a"], c: ["b"], d: ["c"] }))].sort()).toEqual(["a", "b", "c"]);
});

test("a chain and a cycle of 100,000 nodes cost no stack", () => {
  const size = 100_000;
  const chain = new Map(Array.from({ length: size }, (_, at) => [`n${at}`, at === 0 ? [] : [`n${at - 1}`]]));
  expect(dependencyOrder(chain).order).toHaveLength(size);
  expect(closure([`n${size - 1}`], chain).size).toBe(size);
  chain.set("n0", [`n${size - 1}`]);
  expect(cycles(chain).map((cycle) => cycle.length)).toEqual([size + 1]);
});

test("walk visits each node once, after what it needs, at most so many at a time", async () => {
  await fc.assert(
    fc.asyncProperty(anyDag, fc.integer({ min: 1, max: 4 }), fc.scheduler(), async (graph, limit, scheduler) => {
      const ended = new Set<string>();
      const visited: string[] = [];
      let running = 0;
      const walking = walk(graph, limit, async (node) => {
        running++;
        visited.push(node);
        expect(running).toBeLessThanOrEqual(limit);
        expect((graph.get(node) ?? []).filter((need) => !ended.has(need))).toEqual([]);
        await scheduler.schedule(Promise.resolve());
        ended.add(node);
        running--;
      });
      await scheduler.waitFor(walking);
      expect(visited.sort()).toEqual([...graph.keys()].sort());
    }),
    { numRuns: 50 },
  );
});

test("after an abort nothing new starts, and what goes on is waited for", async () => {
  const stop = new AbortController();
  const started: string[] = [];
  let finish: () => void = () => undefined;
  const walking = walk(
    graphOf({ a: [], b: [], c: ["a"] }),
    2,
    (node) => {
      started.push(node);
      return node === "a" ? new Promise((resolve) => (finish = resolve)) : Promise.resolve();
    },
    stop.signal,
  );
  stop.abort();
  let isOver = false;
  void walking.then(() => {
    isOver = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(isOver).toBe(false);
  finish();
  await walking;
  expect(started).toEqual(["a", "b"]);
});

test("a graph without nodes is walked at once", async () => {
  await walk(new Map(), 1, async () => undefined);
});
