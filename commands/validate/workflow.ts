import { Args } from "@oclif/core";
import { providers } from "../../providers/index.ts";
import { MasonCommand } from "../../src/cli/base.ts";
import { bodyFlags } from "../../src/cli/input/flags.ts";

/** `mason validate workflow`: checks each step of a workflow with these parameters, and shows the steps. */
export default class ValidateWorkflow extends MasonCommand {
  static override summary = "Check a workflow with the parameters of its steps, and show the steps, without running it";
  static override examples = [
    "<%= config.bin %> validate workflow table infer -C examples/workflows -p step_1.database_name:lake,step_1.storage_path:raw/orders",
    "<%= config.bin %> validate workflow table validated_infer -C examples/workflows -f examples/workflows/parameters/validated_infer.yaml",
  ];
  static override args = {
    namespace: Args.string({ description: "The workflow's namespace", required: true }),
    command: Args.string({ description: "The workflow's command", required: true }),
  };
  static override flags = bodyFlags;

  protected async execute(): Promise<number> {
    const { args, flags } = await this.parse(ValidateWorkflow);
    const { validateBodyCommand } = await import("../../src/cli/command/validate.ts");
    return validateBodyCommand(
      this.terminal(flags),
      this.world(flags, providers),
      { type: "workflow", ...args },
      flags,
    );
  }
}
