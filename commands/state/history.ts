import { Flags } from "@oclif/core";
import { providers } from "../../providers/index.ts";
import { MasonCommand } from "../../src/cli/base.ts";

/** `mason state history`: lists who applied which plan, and when. */
export default class StateHistory extends MasonCommand {
  static override summary = "List who applied which plan, and when";
  static override examples = ["<%= config.bin %> state history -C examples/quickstart"];
  static override flags = {
    limit: Flags.integer({
      default: 20,
      min: 1,
      description: "The number of applies to list, newest first",
      env: "MASON_LIMIT",
    }),
  };

  protected async execute(): Promise<number> {
    const { flags } = await this.parse(StateHistory);
    const terminal = this.terminal(flags);
    const { openState } = await import("../../src/command/state/open-state.ts");
    const { readHistory } = await import("../../src/io/state/history.ts");
    const { historyText } = await import("../../src/view/state/history-text.ts");
    const { backend } = await openState(this.world(flags, providers));
    const history = await readHistory(backend.storage, backend.prefix, flags.limit);
    if (history.length === 0) terminal.note("Nothing has been applied yet.");
    else terminal.print(historyText(history));
    terminal.printJson({ history: history.map((item) => ({ ...item })) });
    return 0;
  }
}
