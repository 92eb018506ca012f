import { Args } from "@oclif/core";
import { providers } from "../providers/index.ts";
import { applyCommand, applyOptions, resolutionsOf, unaskedCommand } from "../src/cli/apply-command.ts";
import { MasonCommand } from "../src/cli/base.ts";
import { applyFlags, planFlags, planOptions, resumeFlags } from "../src/cli/flags.ts";

/** `mason destroy`: deletes everything that Mason made, and nothing else. */
export default class Destroy extends MasonCommand {
  static override summary = "Delete everything that Mason made, and nothing else";
  static override examples = ["<%= config.bin %> destroy examples/quickstart"];
  static override args = { dir: Args.string({ description: "The project's directory" }) };
  static override flags = { "allow-destroy": planFlags["allow-destroy"], ...applyFlags, ...resumeFlags };

  protected async execute(): Promise<number> {
    const { args, flags } = await this.parse(Destroy);
    return applyCommand(this.terminal(flags), (emit) => this.world(flags, providers, { directory: args.dir, emit }), {
      destroy: true,
      choice: planOptions(flags),
      ...applyOptions(flags),
      resume: flags.resume,
      replanIfEquivalent: false,
      resolutions: resolutionsOf(flags),
      command: unaskedCommand("destroy", args.dir, flags.resume),
    });
  }
}
