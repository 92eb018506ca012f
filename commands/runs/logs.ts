import { Args } from "@oclif/core";
import { providers } from "../../providers/index.ts";
import { MasonCommand } from "../../src/cli/base.ts";

/** `mason runs logs`: prints the log of a run. */
export default class RunsLogs extends MasonCommand {
  static override summary = "Show the log of a run or of one of its steps";
  static override examples = [
    "<%= config.bin %> runs logs last -C examples/quickstart",
    "<%= config.bin %> runs logs last flights -C examples/quickstart",
  ];
  static override args = {
    id: Args.string({ required: true, description: 'The run\'s id, its first characters, or "last"' }),
    step: Args.string({ description: "The step; default: all of them" }),
  };

  protected async execute(): Promise<number> {
    const { args, flags } = await this.parse(RunsLogs);
    const terminal = this.terminal(flags);
    const { findRun, keptRuns, requireStep } = await import("../../src/cli/input/kept-runs.ts");
    const { logsText } = await import("../../src/view/run/runs-text.ts");
    const world = this.world(flags, providers);
    const runs = keptRuns(world);
    const id = findRun(runs, args.id, world.environment);
    if (args.step !== undefined) requireStep(runs, id, args.step);
    const lines = runs.logs(id, args.step);
    if (lines.length > 0) terminal.print(logsText(lines));
    else terminal.note(`Run "${id}" logged nothing${args.step === undefined ? "" : ` in step "${args.step}"`}.`);
    terminal.printJson({ run: id, lines: lines.map((line) => ({ ...line })) });
    return 0;
  }
}
