import { Args } from "@oclif/core";
import { providers } from "../../providers/index.ts";
import { MasonCommand } from "../../src/cli/base.ts";
import { bodyFlags, runFlags } from "../../src/cli/input/flags.ts";

/** `mason run operator`: checks an operator and runs it once. */
export default class RunOperator extends MasonCommand {
  static override summary = "Run an operator once and show its result";
  static override examples = [
    "<%= config.bin %> run operator database list -C examples/workflows",
    '<%= config.bin %> run operator table get -C examples/workflows -p "database_name:raw,table_name:orders"',
    '<%= config.bin %> run operator table query -C examples/workflows -p query_string="select 1 as one" --json',
  ];
  static override args = {
    namespace: Args.string({ description: "The operator's namespace", required: true }),
    command: Args.string({ description: "The operator's command", required: true }),
  };
  static override flags = { ...bodyFlags, ...runFlags };

  protected async execute(): Promise<number> {
    const { args, flags } = await this.parse(RunOperator);
    const { runCommand } = await import("../../src/cli/command/run.ts");
    return runCommand(
      this.terminal(flags),
      (emit) => this.world(flags, providers, { emit }),
      { type: "operator", ...args },
      flags,
    );
  }
}
