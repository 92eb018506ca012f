import { Args, Flags } from "@oclif/core";
import { providers } from "../providers/index.ts";
import { MasonCommand } from "../src/cli/base.ts";

/** `mason fmt`: the project's YAML files in canonical form. */
export default class Fmt extends MasonCommand {
  static override summary = "Rewrite the project's YAML files in canonical form";
  static override description =
    "It indents by two, orders keys as in the schema, and keeps comments and the notation of values. Files without a resource are left unchanged.";
  static override examples = [
    "<%= config.bin %> fmt examples/quickstart",
    "<%= config.bin %> fmt examples/quickstart --check",
  ];
  static override args = { dir: Args.string({ description: "The project's directory" }) };
  static override flags = {
    check: Flags.boolean({
      description: "Write nothing; list the files that are not formatted, and exit with 1 if there are any",
      env: "MASON_CHECK",
    }),
  };

  protected async execute(): Promise<number> {
    const { args, flags } = await this.parse(Fmt);
    const terminal = this.terminal(flags);
    const { formatProject } = await import("../src/command/fmt.ts");
    const done = formatProject(this.world(flags, providers, { directory: args.dir }), flags.check);
    const { visible } = await import("../src/diagnostic/visible.ts");
    terminal.problems(done.diagnostics, done.textOf);
    terminal.print(done.changed.map((file) => visible(file)).join("\n"));
    terminal.printJson({
      check: flags.check,
      changed: [...done.changed],
      unchanged: done.unchanged,
      broken: [...done.broken],
      left_alone: [...done.doubtful],
    });
    return done.broken.length > 0 || (flags.check && done.changed.length > 0) ? 1 : 0;
  }
}
