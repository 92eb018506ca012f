import { Args, Flags } from "@oclif/core";
import { providers } from "../providers/index.ts";
import { MasonCommand } from "../src/cli/base.ts";
import { planFlags } from "../src/cli/flags.ts";
import { isEmpty } from "../src/plan/plan.ts";

/** `mason plan`: what would change, and why. */
export default class Plan extends MasonCommand {
  static override summary = "Show what would change, and why";
  static override examples = [
    "<%= config.bin %> plan examples/quickstart",
    "<%= config.bin %> plan --detailed-exitcode",
  ];
  static override args = { dir: Args.string({ description: "The project's directory" }) };
  static override flags = {
    ...planFlags,
    destroy: Flags.boolean({ description: "Plan to delete everything that Mason made" }),
    "detailed-exitcode": Flags.boolean({
      description: "Exit with 2 when there are changes",
      env: "MASON_DETAILED_EXITCODE",
    }),
  };

  protected async execute(): Promise<number> {
    const { args, flags } = await this.parse(Plan);
    const terminal = this.terminal(flags);
    const { planProject } = await import("../src/run/plan-project.ts");
    const { planJson } = await import("../src/view/plan-json.ts");
    const { planText } = await import("../src/view/plan-text.ts");
    const planned = await planProject(this.world(flags, providers, { directory: args.dir }), {
      destroy: flags.destroy,
      run: flags.run ?? [],
    });
    terminal.problems(planned.diagnostics, planned.loaded.project.textOf);
    if (planned.value === undefined) return 1;
    const { plan } = planned.value;
    terminal.print(planText(plan, terminal));
    terminal.printJson(planJson(plan, planned.diagnostics));
    return flags["detailed-exitcode"] && !isEmpty(plan) ? 2 : 0;
  }
}
