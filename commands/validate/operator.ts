import { Args } from "@oclif/core";
import { providers } from "../../providers/index.ts";
import { MasonCommand } from "../../src/cli/base.ts";
import { bodyFlags } from "../../src/cli/input/flags.ts";

/** `mason validate operator`: checks whether an operator would run with these parameters and this config. */
export default class ValidateOperator extends MasonCommand {
  static override summary = "Check an operator with its parameters and config, without running it";
  static override examples = [
    "<%= config.bin %> validate operator table infer -C examples/workflows -p database_name:lake,storage_path:raw/orders",
  ];
  static override args = {
    namespace: Args.string({ description: "The operator's namespace", required: true }),
    command: Args.string({ description: "The operator's command", required: true }),
  };
  static override flags = bodyFlags;

  protected async execute(): Promise<number> {
    const { args, flags } = await this.parse(ValidateOperator);
    const { validateBodyCommand } = await import("../../src/cli/command/validate.ts");
    return validateBodyCommand(
      this.terminal(flags),
      this.world(flags, providers),
      { type: "operator", ...args },
      flags,
    );
  }
}
