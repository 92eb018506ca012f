import { Flags } from "@oclif/core";
import { providers } from "../../providers/index.ts";
import { MasonCommand } from "../../src/cli/base.ts";

/** `mason runs list`: lists past runs. */
export default class RunsList extends MasonCommand {
  static override summary = "List past runs, newest first; with --env those of one environment";
  static override examples = [
    "<%= config.bin %> runs list -C examples/quickstart",
    "<%= config.bin %> runs list --address deployment.departures --limit 5 -C examples/quickstart",
  ];
  static override flags = {
    limit: Flags.integer({
      helpValue: "N",
      min: 1,
      default: 20,
      description: "The number of runs to list",
      env: "MASON_LIMIT",
    }),
    address: Flags.string({
      helpValue: "ADDRESS",
      description: "Only runs of this deployment, operator or workflow",
      env: "MASON_ADDRESS",
    }),
  };

  protected async execute(): Promise<number> {
    const { flags } = await this.parse(RunsList);
    const terminal = this.terminal(flags);
    const { inEnvironment, keptRuns } = await import("../../src/cli/input/kept-runs.ts");
    const { runsText } = await import("../../src/view/run/runs-text.ts");
    const { runJson } = await import("../../src/view/run/runs-json.ts");
    const world = this.world(flags, providers);
    const { address, limit } = flags;
    const runs = keptRuns(world).list({
      limit,
      ...(address === undefined ? {} : { address }),
      ...inEnvironment(world.environment),
    });
    const now = world.clock.now();
    if (runs.length > 0) terminal.print(runsText(runs, now, terminal.rows));
    else {
      const where = world.environment === null ? "" : ` in the environment "${world.environment}"`;
      terminal.note(
        address === undefined
          ? `Nothing has run here${where} yet.`
          : `There is no record of a run of "${address}"${where}.`,
      );
    }
    terminal.printJson({ runs: runs.map((run) => runJson(run, now)) });
    return 0;
  }
}
