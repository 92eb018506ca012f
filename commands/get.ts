import { Args } from "@oclif/core";
import { providers } from "../providers/index.ts";
import { MasonCommand } from "../src/cli/base.ts";
import { bodyFlags } from "../src/cli/input/flags.ts";

/** `mason get`: lists resources as tables, or shows one as JSON. */
export default class Get extends MasonCommand {
  static override summary =
    "List what a project declares (operators, workflows, configs, ...), or show one resource as JSON";
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
    namespace: Args.string({
      description: "The namespace of an operator or workflow, the database of a table, else the name or id",
    }),
    command: Args.string({ description: "The command of an operator or workflow, or the name of a table" }),
  };
  static override flags = { config: bodyFlags.config };

  protected async execute(): Promise<number> {
    const { args, flags } = await this.parse(Get);
    const { getCommand } = await import("../src/cli/command/get.ts");
    return getCommand(this.terminal(flags), this.world(flags, providers), { ...args, config: flags.config });
  }
}
