import { Args } from "@oclif/core";
import { providers } from "../../providers/index.ts";
import { MasonCommand } from "../../src/cli/base.ts";

/** `mason state unlock`: frees the lease of an apply that no longer runs. */
export default class StateUnlock extends MasonCommand {
  static override summary = "Free the lease of an apply that is certainly no longer running";
  static override examples = ["<%= config.bin %> state unlock 4f2a91c3d5e6f708 -C examples/quickstart"];
  static override args = {
    id: Args.string({ required: true, description: "The id of the holder, from the message that names it" }),
  };

  protected async execute(): Promise<number> {
    const { args, flags } = await this.parse(StateUnlock);
    const terminal = this.terminal(flags);
    const { openState } = await import("../../src/command/state/open-state.ts");
    const { unlockState } = await import("../../src/command/state/change.ts");
    const world = this.world(flags, providers);
    const { backend } = await openState(world);
    const holder = await unlockState(world, backend, args.id);
    terminal.note(`The lease of ${holder.who} on ${holder.host}, held since ${holder.since}, is free.`);
    terminal.printJson({ unlocked: holder.id });
    return 0;
  }
}
