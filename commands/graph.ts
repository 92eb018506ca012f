import { Args, Flags } from "@oclif/core";
import { providers } from "../providers/index.ts";
import { MasonCommand } from "../src/cli/base.ts";
import type { GraphDrawing } from "../src/view/graph/graph-drawing.ts";

const formats = ["text", "dot", "mermaid", "svg"] as const;

/** `mason graph`: what depends on what. */
export default class Graph extends MasonCommand {
  static override summary = "Show what depends on what";
  static override description =
    "Edges that other edges imply are left out; --json prints them all. The command contacts no system.";
  static override examples = [
    "<%= config.bin %> graph examples/quickstart",
    "<%= config.bin %> graph examples/quickstart --steps --format svg > graph.svg",
  ];
  static override args = { dir: Args.string({ description: "The project's directory" }) };
  static override flags = {
    format: Flags.option({
      options: formats,
      default: "text" as const,
      description: "The output format: a list, Graphviz, Mermaid, or a picture",
      env: "MASON_FORMAT",
    })(),
    steps: Flags.boolean({ description: "Also show the steps of deployments", env: "MASON_STEPS" }),
  };

  protected async execute(): Promise<number> {
    const { args, flags } = await this.parse(Graph);
    const terminal = this.terminal(flags);
    const { projectGraph } = await import("../src/command/graph.ts");
    const { graphJson } = await import("../src/view/graph/graph-json.ts");
    const found = await projectGraph(this.world(flags, providers, { directory: args.dir }), { steps: flags.steps });
    terminal.problems(found.diagnostics, found.project.textOf);
    if (found.value === undefined) return 1;
    if (!terminal.json) terminal.print(await draw(found.value, flags.format));
    terminal.printJson(graphJson(found.value));
    return 0;
  }
}

async function draw(graph: GraphDrawing, format: (typeof formats)[number]): Promise<string> {
  switch (format) {
    case "text":
      return (await import("../src/view/graph/graph-text.ts")).graphText(graph);
    case "dot":
      return (await import("../src/view/graph/graph-dot.ts")).graphDot(graph);
    case "mermaid":
      return (await import("../src/view/graph/graph-mermaid.ts")).graphMermaid(graph);
    case "svg":
      return (await import("../src/view/graph/graph-svg.ts")).graphSvg(graph);
  }
}
