/** A graph as SVG, laid out by Graphviz. Its WebAssembly is loaded for the first graph. */
import { graphDot } from "./graph-dot.ts";
import type { GraphDrawing } from "./graph-drawing.ts";

/** The picture. Four thousand resources take several seconds. */
export async function graphSvg(drawing: GraphDrawing): Promise<string> {
  const { instance } = await import("@viz-js/viz");
  const viz = await instance();
  return viz.renderString(graphDot(drawing), { format: "svg" });
}
