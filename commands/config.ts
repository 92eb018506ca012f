import { Args, Flags } from "@oclif/core";
import { providers } from "../providers/index.ts";
import { MasonCommand } from "../src/cli/base.ts";

/** `mason config`: lists configs, shows one, or selects one for this session. */
export default class Config extends MasonCommand {
  static override summary = "List configs, show one, or select one for this session";
  static override examples = [
    "<%= config.bin %> config",
    "<%= config.bin %> config 6",
    "<%= config.bin %> config -s 6",
  ];
  static override args = { id: Args.string({ description: "The config's id" }) };
  static override flags = {
    set: Flags.boolean({
      char: "s",
      description: "Select it for run, validate and get; plan and apply ignore it",
    }),
  };

  protected async execute(): Promise<number> {
    const { args, flags } = await this.parse(Config);
    const { configCommand } = await import("../src/cli/command/get.ts");
    return configCommand(this.terminal(flags), this.world(flags, providers), args.id, flags.set);
  }
}
