import { Args, Flags } from "@oclif/core";
import { providers } from "../providers/index.ts";
import { MasonCommand } from "../src/cli/base.ts";

/** `mason show`: shows a plan file, without the project and without credentials. */
export default class Show extends MasonCommand {
  static override summary = "Show a plan file, without the project and without credentials";
  static override examples = [
    "<%= config.bin %> show /tmp/quickstart.plan",
    "<%= config.bin %> show /tmp/quickstart.plan --markdown",
  ];
  static override args = { file: Args.string({ required: true, description: "A file written by plan --out" }) };
  static override flags = {
    markdown: Flags.boolean({
      description: "Print markdown for a pull request",
      env: "MASON_MARKDOWN",
      exclusive: ["json"],
    }),
  };

  protected async execute(): Promise<number> {
    const { args, flags } = await this.parse(Show);
    const terminal = this.terminal(flags);
    const { readPlanFile } = await import("../src/command/plan-file.ts");
    const { shownPlan } = await import("../src/plan/file/plan-file.ts");
    const { planJson } = await import("../src/view/plan/plan-json.ts");
    const { planText } = await import("../src/view/plan/plan-text.ts");
    const read = readPlanFile(this.world(flags, providers), args.file);
    terminal.problems(read.diagnostics, () => null);
    if (read.value === undefined) return 1;
    const plan = shownPlan(read.value);
    const { planMarkdown } = await import("../src/view/plan/plan-markdown.ts");
    terminal.print(flags.markdown ? await planMarkdown(plan) : await planText(plan, terminal));
    terminal.printJson(planJson(plan, []));
    return 0;
  }
}
