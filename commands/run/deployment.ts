import { Args, Flags } from "@oclif/core";
import { providers } from "../../providers/index.ts";
import { MasonCommand } from "../../src/cli/base.ts";
import { runFlags } from "../../src/cli/input/flags.ts";

/** `mason run deployment`: runs a deployment now, for an instant, or for every fire time between two dates. */
export default class RunDeployment extends MasonCommand {
  static override summary = "Run a deployment now, for an instant, or for every fire time between two dates";
  static override examples = [
    "<%= config.bin %> run deployment departures -C examples/quickstart",
    "<%= config.bin %> run deployment departures -C examples/quickstart --at 2026-01-31",
  ];
  static override args = { name: Args.string({ description: "The deployment's name", required: true }) };
  static override flags = {
    ...runFlags,
    at: Flags.string({ helpValue: "T", description: "The instant to run for; default: now", env: "MASON_AT" }),
    from: Flags.string({
      helpValue: "T",
      description: "With --to: run for each fire time of the schedule from this instant on",
      env: "MASON_FROM",
    }),
    to: Flags.string({ helpValue: "T", description: "With --from: the end, not included", env: "MASON_TO" }),
  };

  protected async execute(): Promise<number> {
    const { args, flags } = await this.parse(RunDeployment);
    const { runDeploymentCommand } = await import("../../src/cli/command/run-deployment.ts");
    return runDeploymentCommand(
      this.terminal(flags),
      (emit) => this.world(flags, providers, { emit }),
      args.name,
      flags,
    );
  }
}
