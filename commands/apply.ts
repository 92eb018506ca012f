import { Args, Flags } from "@oclif/core";
import { providers } from "../providers/index.ts";
import { MasonCommand } from "../src/cli/base.ts";
import { applyCommand, applyOptions, resolutionsOf } from "../src/cli/command/apply.ts";
import { applyFlags, lookFlags, planFlags, planOptions, resumeFlags } from "../src/cli/input/flags.ts";
import { isPlanFile } from "../src/cli/input/plan-file-argument.ts";
import { unaskedCommand } from "../src/cli/output/unattended-command.ts";

/** `mason apply`: makes everything match its declaration. */
export default class Apply extends MasonCommand {
  static override summary = "Make everything match its declaration: run the work now, or register it with a scheduler";
  static override examples = [
    "<%= config.bin %> apply examples/quickstart --auto-approve",
    "<%= config.bin %> apply examples/quickstart --run deployment.rainy_months --auto-approve",
    "<%= config.bin %> apply /tmp/quickstart.plan -C examples/quickstart",
  ];
  static override args = { dir: Args.string({ description: "The project's directory, or a plan file" }) };
  static override flags = {
    ...planFlags,
    "refresh-only": lookFlags["refresh-only"],
    ...applyFlags,
    ...resumeFlags,
    "replan-if-equivalent": Flags.boolean({
      description:
        "With a plan file: if only the state has changed, plan again, and continue if the actions are the same",
      env: "MASON_REPLAN_IF_EQUIVALENT",
    }),
  };

  protected async execute(): Promise<number> {
    const { args, flags } = await this.parse(Apply);
    const isFile = args.dir !== undefined && isPlanFile(args.dir);
    const directory = isFile ? undefined : args.dir;
    return applyCommand(this.terminal(flags), (emit) => this.world(flags, providers, { directory, emit }), {
      ...(isFile && args.dir !== undefined ? { planFile: args.dir } : {}),
      replanIfEquivalent: flags["replan-if-equivalent"],
      destroy: false,
      choice: planOptions(flags),
      ...applyOptions(flags),
      resume: flags.resume,
      resolutions: resolutionsOf(flags),
      command: unaskedCommand("apply", args.dir, flags),
    });
  }
}
