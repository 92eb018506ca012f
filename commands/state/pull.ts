import { providers } from "../../providers/index.ts";
import { MasonCommand } from "../../src/cli/base.ts";
import { writeResult } from "../../src/cli/output/streams.ts";

/** `mason state pull`: prints the state. */
export default class StatePull extends MasonCommand {
  static override summary = "Print the state, wherever it is kept";
  static override examples = ["<%= config.bin %> state pull -C examples/quickstart > /tmp/mason.lock"];

  protected async execute(): Promise<number> {
    const { flags } = await this.parse(StatePull);
    const { projectState } = await import("../../src/command/state/project-state.ts");
    const { openState } = await import("../../src/command/state/open-state.ts");
    const { printLockfile } = await import("../../src/state/lockfile.ts");
    const world = this.world(flags, providers);
    const { project } = await openState(world);
    const state = await projectState(world, project);
    if (state === null) {
      this.terminal(flags).note("Nothing has been applied yet.");
      return 1;
    }
    // The state is JSON in any case.
    writeResult(printLockfile(state, world.version));
    return 0;
  }
}
