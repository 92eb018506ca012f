import { Args } from "@oclif/core";
import { providers } from "../../providers/index.ts";
import { MasonCommand } from "../../src/cli/base.ts";

/** `mason state rm`: forgets entries of the state and leaves their objects unchanged. */
export default class StateRm extends MasonCommand {
  static override summary = "Forget entries of the state and leave their objects unchanged";
  static override examples = ['<%= config.bin %> state rm "deployment.wet*" -C examples/quickstart'];
  static override strict = false;
  static override args = {
    address: Args.string({ required: true, description: "An address or a glob; may be repeated" }),
  };

  protected async execute(): Promise<number> {
    const { argv, flags } = await this.parse(StateRm);
    const terminal = this.terminal(flags);
    const { openState } = await import("../../src/command/state/open-state.ts");
    const { changeState, removeEntries } = await import("../../src/command/state/change.ts");
    const world = this.world(flags, providers);
    const { backend } = await openState(world);
    let removed: readonly string[] = [];
    const state = await changeState(world, backend, "state rm", (before) => {
      const result = removeEntries(before, argv.map(String));
      removed = result.removed;
      return result.state;
    });
    for (const address of removed) terminal.note(`"${address}" is forgotten. Its object is left unchanged.`);
    terminal.printJson({ removed: [...removed], serial: state.serial });
    return 0;
  }
}
