import { Args } from "@oclif/core";
import { providers } from "../providers/index.ts";
import { applyCommand } from "../src/cli/apply-command.ts";
import { MasonCommand } from "../src/cli/base.ts";
import { applyFlags, planFlags } from "../src/cli/flags.ts";

/** `mason apply`: makes the project's resources what they are declared to be. */
export default class Apply extends MasonCommand {
  static override summary = "Make everything as it is declared: run the work now, or register it with a scheduler";
  static override examples = [
    "<%= config.bin %> apply examples/quickstart --auto-approve",
    "<%= config.bin %> apply --run deployment.load",
  ];
  static override args = { dir: Args.string({ description: "The project's directory" }) };
  static override flags = { ...planFlags, ...applyFlags };

  protected async execute(): Promise<number> {
    const { args, flags } = await this.parse(Apply);
    return applyCommand(this.terminal(flags), (emit) => this.world(flags, providers, { directory: args.dir, emit }), {
      destroy: false,
      run: flags.run ?? [],
      parallelism: flags.parallelism,
      logLevel: flags["log-level"],
      approval: flags,
      command: `mason apply${args.dir === undefined ? "" : ` ${args.dir}`} --auto-approve`,
    });
  }
}
