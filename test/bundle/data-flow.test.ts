import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Dataflow, dataEdges, isOwn } from "../../src/bundle/data-flow.ts";
import type { Place } from "../../src/bundle/effects.ts";
import type { Resource } from "../../src/project/resource.ts";

/** `raw/a` is a path, `sales.orders` a table; `other:raw/a` the same in another client. */
function place(text: string): Place {
  const [client, name] = text.includes(":") ? (text.split(":") as [string, string]) : ["disk", text];
  const table = /^(\w+)\.(\w+)$/.exec(name);
  return table === null
    ? { kind: "path", client, configId: "1", path: name === "." ? "" : name }
    : { kind: "table", client, configId: "1", database: table[1] ?? "", table: table[2] ?? "" };
}
const resource = (address: string) => ({ kind: "deployment", address, description: "" }) as unknown as Resource;
const flow = (name: string, reads: readonly string[], writes: readonly string[]): Dataflow => ({
  resource: resource(`deployment.${name}`),
  reads: reads.map(place),
  writes: writes.map(place),
});
const declared = (table: string, data: string): Dataflow => ({
  resource: resource(`table.${table}`),
  reads: [],
  writes: [],
  declares: { table: place(table), data: place(data) },
});
/** `a <- b c`: a depends on b and c. */
const edges = (...flows: readonly Dataflow[]) =>
  [...dataEdges(flows).edges].map(([address, others]) =>
    `${address} <- ${others.join(" ")}`.replaceAll("deployment.", ""),
  );
const conflicts = (...flows: readonly Dataflow[]) =>
  dataEdges(flows).diagnostics.map((item) => [item.code, item.address]);

describe("a reader depends on the writer", () => {
  const cases: readonly (readonly [read: string, written: string, isEdge: boolean])[] = [
    ["sales.orders", "sales.orders", true],
    ["sales.orders", "sales.items", false],
    ["other:sales.orders", "sales.orders", false],
    ["out/a", "out/a", true],
    ["out", "out/a", true],
    ["out/a/b.csv", "out/a", true],
    ["out/ab", "out/a", false],
    ["out/a", "out/ab", false],
    ["other:out/a", "out/a", false],
    [".", "out/a", true],
    ["out/*/x.csv", "out/a", true],
    ["out/*.csv", "elsewhere/a.csv", false],
    ["raw/2026-*/part.csv", "raw/2026-01/part.csv", true],
  ];
  test.each(cases)("reading %s where %s is written: %s", (read, written, isEdge) => {
    expect(edges(flow("r", [read], []), flow("w", [], [written]))).toEqual(isEdge ? ["r <- w"] : []);
  });

  test("no resource depends on itself", () => {
    expect(edges(flow("a", ["out/a"], ["out/a"]))).toEqual([]);
  });
});

describe("a declared table", () => {
  test("comes before its readers, its writers, and the writers of its files", () => {
    const table = declared("sales.orders", "warehouse/orders");
    expect(edges(table, flow("r", ["sales.orders"], []))).toEqual(["r <- table.sales.orders"]);
    expect(edges(table, flow("w", [], ["sales.orders"]))).toEqual(["w <- table.sales.orders"]);
    expect(edges(table, flow("f", [], ["warehouse/orders/day=1"]))).toEqual(["f <- table.sales.orders"]);
  });

  test("links readers of the table to writers of its files", () => {
    expect(
      edges(
        declared("sales.orders", "warehouse/orders"),
        flow("r", ["sales.orders"], []),
        flow("w", [], ["warehouse/orders"]),
      ),
    ).toEqual(["r <- w table.sales.orders", "w <- table.sales.orders"]);
  });
});

describe("two writers", () => {
  test("of one place are an error, reported once, at the second writer", () => {
    expect(conflicts(flow("a", [], ["out/x", "s.t"]), flow("b", [], ["out/x", "s.t"]))).toEqual([
      ["deployment/two-writers", "deployment.b"],
    ]);
  });
  test("of nested places are an error; of neighbours they are none", () => {
    expect(conflicts(flow("a", [], ["out"]), flow("b", [], ["out/x"]))).toHaveLength(1);
    expect(conflicts(flow("a", [], ["out/x"]), flow("b", [], ["out/y"]), flow("c", [], ["other:out/x"]))).toEqual([]);
  });
  test("one resource that writes a place twice is no conflict", () => {
    expect(conflicts(flow("a", [], ["out/x", "out/x", "out"]))).toEqual([]);
  });
});

test("what a deployment writes at a path with a hole is no input of it either", () => {
  const own = (read: string, openWrites: readonly string[], data?: string) =>
    isOwn(place(read), { writes: [], openWrites: openWrites.map(place) }, data === undefined ? undefined : place(data));
  // A step that reads what it writes is planned with a glob in place of the hole.
  expect(own("out/day=*", ["out/day=${run.date}"])).toBe(true);
  expect(own("out/day=*/a.csv", ["out/day=${run.date}"])).toBe(true);
  expect(own("out", ["out/day=${run.date}"])).toBe(false);
  expect(own("out/x", ["out/day=${run.date}"])).toBe(false);
  expect(own("other:out/day=*", ["out/day=${run.date}"])).toBe(false);
  expect(own("sales.orders", ["warehouse/orders/day=${run.date}"], "warehouse/orders")).toBe(true);
  expect(own("sales.orders", ["warehouse/items/day=${run.date}"], "warehouse/orders")).toBe(false);
  expect(own("sales.orders", ["warehouse/orders/day=${run.date}"])).toBe(false);
});

test("the index finds what comparing every pair finds", () => {
  const path = fc
    .array(fc.constantFrom("a", "b", "c"), { maxLength: 3 })
    .map((parts) => (parts.length === 0 ? "." : parts.join("/")));
  const flows = fc.array(fc.tuple(fc.array(path, { maxLength: 2 }), fc.array(path, { maxLength: 2 })), {
    maxLength: 5,
  });
  const meet = (a: string, b: string) => {
    const [one, two] = [a, b].map((text) => (text === "." ? "" : `${text}/`)) as [string, string];
    return one.startsWith(two) || two.startsWith(one);
  };
  fc.assert(
    fc.property(flows, (parts) => {
      const all = parts.map(([reads, writes], at) => flow(`d${at}`, reads, writes));
      const expected = parts.flatMap(([reads], at) =>
        parts.flatMap(([, writes], other) =>
          at !== other && reads.some((read) => writes.some((written) => meet(read, written)))
            ? [`d${at} ${`d${other}`}`]
            : [],
        ),
      );
      const found = [...dataEdges(all).edges].flatMap(([address, others]) =>
        others.map((other) => `${address} ${other}`.replaceAll("deployment.", "")),
      );
      expect(found.sort()).toEqual(expected.sort());
    }),
  );
});

test("a deployment's own writes are no inputs: the place, what lies in it, and a table whose files it writes", () => {
  const own = (read: string, writes: readonly string[], data?: string) =>
    isOwn(place(read), { writes: writes.map(place) }, data === undefined ? undefined : place(data));
  expect(own("sales.orders", ["sales.orders"])).toBe(true);
  expect(own("out/a/part.csv", ["out/a"])).toBe(true);
  expect(own("out", ["out/a"])).toBe(false);
  expect(own("other:out/a", ["out/a"])).toBe(false);
  expect(own("sales.orders", ["warehouse/orders/day=1"], "warehouse/orders")).toBe(true);
  expect(own("sales.orders", ["warehouse/items"], "warehouse/orders")).toBe(false);
});
