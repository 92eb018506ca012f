import { Args } from "@oclif/core";
import { providers } from "../providers/index.ts";
import { MasonCommand } from "../src/cli/base.ts";

/** `mason validate`: finds all problems of a project without contacting any system. */
export default class Validate extends MasonCommand {
  static override summary = "Check a project without contacting any system";
  static override examples = ["<%= config.bin %> validate", "<%= config.bin %> validate examples/quickstart --json"];
  static override args = { dir: Args.string({ description: "The project's directory" }) };

  protected async execute(): Promise<number> {
    const { args, flags } = await this.parse(Validate);
    const { validateProjectCommand } = await import("../src/cli/command/validate.ts");
    return validateProjectCommand(this.terminal(flags), this.world(flags, providers, { directory: args.dir }));
  }
}
