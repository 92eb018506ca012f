/** A graph as JSON: every edge, including those that drawings leave out because others imply them. */
import type { JsonObject } from "../../json.ts";
import type { GraphDrawing } from "./graph-drawing.ts";

/** Resources in dependency order, and edges from a dependency to its dependant. */
export function graphJson({ nodes }: GraphDrawing): JsonObject {
  return {
    resources: nodes.map((node) => ({
      address: node.address,
      kind: node.kind,
      depends_on: [...node.needs],
      ...(node.steps.length === 0
        ? {}
        : { steps: node.steps.map((step) => ({ ...step, dependencies: [...step.dependencies] })) }),
    })),
    edges: nodes.flatMap((node) =>
      node.needs.map((need) => ({ from: need, to: node.address, implied: !node.closest.includes(need) })),
    ),
  };
}
