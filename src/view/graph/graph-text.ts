/** A graph as an indented list: dependencies first, dependants below them with more indentation. */
import { compareAddresses } from "../../address.ts";
import { visible } from "../../diagnostic/visible.ts";
import type { GraphDrawing, ResourceNode, StepNode } from "./graph-drawing.ts";

// A chain of thousands would be wider than any screen.
const deepest = 16;

/** The text, sorted by depth, then by address. */
export function graphText({ nodes }: GraphDrawing): string {
  if (nodes.length === 0) return "No resources.\n";
  const sorted = [...nodes].sort((a, b) => a.depth - b.depth || compareAddresses(a.address, b.address));
  const heads = sorted.map((node) => ({ node, head: indent(node.depth) + visible(node.address) }));
  const width = heads.reduce((most, { head }) => Math.max(most, head.length), 0);
  return `${heads.flatMap(({ node, head }) => nodeLines(node, head, Math.min(width, 60))).join("\n")}\n`;
}

const indent = (depth: number) => "  ".repeat(Math.min(depth, deepest));

function nodeLines(node: ResourceNode, head: string, width: number): readonly string[] {
  const needs = [...node.closest].sort(compareAddresses).map(visible).join(", ");
  const line = needs === "" ? head : `${head.padEnd(width)}  needs ${needs}`;
  return [line, ...node.steps.map((step) => `${indent(node.depth)}    ${stepText(step)}`)];
}

function stepText(step: StepNode): string {
  const after = step.dependencies.length === 0 ? "" : `  after ${step.dependencies.map(visible).join(", ")}`;
  const when = step.when === "succeeded" ? "" : `  when ${step.when}`;
  return `${visible(step.id)} ${visible(step.operator)}${after}${when}`;
}
