import { Args, Flags } from "@oclif/core";
import { providers } from "../../providers/index.ts";
import { MasonCommand } from "../../src/cli/base.ts";

/** `mason state import`: adds an existing object to the state. */
export default class StateImport extends MasonCommand {
  static override summary =
    "Add an existing database, table or registration to the state, or the files in a deployment's outputs";
  static override description =
    "With --write, the YAML is changed to match the object. For an object in the state, this adopts changes made outside of Mason.";
  static override examples = ["<%= config.bin %> state import table.climate.seattle --write -C examples/quickstart"];
  static override args = {
    address: Args.string({ required: true, description: "The address, like table.sales.orders" }),
    id: Args.string({ description: "Its name in its own system; default: the name in the address" }),
  };
  static override flags = {
    config: Flags.string({
      char: "c",
      helpValue: "ID",
      description: "The config whose engine holds it",
      env: "MASON_CONFIG",
    }),
    write: Flags.boolean({
      default: false,
      description: "Also write the YAML that declares it, or update its declaration",
      env: "MASON_WRITE",
    }),
  };

  protected async execute(): Promise<number> {
    const { args, flags } = await this.parse(StateImport);
    const terminal = this.terminal(flags);
    const { openState } = await import("../../src/command/state/open-state.ts");
    const { importObject } = await import("../../src/command/state/import.ts");
    const world = this.world(flags, providers);
    const { loaded } = await openState(world);
    const { address, adopted, file, outputs } = await importObject(world, loaded, {
      address: args.address,
      id: args.id,
      configId: flags.config,
      write: flags.write,
    });
    terminal.note(
      outputs === true
        ? `The state now records the files in the outputs of "${address}" as its own.`
        : adopted
          ? `The state now records "${address}" as it is${file === undefined ? ", and its declaration already agrees" : `, and "${file}" was changed to agree`}.`
          : `"${address}" is now in the state${file === undefined ? "" : ` and declared in "${file}"`}. "mason plan" shows how it differs from its declaration.`,
    );
    terminal.printJson({ address, adopted, ...(file === undefined ? {} : { file }) });
    return 0;
  }
}
