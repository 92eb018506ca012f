import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createResourceGraph } from "../../src/graph/resource-graph.ts";

const graphOf = (edges: Readonly<Record<string, readonly string[]>>) =>
  createResourceGraph(new Map(Object.entries(edges)));

describe("createResourceGraph", () => {
  it("knows needs both ways, and depth", () => {
    const graph = graphOf({ c: ["a", "b"], b: ["a"], a: [], d: [] });
    expect(graph.order.indexOf("a")).toBeLessThan(graph.order.indexOf("b"));
    expect(graph.needs("c")).toEqual(["a", "b"]);
    expect(graph.neededBy("a")).toEqual(expect.arrayContaining(["b", "c"]));
    expect(["a", "b", "c", "d"].map(graph.depth)).toEqual([0, 1, 2, 0]);
  });

  it("leaves out what others imply", () => {
    const graph = graphOf({ a: [], b: ["a"], c: ["b"], d: ["a", "b", "c"], e: ["a", "c"], f: ["a", "z"], z: [] });
    expect(graph.closest("d")).toEqual(["c"]);
    expect(graph.closest("e")).toEqual(["c"]);
    expect(graph.closest("f")).toEqual(["a", "z"]);
  });

  it("leaves out unknown names and cycles", () => {
    const graph = graphOf({ a: ["gone"], b: ["c"], c: ["b"] });
    expect(graph.order).toEqual(["a"]);
    expect(graph.needs("a")).toEqual([]);
  });

  it("goes down a chain of any length", () => {
    const chain = new Map(Array.from({ length: 20_000 }, (_, n) => [`n${n}`, n === 0 ? [] : [`n${n - 1}`]]));
    const graph = createResourceGraph(chain);
    expect(graph.depth("n19999")).toBe(19_999);
    expect(graph.closest("n19999")).toEqual(["n19998"]);
  });

  it("draws as few edges as reach the same", () => {
    const node = (n: number) => `n${n}`;
    const dag = fc.array(fc.array(fc.nat(11), { maxLength: 5 }), { maxLength: 12 });
    fc.assert(
      fc.property(dag, (lists) => {
        const edges = new Map(lists.map((list, n) => [node(n), [...new Set(list.filter((m) => m < n))].map(node)]));
        const graph = createResourceGraph(edges);
        const reach = (of: (name: string) => readonly string[], from: string): ReadonlySet<string> =>
          new Set(of(from).flatMap((need) => [need, ...reach(of, need)]));
        for (const name of edges.keys()) {
          expect(reach(graph.closest, name)).toEqual(reach(graph.needs, name));
          for (const left of graph.closest(name)) {
            const others = graph.closest(name).filter((other) => other !== left);
            expect(others.some((other) => reach(graph.needs, other).has(left))).toBe(false);
          }
        }
      }),
    );
  });
});
