import { Args, Flags } from "@oclif/core";
import { providers } from "../../providers/index.ts";
import { MasonCommand } from "../../src/cli/base.ts";

/** `mason state push`: replaces the state. */
export default class StatePush extends MasonCommand {
  static override summary = "Replace the state with a file written by state pull";
  static override examples = ["<%= config.bin %> state push /tmp/mason.lock -C examples/quickstart"];
  static override args = { file: Args.string({ required: true, description: "A file, or - for standard input" }) };
  static override flags = {
    force: Flags.boolean({ default: false, description: "Accept a state of another lineage, or an older one" }),
  };

  protected async execute(): Promise<number> {
    const { args, flags } = await this.parse(StatePush);
    const terminal = this.terminal(flags);
    const { openState, readGiven } = await import("../../src/command/state/open-state.ts");
    const { pushState } = await import("../../src/command/state/change.ts");
    const world = this.world(flags, providers);
    const { backend } = await openState(world);
    const state = await pushState(world, backend, readGiven(world, args.file), args.file, flags.force);
    terminal.note(`"${backend.name}" now has serial ${state.serial}.`);
    terminal.printJson({ serial: state.serial, lineage: state.lineage });
    return 0;
  }
}
