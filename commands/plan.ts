import { Args, Flags } from "@oclif/core";
import { providers } from "../providers/index.ts";
import { MasonCommand } from "../src/cli/base.ts";
import { lookFlags, planFlags, planOptions } from "../src/cli/input/flags.ts";
import { printPlan } from "../src/cli/output/print-plan.ts";
import { isEmpty } from "../src/plan/plan.ts";

/** `mason plan`: what would change, and why. */
export default class Plan extends MasonCommand {
  static override summary = "Show what would change, and why";
  static override examples = [
    "<%= config.bin %> plan examples/quickstart",
    "<%= config.bin %> plan examples/quickstart --detailed-exitcode",
    "<%= config.bin %> plan examples/quickstart --out /tmp/quickstart.plan",
    "<%= config.bin %> plan examples/quickstart --markdown",
  ];
  static override args = { dir: Args.string({ description: "The project's directory" }) };
  static override flags = {
    ...planFlags,
    ...lookFlags,
    untrusted: Flags.boolean({
      default: false,
      description: "For an untrusted project: like --offline, and reads neither the environment nor .env",
      env: "MASON_UNTRUSTED",
    }),
    out: Flags.string({ helpValue: "FILE", description: "Write the plan to a file for apply", env: "MASON_OUT" }),
    markdown: Flags.boolean({ description: "Print markdown for a review", env: "MASON_MARKDOWN", exclusive: ["json"] }),
    destroy: Flags.boolean({ default: false, description: "Plan a destroy", exclusive: ["refresh-only", "run"] }),
    "detailed-exitcode": Flags.boolean({
      description: "Exit with 2 if there are changes",
      env: "MASON_DETAILED_EXITCODE",
    }),
  };

  protected async execute(): Promise<number> {
    const { args, flags } = await this.parse(Plan);
    const terminal = this.terminal(flags);
    const { planProject } = await import("../src/command/plan.ts");
    const world = this.world(flags, providers, { directory: args.dir });
    const planned = await planProject(world, {
      destroy: flags.destroy,
      ...planOptions(flags),
      untrusted: flags.untrusted,
      unfinished: "warn",
    });
    terminal.problems(planned.diagnostics, planned.loaded.project.textOf);
    if (planned.value === undefined) return 1;
    const { plan } = planned.value;
    if (flags.out !== undefined)
      (await import("../src/command/plan-file.ts")).writePlanFile(world, planned.value, flags.out);
    await printPlan(terminal, plan, planned.diagnostics, flags.markdown ? "markdown" : "plan");
    return flags["detailed-exitcode"] && !isEmpty(plan) ? 2 : 0;
  }
}
