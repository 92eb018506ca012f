import { Args } from "@oclif/core";
import { providers } from "../providers/index.ts";
import { MasonCommand } from "../src/cli/base.ts";
import { bodyFlags } from "../src/cli/input/flags.ts";

/** `mason get`: what there is, as tables, or one resource as JSON. */
export default class Get extends MasonCommand {
  static override summary = "List operators, workflows, configs and what else a project declares, or show one as JSON";
  static override examples = [
    "<%= config.bin %> get all",
    "<%= config.bin %> get operator table",
    "<%= config.bin %> get operator table get",
    "<%= config.bin %> get config",
  ];
  static override args = {
    kind: Args.string({
      description: "all, operator, workflow, config, deployment, table, database or provider",
      default: "all",
    }),
    namespace: Args.string({ description: "Of operators and workflows; else the name, id, or a table's database" }),
    command: Args.string({ description: "The command, or the name of a table" }),
  };
  static override flags = { config: bodyFlags.config };

  protected async execute(): Promise<number> {
    const { args, flags } = await this.parse(Get);
    const { getCommand } = await import("../src/cli/command/get.ts");
    return getCommand(this.terminal(flags), this.world(flags, providers), { ...args, config: flags.config });
  }
}
