/** A graph in Graphviz's language. User names appear only in quoted labels; nodes have generated names. */
import type { ResourceKind } from "../../address.ts";
import { visible } from "../../diagnostic/visible.ts";
import { type GraphDrawing, type ResourceNode, type StepNode, shortNames } from "./graph-drawing.ts";

const shapes: Readonly<Record<ResourceKind, string>> = {
  config: "component",
  operator: "box",
  workflow: "folder",
  database: "cylinder",
  table: "tab",
  deployment: "cds",
};

/** The graph, drawn from left to right. */
export function graphDot(drawing: GraphDrawing): string {
  const names = shortNames(drawing);
  const lines = drawing.nodes.flatMap((node) => nodeLines(node, names.get(node.address) ?? ""));
  const edges = drawing.nodes.flatMap((node) =>
    node.closest.map((need) => `  ${names.get(need)} -> ${names.get(node.address)}`),
  );
  return [
    "digraph mason {",
    '  graph [rankdir=LR fontname="Helvetica" fontsize=10]',
    '  node [fontname="Helvetica" fontsize=10 shape=box]',
    "  edge [arrowsize=0.7]",
    ...lines,
    ...edges,
    "}",
    "",
  ].join("\n");
}

function nodeLines(node: ResourceNode, name: string): readonly string[] {
  const own = `  ${name} [label=${quoted(node.address)} shape=${shapes[node.kind]}]`;
  if (node.steps.length === 0) return [own];
  const steps = new Map(node.steps.map((step, index) => [step.id, `${name}_s${index}`]));
  return [
    own,
    `  subgraph cluster_${name} {`,
    `    label=${quoted(node.address)}`,
    "    style=rounded",
    ...node.steps.map((step) => `    ${steps.get(step.id)} [label=${quoted(`${step.id} ${step.operator}`)}]`),
    ...node.steps.flatMap((step) => stepEdges(step, steps)),
    "  }",
    ...node.steps
      .filter((step) => step.dependencies.length === 0)
      .map((step) => `  ${name} -> ${steps.get(step.id)} [style=dotted]`),
  ];
}

function stepEdges(step: StepNode, names: ReadonlyMap<string, string>): readonly string[] {
  const label = step.when === "succeeded" ? "" : ` [label=${quoted(step.when)}]`;
  return step.dependencies.flatMap((dependency) =>
    names.has(dependency) ? [`    ${names.get(dependency)} -> ${names.get(step.id)}${label}`] : [],
  );
}

/** A quoted label. Graphviz interprets backslashes and entities such as `&amp;` in labels, so both are escaped. */
export const quoted = (text: string): string =>
  `"${visible(text).replaceAll("&", "&amp;").replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
