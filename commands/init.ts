import { Args } from "@oclif/core";
import { MasonCommand } from "../src/cli/base.ts";

/** `mason init`: a project to start from. */
export default class Init extends MasonCommand {
  static override summary = "Write a small project that is ready to plan and apply";
  static override description = "Existing files are left unchanged.";
  static override examples = [
    "<%= config.bin %> init my_project",
    "<%= config.bin %> init sales && <%= config.bin %> plan sales",
  ];
  static override args = { dir: Args.string({ description: "The directory to write to; default: the current one" }) };

  protected async execute(): Promise<number> {
    const { args, flags } = await this.parse(Init);
    const terminal = this.terminal(flags);
    const { initCommand } = await import("../src/cli/command/init.ts");
    return initCommand(terminal, process.cwd(), args.dir ?? flags.project);
  }
}
