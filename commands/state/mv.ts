import { Args } from "@oclif/core";
import { providers } from "../../providers/index.ts";
import { MasonCommand } from "../../src/cli/base.ts";

/** `mason state mv`: gives an entry of the state another address. */
export default class StateMv extends MasonCommand {
  static override summary = "Give an entry of the state another address; its object keeps its name";
  static override description = "To rename a resource together with its object, write moved_from in its YAML instead.";
  static override examples = [
    "<%= config.bin %> state mv deployment.rainy_months deployment.wet_months -C examples/quickstart",
  ];
  static override args = {
    from: Args.string({ required: true, description: "The current address" }),
    to: Args.string({ required: true, description: "The new address" }),
  };

  protected async execute(): Promise<number> {
    const { args, flags } = await this.parse(StateMv);
    const terminal = this.terminal(flags);
    const { openState } = await import("../../src/command/state/open-state.ts");
    const { moveResource } = await import("../../src/command/state/change.ts");
    const world = this.world(flags, providers);
    const state = await moveResource(world, await openState(world), args.from, args.to);
    terminal.note(`"${args.from}" is now "${args.to}".`);
    terminal.printJson({ from: args.from, to: args.to, serial: state.serial });
    return 0;
  }
}
