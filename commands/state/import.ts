import { Args, Flags } from "@oclif/core";
import { providers } from "../../providers/index.ts";
import { MasonCommand } from "../../src/cli/base.ts";

/** `mason state import`: takes an object that is there into the state. */
export default class StateImport extends MasonCommand {
  static override summary = "Take a database, table or registration that is already there into the state";
  static override description =
    "With --write the YAML says what is there, too. For one that is in the state already, that adopts what was changed by hand.";
  static override examples = ["<%= config.bin %> state import table.sales.orders --write -C examples/quickstart"];
  static override args = {
    address: Args.string({ required: true, description: "Like table.sales.orders" }),
    id: Args.string({ description: "The name that it has in its system; default: the one that the address says" }),
  };
  static override flags = {
    config: Flags.string({
      char: "c",
      helpValue: "ID",
      description: "The config whose engine has it",
      env: "MASON_CONFIG",
    }),
    write: Flags.boolean({
      default: false,
      description: "Also write the YAML that declares it, or bring its declaration in line",
      env: "MASON_WRITE",
    }),
  };

  protected async execute(): Promise<number> {
    const { args, flags } = await this.parse(StateImport);
    const terminal = this.terminal(flags);
    const { openState } = await import("../../src/command/state/open-state.ts");
    const { importObject } = await import("../../src/command/state/import.ts");
    const world = this.world(flags, providers);
    const { project } = await openState(world);
    const { address, adopted, file } = await importObject(world, project, {
      address: args.address,
      id: args.id,
      configId: flags.config,
      write: flags.write,
    });
    terminal.note(
      adopted
        ? `"${address}" counts as it is there now${file === undefined ? "; its declaration says so already" : `, and "${file}" was changed to say so`}.`
        : `"${address}" is in the state now${file === undefined ? "" : ` and declared in "${file}"`}. "mason plan" shows how it differs from its declaration.`,
    );
    terminal.printJson({ address, adopted, ...(file === undefined ? {} : { file }) });
    return 0;
  }
}
