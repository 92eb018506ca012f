import { Args } from "@oclif/core";
import { providers } from "../../providers/index.ts";
import { MasonCommand } from "../../src/cli/base.ts";

/** `mason state list`: lists what was last applied. */
export default class StateList extends MasonCommand {
  static override summary = "List what was last applied";
  static override examples = [
    "<%= config.bin %> state list -C examples/quickstart",
    '<%= config.bin %> state list "table.*" -C examples/quickstart',
  ];
  static override args = {
    glob: Args.string({ description: 'Only addresses that match this pattern, like "table.sales.*"' }),
  };

  protected async execute(): Promise<number> {
    const { args, flags } = await this.parse(StateList);
    const terminal = this.terminal(flags);
    const { showRows } = await import("../../src/command/state/show.ts");
    const { chosenRows, stateListJson, stateListText } = await import("../../src/view/state/state-text.ts");
    const shown = await showRows(this.world(flags, providers));
    terminal.problems(shown.diagnostics, shown.textOf);
    if (shown.value === undefined) return 1;
    const { state, name } = shown.value;
    const rows = chosenRows(
      state.rows,
      args.glob === undefined ? () => true : (await import("../../src/state/select.ts")).addressGlob(args.glob),
    );
    if (rows.length > 0) terminal.print(stateListText(rows));
    else terminal.note(state.rows.length === 0 ? `"${name}" is still empty.` : "No address matches.");
    terminal.printJson(stateListJson(state.lineage, state.serial, rows));
    return 0;
  }
}
