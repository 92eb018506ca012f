import { Args } from "@oclif/core";
import { providers } from "../../providers/index.ts";
import { MasonCommand } from "../../src/cli/base.ts";

/** `mason runs show`: shows one run with its steps. */
export default class RunsShow extends MasonCommand {
  static override summary = "Show one run: its steps, their states and their results";
  static override examples = ["<%= config.bin %> runs show last -C examples/quickstart"];
  static override args = {
    id: Args.string({ required: true, description: 'The run\'s id, its first characters, or "last"' }),
  };

  protected async execute(): Promise<number> {
    const { args, flags } = await this.parse(RunsShow);
    const terminal = this.terminal(flags);
    const { findRun, keptRuns } = await import("../../src/cli/input/kept-runs.ts");
    const { runText } = await import("../../src/view/run/runs-text.ts");
    const { runWithSteps } = await import("../../src/view/run/runs-json.ts");
    const world = this.world(flags, providers);
    const runs = keptRuns(world);
    const found = runs.get(findRun(runs, args.id, world.environment));
    if (found === null) return 1;
    const now = world.clock.now();
    terminal.print(runText(found.run, found.steps, now));
    terminal.printJson(runWithSteps(found.run, found.steps, now));
    return 0;
  }
}
