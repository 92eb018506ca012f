import { instance } from "@viz-js/viz";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { quoted as dotQuoted, graphDot } from "../../src/view/graph/graph-dot.ts";
import type { GraphDrawing, ResourceNode } from "../../src/view/graph/graph-drawing.ts";
import { graphJson } from "../../src/view/graph/graph-json.ts";
import { graphMermaid, quoted as mermaidQuoted } from "../../src/view/graph/graph-mermaid.ts";
import { graphSvg } from "../../src/view/graph/graph-svg.ts";
import { graphText } from "../../src/view/graph/graph-text.ts";

const node = (address: string, rest: Partial<ResourceNode> = {}): ResourceNode => ({
  address,
  kind: "config",
  needs: [],
  closest: [],
  depth: 0,
  steps: [],
  ...rest,
});

const drawing: GraphDrawing = {
  nodes: [
    node("config.10"),
    node("config.9"),
    node("database.sales", { kind: "database", needs: ["config.9"], closest: ["config.9"], depth: 1 }),
    node("deployment.x", {
      kind: "deployment",
      needs: ["config.9", "database.sales"],
      closest: ["database.sales"],
      depth: 2,
      steps: [
        { id: "a", operator: "table:query", dependencies: [], when: "succeeded" },
        { id: "b", operator: "table:delete", dependencies: ["a"], when: "failed" },
      ],
    }),
  ],
};

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#160": " " };
const fromXml = (text: string) =>
  text.replace(/&([^;]*);/g, (_, name: string) => entities[name] ?? String.fromCodePoint(Number(name.slice(1))));

describe("graphText", () => {
  it("indents by depth, with what is needed and the steps", () => {
    expect(graphText(drawing)).toBe(
      [
        "config.9",
        "config.10",
        "  database.sales  needs config.9",
        "    deployment.x  needs database.sales",
        "        a table:query",
        "        b table:delete  after a  when failed",
        "",
      ].join("\n"),
    );
    expect(graphText({ nodes: [] })).toBe("No resources.\n");
  });

  it("does not grow without end for a long chain", () => {
    const nodes = Array.from({ length: 100 }, (_, depth) => node(`config.${depth}`, { depth }));
    expect(
      Math.max(
        ...graphText({ nodes })
          .split("\n")
          .map((line) => line.length),
      ),
    ).toBeLessThan(50);
  });
});

it("gives implied edges as JSON only", () => {
  expect(graphJson(drawing).edges).toContainEqual({ from: "config.9", to: "deployment.x", implied: true });
  expect(graphDot(drawing)).not.toContain("n1 -> n3");
});

describe("graphDot", () => {
  it("escapes what labels read", () => {
    expect(dotQuoted('a"b\\n&lt;\u001b')).toBe('"a\\"b\\\\n&amp;lt;\\\\u{1b}"');
  });

  it("gives Graphviz any text as it is", async () => {
    const viz = await instance();
    fc.assert(
      fc.property(fc.string({ unit: "grapheme-ascii" }), (text) => {
        const label = `x${text}`;
        const svg = viz.renderString(graphDot({ nodes: [node(label)] }), { format: "svg" });
        expect(fromXml(/<text[^>]*>([^<]*)</.exec(svg)?.[1] ?? "").trim()).toBe(label.trim());
      }),
      { numRuns: 50 },
    );
  });
});

describe("graphMermaid", () => {
  it("groups the steps of a deployment and labels edges that are not for success", () => {
    expect(graphMermaid(drawing)).toContain('  subgraph n3g ["deployment.x"]\n    n3s0["a table:query"]');
    expect(graphMermaid(drawing)).toContain("n3s0 -->|failed| n3s1");
  });

  it("gives everything by number that could be more than text", () => {
    expect(mermaidQuoted('a"]<b>`#;é')).toBe('"a#34;#93;#60;b#62;#96;#35;#59;é"');
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(mermaidQuoted(text)).toMatch(/^"[^"<>&`\\[\](){}|\n]*"$/);
      }),
    );
  });
});

it("draws SVG in which names stay text", async () => {
  const svg = await graphSvg({ nodes: [node("config.<script>&")] });
  expect(svg).toContain("&lt;script&gt;&amp;");
  expect(svg).not.toContain("<script>");
});
