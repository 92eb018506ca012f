import { Args } from "@oclif/core";
import { providers } from "../../providers/index.ts";
import { MasonCommand } from "../../src/cli/base.ts";
import { bodyFlags, runFlags } from "../../src/cli/input/flags.ts";

/** `mason run workflow`: checks a workflow and runs its steps once. */
export default class RunWorkflow extends MasonCommand {
  static override summary = "Run the steps of a workflow once and show the rows of the last step that returns any";
  static override examples = [
    "<%= config.bin %> run workflow table infer -C examples/workflows -p step_1.database_name:lake,step_1.storage_path:raw/orders",
    "<%= config.bin %> run workflow table validated_infer -C examples/workflows -f examples/workflows/parameters/validated_infer.yaml",
  ];
  static override args = {
    namespace: Args.string({ description: "The workflow's namespace", required: true }),
    command: Args.string({ description: "The workflow's command", required: true }),
  };
  static override flags = { ...bodyFlags, ...runFlags };

  protected async execute(): Promise<number> {
    const { args, flags } = await this.parse(RunWorkflow);
    const { runCommand } = await import("../../src/cli/command/run.ts");
    return runCommand(
      this.terminal(flags),
      (emit) => this.world(flags, providers, { emit }),
      { type: "workflow", ...args },
      flags,
    );
  }
}
