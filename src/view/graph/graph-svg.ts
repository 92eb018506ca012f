/** A graph as SVG, laid out by Graphviz, which comes as WebAssembly and is loaded when the first graph is drawn. */
import { graphDot } from "./graph-dot.ts";
import type { GraphDrawing } from "./graph-drawing.ts";

/** The picture. Four thousand resources take some seconds. */
export async function graphSvg(drawing: GraphDrawing): Promise<string> {
  const { instance } = await import("@viz-js/viz");
  const viz = await instance();
  return viz.renderString(graphDot(drawing), { format: "svg" });
}
