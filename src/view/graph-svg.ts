/** A graph as SVG, laid out by Graphviz, which comes as WebAssembly and is loaded when the first graph is drawn. */

import { graphDot } from "./graph-dot.ts";
import type { GraphDrawing } from "./graph-drawing.ts";

/** The picture; graphs of more than some thousand edges take minutes, and are better given to Graphviz itself. */
export async function graphSvg(drawing: GraphDrawing): Promise<string> {
  const { instance } = await import("@viz-js/viz");
  const viz = await instance();
  return viz.renderString(graphDot(drawing), { format: "svg" });
}
