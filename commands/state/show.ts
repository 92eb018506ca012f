import { Args } from "@oclif/core";
import { providers } from "../../providers/index.ts";
import { MasonCommand } from "../../src/cli/base.ts";
import { fail } from "../../src/diagnostic/diagnostic.ts";
import { didYouMean } from "../../src/diagnostic/did-you-mean.ts";
import type { Json } from "../../src/json.ts";

/** `mason state show`: shows one entry of the state, or all of them. */
export default class StateShow extends MasonCommand {
  static override summary = "Show what was last applied: one resource, or the whole state";
  static override examples = [
    "<%= config.bin %> state show -C examples/quickstart",
    "<%= config.bin %> state show config.local --json -C examples/quickstart",
  ];
  static override args = {
    address: Args.string({ description: "The address of a resource, like table.sales.orders" }),
  };

  protected async execute(): Promise<number> {
    const { args, flags } = await this.parse(StateShow);
    const terminal = this.terminal(flags);
    const { showState } = await import("../../src/command/state/show.ts");
    const { entryText, stateJson, stateText } = await import("../../src/view/state/state-text.ts");
    const shown = await showState(this.world(flags, providers));
    terminal.problems(shown.diagnostics, shown.textOf);
    if (shown.value === undefined) return 1;
    const { state, name } = shown.value;
    if (args.address === undefined) {
      terminal.print(stateText(name, state));
      terminal.printJson(stateJson(state));
      return 0;
    }
    const entry = state.resources.get(args.address);
    if (entry === undefined) return unknownAddress(args.address, name, [...state.resources.keys()]);
    terminal.print(entryText(args.address, entry));
    terminal.printJson(entry as unknown as Json);
    return 0;
  }
}

function unknownAddress(address: string, name: string, known: readonly string[]): never {
  return fail({
    code: "state/unknown-address",
    summary: "Unknown address",
    detail: `"${address}" is not in "${name}". "mason state list" shows what it holds.${didYouMean(address, known)}`,
  });
}
