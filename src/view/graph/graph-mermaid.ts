/** A graph as a Mermaid flowchart, for documents and pull requests. */
import type { ResourceKind } from "../../address.ts";
import { visible } from "../../diagnostic/visible.ts";
import { type GraphDrawing, type ResourceNode, type StepNode, shortNames } from "./graph-drawing.ts";

const brackets: Readonly<Record<ResourceKind, readonly [string, string]>> = {
  config: ["{{", "}}"],
  operator: ["[", "]"],
  workflow: ["[[", "]]"],
  database: ["[(", ")]"],
  table: ["[/", "/]"],
  deployment: ["([", "])"],
};

/** The graph, drawn from left to right. */
export function graphMermaid(drawing: GraphDrawing): string {
  const names = shortNames(drawing);
  const nodes = drawing.nodes.flatMap((node) => nodeLines(node, names.get(node.address) ?? ""));
  const edges = drawing.nodes.flatMap((node) =>
    node.closest.map((need) => `  ${names.get(need)} --> ${names.get(node.address)}`),
  );
  return `${["flowchart LR", ...nodes, ...edges].join("\n")}\n`;
}

function nodeLines(node: ResourceNode, name: string): readonly string[] {
  const [open, close] = brackets[node.kind];
  const own = `  ${name}${open}${quoted(node.address)}${close}`;
  if (node.steps.length === 0) return [own];
  const steps = new Map(node.steps.map((step, index) => [step.id, `${name}s${index}`]));
  return [
    own,
    `  subgraph ${name}g [${quoted(node.address)}]`,
    ...node.steps.map((step) => `    ${steps.get(step.id)}[${quoted(`${step.id} ${step.operator}`)}]`),
    ...node.steps.flatMap((step) => stepEdges(step, steps)),
    "  end",
    ...node.steps
      .filter((step) => step.dependencies.length === 0)
      .map((step) => `  ${name} -.-> ${steps.get(step.id)}`),
  ];
}

function stepEdges(step: StepNode, names: ReadonlyMap<string, string>): readonly string[] {
  const arrow = step.when === "succeeded" ? "-->" : `-->|${step.when}|`;
  return step.dependencies.flatMap((dependency) =>
    names.has(dependency) ? [`    ${names.get(dependency)} ${arrow} ${names.get(step.id)}`] : [],
  );
}

/** A quoted label. Characters with a meaning in Mermaid, its markdown or the page around it are written as numbers. */
export const quoted = (text: string): string =>
  `"${visible(text).replace(/[^\p{L}\p{M}\p{N} _.:/,-]/gu, (character) => `#${character.codePointAt(0)};`)}"`;
