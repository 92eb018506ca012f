import { Args } from "@oclif/core";
import { providers } from "../providers/index.ts";
import { MasonCommand } from "../src/cli/base.ts";
import { applyCommand, applyOptions, resolutionsOf } from "../src/cli/command/apply.ts";
import { applyFlags, destroyFlags, planOptions, resumeFlags } from "../src/cli/input/flags.ts";
import { unaskedCommand } from "../src/cli/output/unattended-command.ts";

/** `mason destroy`: deletes everything that Mason created, and nothing else. */
export default class Destroy extends MasonCommand {
  static override summary = "Delete everything that Mason created, and nothing else";
  static override examples = [
    "<%= config.bin %> destroy examples/quickstart --target deployment.departures --auto-approve",
    "<%= config.bin %> destroy examples/quickstart --auto-approve",
  ];
  static override args = { dir: Args.string({ description: "The project's directory" }) };
  static override flags = { ...destroyFlags, ...applyFlags, ...resumeFlags };

  protected async execute(): Promise<number> {
    const { args, flags } = await this.parse(Destroy);
    return applyCommand(this.terminal(flags), (emit) => this.world(flags, providers, { directory: args.dir, emit }), {
      destroy: true,
      choice: planOptions(flags),
      ...applyOptions(flags),
      resume: flags.resume,
      replanIfEquivalent: false,
      resolutions: resolutionsOf(flags),
      command: unaskedCommand("destroy", args.dir, flags),
    });
  }
}
